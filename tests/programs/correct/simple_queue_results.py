import queue
import threading

answers = queue.SimpleQueue()
config = {"factor": 3}


def work(number):
    answers.put(number * config["factor"])


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
found = sorted(answers.get() for _ in threads)
for thread in threads:
    thread.join()
assert found == [0, 3, 6]
