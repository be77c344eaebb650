import threading

total = 0


def add_up():
    global total
    total = total + 1


barrier = threading.Barrier(2, action=add_up)


def work():
    for _ in range(2):
        barrier.wait()


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert total == 2
