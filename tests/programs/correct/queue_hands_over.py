"""What is put on the queue belongs to whoever takes it."""
import queue
import threading

work = queue.Queue()


class Job:
    def __init__(self, number):
        self.number = number
        self.state = "new"


done = []


def producer():
    for number in range(3):
        job = Job(number)
        job.state = "ready"
        work.put(job)
    work.put(None)


def consumer():
    while (job := work.get()) is not None:
        assert job.state == "ready"
        job.state = "done"
        done.append(job)


threads = [threading.Thread(target=consumer), threading.Thread(target=producer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [job.state for job in done] == ["done"] * 3
