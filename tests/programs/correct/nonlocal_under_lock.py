import threading


def main():
    total = 0
    guard = threading.Lock()

    def add(amount):
        nonlocal total
        with guard:
            total += amount

    threads = [threading.Thread(target=add, args=(amount,)) for amount in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total == 6


main()
