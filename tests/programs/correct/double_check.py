import threading

lock = threading.Lock()
settings = None
made = []


def get():
    global settings
    if settings is None:
        with lock:
            if settings is None:
                made.append(1)
                settings = {"colour": "blue"}
    return settings["colour"]


threads = [threading.Thread(target=get) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert made == [1]
