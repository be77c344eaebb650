import threading

left, right = threading.Lock(), threading.Lock()
log = []


def forth():
    with left, right:
        log.append("forth")


def back():
    with right:
        if left.acquire(blocking=False):
            log.append("back")
            left.release()


threads = [threading.Thread(target=forth), threading.Thread(target=back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert "forth" in log
