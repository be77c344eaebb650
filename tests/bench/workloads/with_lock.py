import threading
import time

ROUNDS = 1_000_000
guard = threading.Lock()
count = 0


def work():
    global count
    for _ in range(ROUNDS):
        with guard:
            count += 1


threads = [threading.Thread(target=work) for _ in range(2)]
began = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("took", time.perf_counter() - began)
