"""Whoever has seen a thread dead has seen all that it did."""
import threading
import time

answer = None


def compute():
    global answer
    answer = 42


thread = threading.Thread(target=compute)
thread.start()
while thread.is_alive():
    time.sleep(0.001)
assert answer == 42
