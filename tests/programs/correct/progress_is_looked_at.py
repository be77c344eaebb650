"""A guarded counter that others only look at, without the lock."""
import threading

lock = threading.Lock()
done = 0


def work():
    global done
    for _ in range(2):
        with lock:
            done += 1


def watch():
    for _ in range(3):
        print("done so far:", done)


threads = [threading.Thread(target=work), threading.Thread(target=work), threading.Thread(target=watch)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert done == 4
