import queue
import threading

jobs = queue.Queue()
results = {}


def worker():
    while True:
        number = jobs.get()
        results[number] = number * 2
        jobs.task_done()


for _ in range(2):
    threading.Thread(target=worker, daemon=True).start()
for number in range(4):
    jobs.put(number)
jobs.join()
assert results == {0: 0, 1: 2, 2: 4, 3: 6}
