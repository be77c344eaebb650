"""The inner locks are taken in both orders, but only by whoever holds the gate."""
import threading

gate, left, right = threading.Lock(), threading.Lock(), threading.Lock()
log = []


def forth():
    with gate, left, right:
        log.append("forth")


def back():
    with gate, right, left:
        log.append("back")


threads = [threading.Thread(target=forth), threading.Thread(target=back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(log) == 2
