"""Philosophers at a round table, each with the fork on the left first: some interleavings deadlock."""
import threading

SEATS = 3


class Table:
    def __init__(self):
        self.forks = [threading.Lock() for _ in range(SEATS)]
        self.meals = [0] * SEATS

    def dine(self, seat):
        with self.forks[seat]:
            with self.forks[(seat + 1) % SEATS]:
                self.meals[seat] += 1


def main():
    table = Table()
    threads = [threading.Thread(target=table.dine, args=(seat,)) for seat in range(SEATS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
