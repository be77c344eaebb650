"""Two conditions over one lock, as in the textbooks."""
import threading

lock = threading.Lock()
not_full, not_empty = threading.Condition(lock), threading.Condition(lock)
buffer = []
eaten = []


def producer():
    for number in range(3):
        with not_full:
            while len(buffer) == 1:
                not_full.wait()
            buffer.append(number)
            not_empty.notify()


def consumer():
    for _ in range(3):
        with not_empty:
            while not buffer:
                not_empty.wait()
            eaten.append(buffer.pop(0))
            not_full.notify()


threads = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert eaten == [0, 1, 2]
