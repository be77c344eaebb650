import threading

fired = []
timer = threading.Timer(60, fired.append, args=(1,))
timer.start()
timer.cancel()
timer.join()
assert len(fired) <= 1
