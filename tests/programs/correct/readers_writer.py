import threading


class ReadWrite:
    def __init__(self):
        self.readers = 0
        self.mutex = threading.Lock()
        self.writing = threading.Lock()

    def read(self, what):
        with self.mutex:
            self.readers += 1
            if self.readers == 1:
                self.writing.acquire()
        value = what["x"]
        with self.mutex:
            self.readers -= 1
            if not self.readers:
                self.writing.release()
        return value

    def write(self, what, value):
        with self.writing:
            what["x"] = value


gate = ReadWrite()
data = {"x": 0}
threads = [threading.Thread(target=gate.read, args=(data,)), threading.Thread(target=gate.write, args=(data, 5)),
           threading.Thread(target=gate.read, args=(data,))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert data["x"] == 5
