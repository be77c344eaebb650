import threading

cond = threading.Condition()
ready = False


def waiter():
    with cond:
        while not ready:
            cond.wait()


def setter():
    global ready
    with cond:
        ready = True
        cond.notify_all()


threads = [threading.Thread(target=waiter), threading.Thread(target=setter), threading.Thread(target=waiter)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
