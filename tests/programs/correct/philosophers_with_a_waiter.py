"""All but one may sit down at a time: the forks are taken in a circle, and nobody starves."""
import threading

SEATS = 3
forks = [threading.Lock() for _ in range(SEATS)]
waiter = threading.Semaphore(SEATS - 1)
meals = [0] * SEATS


def eat(seat):
    with waiter, forks[seat], forks[(seat + 1) % SEATS]:
        meals[seat] += 1


people = [threading.Thread(target=eat, args=(seat,)) for seat in range(SEATS)]
for person in people:
    person.start()
for person in people:
    person.join()
assert meals == [1, 1, 1]
