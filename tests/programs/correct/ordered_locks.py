import threading

first, second = threading.Lock(), threading.Lock()
log = []


def work(name):
    with first, second:
        log.append(name)


threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(log) == 3
