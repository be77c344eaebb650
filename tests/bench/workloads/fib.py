import threading
import time


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


threads = [threading.Thread(target=fib, args=(29,)) for _ in range(4)]
began = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("took", time.perf_counter() - began)
