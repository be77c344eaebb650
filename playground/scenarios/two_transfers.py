# /// scenario
# title = "Two transfers"
# level = 2
# topic = "Locks"
# primitive = "Lock"
# minutes = 6
# story = "Two transfers between the same two accounts, in opposite directions. Two locks, two orders, one standstill."
# try = [
#   "Run it: each transfer takes the lock of its first account and waits for the other one's.",
#   "Set ORDER to \"by number\": both take the lock of account 1 first, and both complete.",
#   "Set PAUSE_MS to 0: it often goes well now. The mistake is still there; it only hides.",
# ]
# expect = [{mode = "free", finding = "deadlock", within = 1}, {mode = "controlled", finding = "deadlock", within = 50}]
#
# [knobs]
# ORDER = {label = "order of locks", choices = ['"as asked"', '"by number"']}
# PAUSE_MS = {label = "ms between the locks", low = 0, high = 100}
# ///
"""Two transfers run at once, each under the locks of both accounts.

To move money safely a transfer holds both locks. The two transfers name the
accounts in opposite order, so each can end up with the lock the other needs.
"""
import time
from threading import Lock, Thread

ORDER = "as asked"
PAUSE_MS = 20


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance
        self.lock = Lock()


def transfer(giver, taker, amount):
    first, second = giver, taker
    if ORDER == "by number":
        first, second = sorted((giver, taker), key=lambda account: account.number)
    with first.lock:
        time.sleep(PAUSE_MS / 1000)  # checking the balance takes a while
        with second.lock:
            giver.balance -= amount
            taker.balance += amount


a = Account(1, balance=100)
b = Account(2, balance=100)
there = Thread(target=transfer, args=(a, b, 30))
back = Thread(target=transfer, args=(b, a, 10))
there.start()
back.start()
there.join()
back.join()
print("a has", a.balance, "and b has", b.balance)
