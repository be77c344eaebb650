"""Each writes its own half, then all meet, then each reads the other's."""
import threading

barrier = threading.Barrier(2)
halves = [0, 0]
sums = []


def work(side):
    halves[side] = side + 1
    barrier.wait()
    sums.append(halves[0] + halves[1])
    barrier.wait()
    halves[side] = 0


threads = [threading.Thread(target=work, args=(side,)) for side in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sums == [3, 3]
assert halves == [0, 0]
