from concurrent.futures import ThreadPoolExecutor, as_completed, wait


class Page:
    def __init__(self, name):
        self.name = name
        self.words = 0


def count(page):
    page.words = len(page.name)
    return page


with ThreadPoolExecutor(max_workers=2) as pool:
    futures = [pool.submit(count, Page(name)) for name in ("ab", "c")]
    total = 0
    for future in as_completed(futures):
        total += future.result().words
    more = [pool.submit(count, Page("abc"))]
    wait(more)
    total += more[0].result().words
assert total == 6
