import threading
import time


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()


def transfer(source, target, amount):
    while True:
        with source.lock:
            if target.lock.acquire(timeout=0.01):
                try:
                    source.balance -= amount
                    target.balance += amount
                    return
                finally:
                    target.lock.release()
        time.sleep(0.001)


def main():
    a, b = Account(100), Account(100)
    threads = [threading.Thread(target=transfer, args=pair) for pair in ((a, b, 10), (b, a, 20))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (a.balance, b.balance) == (110, 90)


main()
