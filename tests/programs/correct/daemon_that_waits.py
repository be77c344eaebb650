"""A daemon may wait for ever: the program ends without it."""
import queue
import threading

log = queue.Queue()


def writer():
    while True:
        log.get()


threading.Thread(target=writer, daemon=True).start()
log.put("one")
log.put("two")
