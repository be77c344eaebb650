import threading

left, right = threading.Lock(), threading.Lock()
done = threading.Event()
log = []


def forth():
    with left, right:
        log.append("forth")
    done.set()


def back():
    done.wait()
    with right, left:
        log.append("back")


threads = [threading.Thread(target=forth), threading.Thread(target=back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert log == ["forth", "back"]
