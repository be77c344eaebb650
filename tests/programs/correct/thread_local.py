import threading

own = threading.local()
totals = []


def work(number):
    own.value = 0
    for _ in range(3):
        own.value = own.value + number
    totals.append(own.value)


threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(totals) == [3, 6]
