# /// scenario
# title = "The bakery shelf"
# level = 1
# topic = "Queues and pools"
# primitive = "Queue"
# minutes = 6
# story = "Two bakers fill a shelf that holds four loaves. Three guests empty it. Who waits for whom?"
# try = [
#   "Run it: when the shelf is full the bakers wait, when it is empty the guests do.",
#   "Give ROOM for one loaf only: every loaf needs a baker and a guest to meet.",
#   "Have one guest: now the bakers wait most of the time.",
# ]
# expect = [{mode = "free", finding = "clean", within = 3}, {mode = "controlled", finding = "clean", within = 20}]
#
# [knobs]
# BAKERS = {label = "bakers", low = 1, high = 6}
# GUESTS = {label = "guests", low = 1, high = 8}
# ROOM = {label = "room on the shelf", low = 1, high = 12}
# ///
"""Bakers put loaves on a shelf, guests take them: a bounded queue between them.

The queue does all the waiting: put waits while the shelf is full, get waits
while it is empty. At the end each guest gets one None, which says "closed".
"""
import time
from queue import Queue
from threading import Lock, Thread

BAKERS = 2
GUESTS = 3
ROOM = 4

shelf = Queue(maxsize=ROOM)
till = Lock()
sold = []


def bake(name, loaves=12):
    for number in range(1, loaves + 1):
        time.sleep(0.006)  # in the oven
        shelf.put(f"{name}{number}")


def eat():
    while (loaf := shelf.get()) is not None:
        with till:
            time.sleep(0.004)  # paying
            sold.append(loaf)
        time.sleep(0.015)  # eating


bakers = [Thread(target=bake, args=("abcdef"[n],), name=f"Baker-{n + 1}") for n in range(BAKERS)]
guests = [Thread(target=eat, name=f"Guest-{n + 1}") for n in range(GUESTS)]
for person in bakers + guests:
    person.start()
for baker in bakers:
    baker.join()
for _ in guests:
    shelf.put(None)
for guest in guests:
    guest.join()
print("sold", len(sold), "loaves, the last one was", sold[-1])
