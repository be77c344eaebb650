# /// scenario
# title = "Two chargers, six cars"
# level = 1
# topic = "Queues and pools"
# primitive = "Semaphore"
# minutes = 5
# story = "A semaphore holds as many permits as there are chargers. Six cars come; at most two charge at once."
# try = [
#   "Run it: two cars charge, four wait, and each car that leaves lets one in.",
#   "Set CHARGERS to 1: the semaphore is a lock now.",
#   "Set CHARGERS to 6: nobody waits, and the semaphore might as well not be there.",
# ]
# expect = [{mode = "free", finding = "clean", within = 3}, {mode = "controlled", finding = "clean", within = 50}]
#
# [knobs]
# CHARGERS = {label = "chargers", low = 1, high = 6}
# CARS = {label = "cars", low = 1, high = 12}
# ///
"""Cars share a few chargers: a semaphore counts the free ones.

Entering the `with` block takes a permit, or waits until there is one; leaving
it gives the permit back, also when an exception ends the block.
"""
import time
from threading import Semaphore, Thread

CHARGERS = 2
CARS = 6

chargers = Semaphore(CHARGERS)


def charge(minutes):
    with chargers:
        time.sleep(minutes / 1000)
        print("charged for", minutes, "minutes")


cars = [Thread(target=charge, args=(30 + 10 * (n % 3),), name=f"Car-{n + 1}") for n in range(CARS)]
for car in cars:
    car.start()
for car in cars:
    car.join()
print("everybody has left")
