"""Appending to a list is one indivisible act."""
import threading

log = []
seen = set()


def work(name):
    for number in range(3):
        log.append(f"{name} {number}")
        seen.add(name)


threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(log) == 6
assert seen == {"a", "b"}
