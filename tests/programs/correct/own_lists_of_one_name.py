"""Two threads call their private lists and objects alike."""
import threading

done = []


class Basket:
    def __init__(self):
        self.weight = 0


def work():
    items = []
    basket = Basket()
    for number in range(3):
        items.append(number)
        basket.weight = basket.weight + number
    done.append((len(items), basket.weight))


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert done == [(3, 3), (3, 3)]
