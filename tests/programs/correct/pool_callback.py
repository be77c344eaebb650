from concurrent.futures import ThreadPoolExecutor
from threading import Lock

lock = Lock()
done = []


def finished(future):
    with lock:
        done.append(future.result())


with ThreadPoolExecutor(max_workers=2) as pool:
    for number in range(3):
        pool.submit(abs, -number).add_done_callback(finished)
assert sorted(done) == [0, 1, 2]
