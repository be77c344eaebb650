import threading

mutex = threading.BoundedSemaphore(1)
total = 0


def work():
    global total
    for _ in range(2):
        mutex.acquire()
        try:
            total = total + 1
        finally:
            mutex.release()


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert total == 4
