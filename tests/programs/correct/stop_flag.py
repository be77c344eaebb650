import threading
import time

running = True
rounds = []


def work():
    while running:
        rounds.append(1)
        time.sleep(0.01)


thread = threading.Thread(target=work)
thread.start()
time.sleep(0.03)
running = False
thread.join()
