import threading

lock = threading.Lock()
count = 0


def work():
    global count
    for _ in range(3):
        with lock:
            count += 1


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert count == 9
