"""Every primitive, waited for, refused and timed out; in controlled mode no moment of it is left to chance."""

PROGRAM = '''
import threading, queue, time
gate = threading.RLock()
with gate:
    with gate:
        pass
lock = threading.Lock()
lock.acquire()
assert not lock.acquire(False)
assert not lock.acquire(timeout=0.02)
ready = threading.Condition()
done = []
def consumer():
    with ready:
        ready.wait_for(lambda: done)
t = threading.Thread(target=consumer)
t.start()
time.sleep(0.1)
with ready:
    done.append(1)
    ready.notify_all()
t.join()
with ready:
    assert not ready.wait(0.01)
first = threading.Timer(0.01, print, ["ding"])
first.start()
second = threading.Timer(60, print, ["never"])
second.start()
time.sleep(1)
second.cancel()
first.join(); second.join()
go = threading.Event()
e = threading.Thread(target=go.wait)
e.start()
time.sleep(1)
go.set()
e.join()
go.clear()
assert not go.wait(0.01)
b = threading.Barrier(2)
x = threading.Thread(target=b.wait); x.start()
b.wait(); x.join()
try: b.wait(0.01)
except threading.BrokenBarrierError: pass
b.reset()
box = queue.SimpleQueue()
box.put(1)
assert box.get() == 1
try: box.get(timeout=0.01)
except queue.Empty: print("empty")
belt = queue.Queue(maxsize=1)
stack = queue.LifoQueue()
class Secret:
    def __repr__(self): raise SystemExit("never ask")
stack.put(Secret())
belt.put("box")
try: belt.put("no", timeout=0.01)
except queue.Full: pass
belt.get(); belt.task_done(); belt.join()
try: belt.get_nowait()
except queue.Empty: pass
belt.shutdown()
'''
