"""Two threads add one to a shared counter; an update may get lost, and nobody asks."""
import threading

THREADS = 2


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
