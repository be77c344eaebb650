"""Dijkstra's bounded buffer: free places, full places, and a mutex."""
import threading

free, full, mutex = threading.Semaphore(2), threading.Semaphore(0), threading.Lock()
buffer = [None, None]
put_at = take_from = 0
taken = []


def producer():
    global put_at
    for number in range(3):
        free.acquire()
        with mutex:
            buffer[put_at % 2] = number
            put_at += 1
        full.release()


def consumer():
    global take_from
    for _ in range(3):
        full.acquire()
        with mutex:
            taken.append(buffer[take_from % 2])
            take_from += 1
        free.release()


threads = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert taken == [0, 1, 2]
