from concurrent.futures import ThreadPoolExecutor
from threading import Lock

lock = Lock()
hits = {"index": 0}


def visit(page):
    with lock:
        hits[page] = hits[page] + 1


with ThreadPoolExecutor(max_workers=2) as pool:
    list(pool.map(visit, ["index"] * 3))
assert hits["index"] == 3
