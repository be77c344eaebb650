"""The same argument name stands for another account in each thread."""
import threading


class Account:
    def __init__(self, balance):
        self.balance = balance


def pay_in(account, amount):
    for _ in range(2):
        account.balance = account.balance + amount


def main():
    accounts = [Account(100), Account(200)]
    threads = [threading.Thread(target=pay_in, args=(account, 5)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [account.balance for account in accounts] == [110, 210]


main()
