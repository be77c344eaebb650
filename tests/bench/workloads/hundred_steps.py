"""Two threads take turns at one counter: a hundred steps at the granularity of accesses."""
import threading

ROUNDS = 10
guard = threading.Lock()
total = 0
finished = 0


def work():
    global total, finished
    for _ in range(ROUNDS):
        with guard:
            total += 1
    finished += 1


threads = [threading.Thread(target=work, name=name) for name in ("left", "right")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total)
