import threading


class Stack:
    def __init__(self):
        self.lock = threading.RLock()
        self.items = []

    def push(self, item):
        with self.lock:
            self.items.append(item)

    def push_two(self, item):
        with self.lock:
            self.push(item)
            self.push(item)


stack = Stack()
threads = [threading.Thread(target=stack.push_two, args=(number,)) for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(stack.items) == 4
