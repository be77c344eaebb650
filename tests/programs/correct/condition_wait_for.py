import threading

cond = threading.Condition()
items = []
taken = []


def consumer():
    for _ in range(2):
        with cond:
            cond.wait_for(lambda: items)
            taken.append(items.pop())


def producer():
    for number in range(2):
        with cond:
            items.append(number)
            cond.notify()


threads = [threading.Thread(target=consumer), threading.Thread(target=producer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(taken) == [0, 1]
