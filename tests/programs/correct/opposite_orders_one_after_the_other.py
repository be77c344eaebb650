"""The second thread is started when the first has been joined: the two orders never meet."""
import threading

left, right = threading.Lock(), threading.Lock()
log = []


def forth():
    with left, right:
        log.append("forth")


def back():
    with right, left:
        log.append("back")


for target in (forth, back):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
with right, left:
    log.append("main")
assert log == ["forth", "back", "main"]
