import threading

fired = 0


def fire():
    global fired
    fired = fired + 1


timer = threading.Timer(0.01, fire)
timer.start()
timer.join()
fired = fired + 1
assert fired == 2
