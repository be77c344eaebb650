import threading

stop = threading.Event()
totals = {"ticks": 0}


def tick():
    while not stop.wait(0.01):
        totals["ticks"] += 1


thread = threading.Thread(target=tick)
thread.start()
stop.wait(0.05)
stop.set()
thread.join()
totals["ticks"] += 1
assert totals["ticks"] >= 1
