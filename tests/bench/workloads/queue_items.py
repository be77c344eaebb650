import queue
import threading
import time

ITEMS = 100_000
belt = queue.Queue(maxsize=100)


def produce():
    for number in range(ITEMS):
        belt.put(number)
    belt.put(None)


def consume():
    while belt.get() is not None:
        pass


threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
began = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("took", time.perf_counter() - began)
