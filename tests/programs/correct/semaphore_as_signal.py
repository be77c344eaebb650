"""One thread only gives, another only takes: its value is read by whoever took."""
import threading

ready = threading.Semaphore(0)
message = None


def sender():
    global message
    message = "hello"
    ready.release()


def receiver():
    ready.acquire()
    assert message == "hello"


threads = [threading.Thread(target=receiver), threading.Thread(target=sender)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
