import threading

lock = threading.Lock()
best = 0


def offer(value):
    global best
    if value > best:
        with lock:
            best = max(best, value)


threads = [threading.Thread(target=offer, args=(value,)) for value in (3, 5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert best == 5
