"""A chain: each thread starts the next one when it has written."""
import threading

value = 0


def work(left):
    global value
    value = value + 1
    if left:
        thread = threading.Thread(target=work, args=(left - 1,))
        thread.start()
        thread.join()


thread = threading.Thread(target=work, args=(3,))
thread.start()
thread.join()
assert value == 4
