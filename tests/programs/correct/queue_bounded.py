import queue
import threading

shelf = queue.Queue(maxsize=1)
eaten = []


def baker():
    for number in range(3):
        shelf.put(number)


def guest():
    for _ in range(3):
        eaten.append(shelf.get())


threads = [threading.Thread(target=baker), threading.Thread(target=guest)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert eaten == [0, 1, 2]
