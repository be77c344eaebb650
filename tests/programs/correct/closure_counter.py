"""Each thread has a counter of its own, though all are called alike."""
import threading

totals = []


def make_counter():
    count = 0

    def increase():
        nonlocal count
        count += 1
        return count

    return increase


def work():
    counter = make_counter()
    for _ in range(3):
        last = counter()
    totals.append(last)


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert totals == [3, 3]
