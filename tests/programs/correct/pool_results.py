from concurrent.futures import ThreadPoolExecutor


class Tally:
    def __init__(self):
        self.value = 0


def work(tally, number):
    tally.value = number * number
    return tally


with ThreadPoolExecutor(max_workers=2) as pool:
    futures = [pool.submit(work, Tally(), number) for number in range(3)]
    values = [future.result().value for future in futures]
assert values == [0, 1, 4]
