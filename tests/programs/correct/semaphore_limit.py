import threading

permits = threading.Semaphore(2)
lock = threading.Lock()
inside = 0
most = 0


def work():
    global inside, most
    with permits:
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert inside == 0
assert most <= 2
