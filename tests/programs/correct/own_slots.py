"""Everybody writes its own slot; main reads after the joins."""
import threading

results = [0] * 3
names = {}


def work(seat):
    results[seat] = seat * seat
    names[seat] = f"seat {seat}"


threads = [threading.Thread(target=work, args=(seat,)) for seat in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert results == [0, 1, 4]
assert len(names) == 3
