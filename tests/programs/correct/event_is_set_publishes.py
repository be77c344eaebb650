import threading

ready = threading.Event()
answer = 0
seen = []


def compute():
    global answer
    answer = 42
    ready.set()


def look():
    if ready.is_set():
        seen.append(answer)


threads = [threading.Thread(target=compute), threading.Thread(target=look)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert seen in ([], [42])
