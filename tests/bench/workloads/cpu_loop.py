import threading
import time

ROUNDS = 3_000_000


def spin():
    total = 0
    for number in range(ROUNDS):
        total += number % 7


threads = [threading.Thread(target=spin) for _ in range(4)]
began = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("took", time.perf_counter() - began)
