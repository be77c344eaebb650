# /// scenario
# title = "The lost update"
# level = 1
# topic = "Locks"
# primitive = "Lock"
# minutes = 5
# story = "Threads read one counter, add one and write it back. When another thread writes in between, its addition is gone."
# try = [
#   "Run it: each nap between read and write lets the other thread in, and additions are lost.",
#   "Set LOCK to Lock(): one thread at a time reads and writes, and the sum is right.",
#   "Set BETWEEN to \"nothing\" and ADDS to 100_000: with the GIL nothing is lost on CPython 3.10 or later, because no switch falls between the two lines.",
#   "Set BETWEEN to \"a call\": a Python function's start is such a place, so now and then an addition is lost again.",
#   "Set ADDS to 3 and LOCK to Lock(), and let Find try every order: none of them loses an addition.",
# ]
# expect = [{mode = "free", finding = "crash", within = 1}, {mode = "controlled", finding = "crash", within = 50}]
#
# [knobs]
# THREADS = {label = "threads", low = 1, high = 8}
# BETWEEN = {label = "in between", choices = ['"a nap"', '"a call"', '"nothing"']}
# ADDS = {label = "additions", choices = ["3", "20", "100_000"]}
# LOCK = {label = "protection", choices = ["None", "Lock()", "RLock()", "Semaphore(1)"]}
# ///
"""Threads add to one counter: each reads it, adds one and writes it back.

Nothing in Python promises that these steps stay together. Whether a build of
CPython can switch threads between them depends on what stands between them.
"""
import time
from contextlib import nullcontext
from threading import Lock, RLock, Semaphore, Thread

THREADS = 2
BETWEEN = "a nap"
ADDS = 20
LOCK = None

counter = 0


def think():
    return "done"


def add(guard):
    global counter
    for _ in range(ADDS):
        with guard:
            seen = counter
            if BETWEEN == "a nap":
                time.sleep(0.002)
            elif BETWEEN == "a call":
                think()
            counter = seen + 1


threads = [Thread(target=add, args=(LOCK or nullcontext(),)) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

expected = THREADS * ADDS
print(f"counted {counter:,} of {expected:,}")
assert counter == expected, f"{expected - counter:,} additions were lost"
