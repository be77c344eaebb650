import threading


class Latch:
    def __init__(self, count):
        self.count = count
        self.lock = threading.Lock()
        self.done = threading.Event()

    def down(self):
        with self.lock:
            self.count -= 1
            if self.count == 0:
                self.done.set()


latch = Latch(3)
threads = [threading.Thread(target=latch.down) for _ in range(3)]
for thread in threads:
    thread.start()
latch.done.wait()
assert latch.count == 0
for thread in threads:
    thread.join()
