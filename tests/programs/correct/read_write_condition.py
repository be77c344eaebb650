import threading

cond = threading.Condition()
readers = 0
page = "old"
read = []


def reader():
    global readers
    with cond:
        readers += 1
    read.append(page)
    with cond:
        readers -= 1
        cond.notify_all()


def writer():
    global page
    with cond:
        while readers:
            cond.wait()
        page = "new"


threads = [threading.Thread(target=reader), threading.Thread(target=writer), threading.Thread(target=reader)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(read) == 2
