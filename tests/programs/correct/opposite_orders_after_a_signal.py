"""A lock that one thread takes and another lets go of is a signal: it puts the two orders one after the other."""
import threading

left, right = threading.Lock(), threading.Lock()
done = threading.Lock()
done.acquire()
log = []


def forth():
    with left, right:
        log.append("forth")
    done.release()


def back():
    done.acquire()
    with right, left:
        log.append("back")


threads = [threading.Thread(target=forth), threading.Thread(target=back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert log == ["forth", "back"]
