import queue
import threading

first, second = queue.Queue(), queue.Queue()
out = []


def double():
    while (item := first.get()) is not None:
        item["value"] *= 2
        second.put(item)
    second.put(None)


def collect():
    while (item := second.get()) is not None:
        item["seen"] = True
        out.append(item)


threads = [threading.Thread(target=double), threading.Thread(target=collect)]
for thread in threads:
    thread.start()
for number in range(3):
    first.put({"value": number})
first.put(None)
for thread in threads:
    thread.join()
assert [item["value"] for item in out] == [0, 2, 4]
