import threading

ready = threading.Event()
answer = None


def compute():
    global answer
    answer = 42
    ready.set()


def use():
    ready.wait()
    assert answer == 42


threads = [threading.Thread(target=use), threading.Thread(target=compute), threading.Thread(target=use)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
