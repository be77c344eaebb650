import threading


class Square(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.number = number
        self.result = None

    def run(self):
        self.result = self.number * self.number


threads = [Square(number) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [thread.result for thread in threads] == [0, 1, 4]
