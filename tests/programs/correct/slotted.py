import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    value: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, amount):
        with self.lock:
            self.value += amount


tallies = [Tally(), Tally()]
threads = [threading.Thread(target=tally.add, args=(amount,)) for tally in tallies for amount in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [tally.value for tally in tallies] == [3, 3]
