import threading

ping, pong = threading.Event(), threading.Event()
ball = 0


def one():
    global ball
    for _ in range(2):
        ping.wait()
        ping.clear()
        ball += 1
        pong.set()


def two():
    global ball
    for _ in range(2):
        pong.wait()
        pong.clear()
        ball += 1
        ping.set()


threads = [threading.Thread(target=one), threading.Thread(target=two)]
for thread in threads:
    thread.start()
ping.set()
for thread in threads:
    thread.join()
assert ball == 4
