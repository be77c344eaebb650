import threading
from contextlib import ExitStack, contextmanager

lock = threading.Lock()
other = threading.Lock()
state = {"count": 0}


@contextmanager
def guarded():
    lock.acquire()
    try:
        yield state
    finally:
        lock.release()


def work():
    with guarded() as mine:
        mine["count"] += 1
    with ExitStack() as stack:
        stack.enter_context(lock)
        stack.enter_context(other)
        state["count"] += 1


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert state["count"] == 4
