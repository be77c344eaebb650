"""Programs about locks, queues, locals and time that say the same whatever the schedule is."""

from __future__ import annotations

PRIMITIVES: dict[str, str] = {
    "lock_misuse": '''
lock = threading.Lock()
attempt(lock.release)
for arguments in ((False, 1), (True, -2), (True, -0.5), (True, 1e10), (True, 9223372036), (True, 9223372037), (True, 1e300), (True, float("inf")),
                  (True, float("nan")), (True, "1"), (True, None), (False, -1), (True, -1), (False, 0), (True, 0), (True, 0.001), ("", -1), (0.5, 0)):
    attempt(lock.acquire, *arguments)
    if lock.locked(): lock.release()
lock.acquire()
for arguments in ((False,), (True, 0), (True, 0.001), (False, -1)): attempt(lock.acquire, *arguments)
lock.release()
attempt(lock.__enter__)
attempt(lock.__exit__, None, None, None)
attempt(lock.locked)
attempt(threading.Lock, 1)
attempt(type, "Sub", (type(lock),), {})
print(type(lock), type(lock).__name__, _thread.LockType is type(lock), threading.Lock is _thread.lock)
print(hasattr(lock, "_is_owned"), isinstance(lock, threading.Lock), lock.acquire_lock(), lock.locked_lock(), lock.release_lock())
''',
    "rlock_misuse": '''
lock = threading.RLock()
attempt(lock.release)
attempt(lock._release_save)
attempt(lock.acquire, False, 1)
attempt(lock.acquire, timeout=-3)
attempt(lock.acquire, timeout=1e11)
print(lock.acquire(), lock.acquire(blocking=False), lock._recursion_count(), lock._is_owned(), hasattr(lock, "locked"))
def other():
    attempt(lock.release)
    attempt(lock.acquire, False)
    attempt(lock.acquire, timeout=0.001)
    print(lock._is_owned(), lock._recursion_count())
run(other)
lock.release(); lock.release()
attempt(lock.release)
class Mine(type(lock)):
    def __init__(self, name): self.name = name
mine = Mine("x")
with mine: print(mine.name, mine._is_owned())
print(re.sub(r"owner=[1-9]\\d*", "owner=N", re.sub("0x[0-9a-f]+", "0x", repr(lock))))
with lock: print(re.sub(r"owner=[1-9]\\d*", "owner=N", re.sub("0x[0-9a-f]+", "0x", repr(lock))))
''',
    "condition_misuse": '''
condition = threading.Condition()
for name in ("wait", "notify", "notify_all", "release"):
    attempt(getattr(condition, name))
attempt(condition.wait_for, lambda: False)
attempt(condition.notify, 3)
with condition:
    attempt(condition.wait, 0)
    attempt(condition.wait, 0.001)
    attempt(condition.wait, -1)
    attempt(condition.wait_for, lambda: 0, 0.001)
    attempt(condition.wait_for, lambda: "yes", 0.001)
    attempt(condition.notify, 5)
    attempt(condition.wait, 1e300)
    attempt(condition.wait, "x")
    print(condition._is_owned())
print(len(condition._waiters))
plain = threading.Condition(threading.Lock())
attempt(plain.notify)
with plain:
    attempt(plain.wait, 0.001)
''',
    "semaphores": '''
attempt(threading.Semaphore, -1)
bounded = threading.BoundedSemaphore(2)
attempt(bounded.release)
attempt(bounded.acquire)
attempt(bounded.release, 2)
attempt(bounded.release, 0)
attempt(bounded.release)
attempt(bounded.release)
s = threading.Semaphore(1)
attempt(s.acquire, False, 1)
attempt(s.acquire, blocking=False, timeout=None)
attempt(s.acquire, False)
attempt(s.acquire, True, 0.001)
attempt(s.acquire, timeout=-1)
attempt(s.release, 3)
print(s._value)
print(re.sub("0x[0-9a-f]+", "0x", repr(s)), re.sub("0x[0-9a-f]+", "0x", repr(bounded)))
''',
    "barriers": '''
attempt(threading.Barrier, 0)
attempt(threading.Barrier, -3)
def fail(): raise LookupError("action")
broken = threading.Barrier(1, fail)
attempt(broken.wait)
print(broken.broken, broken.n_waiting, broken.parties)
attempt(broken.wait)
broken.reset()
print(broken.broken)
late = threading.Barrier(2)
attempt(late.wait, 0.001)
attempt(late.wait)
print(late.broken)
aborted = threading.Barrier(2)
def waits(): attempt(aborted.wait)
def aborts():
    while not aborted.n_waiting: time.sleep(0.001)
    aborted.abort()
run(waits, aborts)
print(aborted.broken)
order = []
trio = threading.Barrier(3, lambda: order.append("action"))
numbers = []
run(*[lambda: numbers.append(trio.wait())] * 3)
print(sorted(numbers), order, trio.n_waiting)
def resets():
    while not aborted.n_waiting: time.sleep(0.001)
    aborted.reset()
aborted.reset()
run(waits, resets)
print(re.sub("0x[0-9a-f]+", "0x", repr(aborted)))
''',
    "locals": '''
local = threading.local()
local.x = 1
def other():
    attempt(getattr, local, "x"); attempt(delattr, local, "x"); print(local.__dict__, vars(local)); local.x = 2; print(local.x, local.__dict__)
run(other)
print(local.x, local.__dict__)
class Counted(threading.local):
    made = 0
    kind = "class attribute"
    def __init__(self, start): type(self).made += 1; self.value = start
counted = Counted(5)
counted.value += 1
def fresh(): print(counted.value, counted.kind); counted.value = 50
run(fresh, ); run(fresh)
print(counted.value, Counted.made)
attempt(setattr, local, "__dict__", {}); attempt(delattr, local, "__dict__"); attempt(threading.local, 1); attempt(threading.local, a=2)
attempt(Counted)
class Slotted(threading.local):
    __slots__ = ("shared",)
slotted = Slotted(); slotted.shared = "main"
run(lambda: print(slotted.shared)); run(lambda: setattr(slotted, "shared", "thread")); print(slotted.shared)
class Property(threading.local):
    @property
    def double(self): return self.x * 2
    def method(self): return getattr(self, "x", "none")
p = Property(); p.x = 4
run(lambda: print(p.method())); print(p.double, p.method())
class Fails(threading.local):
    def __init__(self, say=[]):
        say.append(1)
        if len(say) > 1: raise LookupError(f"init {len(say)}")
f = Fails()
run(lambda: (attempt(getattr, f, "x"), attempt(getattr, f, "x")))
import weakref
class Value: pass
kept = []
def keeps(): v = Value(); local.v = v; kept.append(weakref.ref(v))
run(keeps)
print(kept[0]() is None)
print("x" in dir(local), hasattr(local, "v"), sorted(k for k in dir(local) if not k.startswith("__")))
''',
    "queues": '''
q = queue.Queue(2)
attempt(q.task_done); attempt(q.get_nowait); attempt(q.get, timeout=-1); attempt(q.get, True, 0); attempt(q.get, True, 0.001)
attempt(q.get, False, -5)
attempt(q.put, 1); attempt(q.put_nowait, 2); attempt(q.put, 3, False); attempt(q.put, 3, timeout=-1); attempt(q.put, 3, True, 0.001)
print(q.qsize(), q.full(), q.empty(), q.maxsize, q.unfinished_tasks)
q.get(); q.task_done(); q.get(); q.task_done(); attempt(q.task_done); attempt(q.join)
for kind in (queue.LifoQueue, queue.PriorityQueue):
    each = kind()
    for item in (3, 1, 2): each.put(item)
    print([each.get() for _ in range(3)])
mixed = queue.PriorityQueue(); mixed.put((1, "b")); mixed.put((1, "a")); print(mixed.get()); attempt(mixed.put, 5)
for immediate in (False, True):
    q = queue.Queue(); q.put("left"); q.put("more")
    q.shutdown(immediate)
    attempt(q.put, 1); attempt(q.get); attempt(q.get_nowait); attempt(q.get); attempt(q.task_done); attempt(q.task_done); attempt(q.join)
    q.shutdown(immediate)
q = queue.Queue(1)
def getter(): attempt(q.get)
def closer():
    while not q.not_empty._waiters: time.sleep(0.001)
    q.shutdown()
run(getter, getter, closer)
print(issubclass(queue.ShutDown, Exception), queue.Empty.__module__, queue.Full.__mro__[1].__name__)
attempt(queue.Queue, "x"); attempt(queue.Queue(0).put, 1); attempt(queue.Queue(-1).put, 1)
attempt(queue.Queue().get, True, "x")
''',
    "simple_queues": '''
q = queue.SimpleQueue()
attempt(q.get_nowait); attempt(q.get, False); attempt(q.get, True, 0); attempt(q.get, True, 0.001); attempt(q.get, timeout=-1)
attempt(q.get, False, -1)
attempt(q.get, True, "x"); attempt(q.get, True, 1e300); attempt(q.get, True, float("nan")); attempt(q.get, True, 9223372037)
attempt(q.put, 1); attempt(q.put, 2, False); attempt(q.put, 3, timeout=5); attempt(q.put_nowait, 4)
print(q.qsize(), q.empty(), q.get(), q.get(block=True, timeout=None), q.get(timeout=1), q.get_nowait(), q.empty())
got = []
run(lambda: got.append(q.get()), lambda: q.put("handed"))
print(got, queue.SimpleQueue[int], isinstance(q, queue.SimpleQueue), queue.Empty.__name__, hasattr(q, "task_done"))
class Mine(queue.SimpleQueue):
    def __init__(self, tag): self.tag = tag
m = Mine("t"); m.put(1); print(m.tag, m.get())
attempt(queue.SimpleQueue, 5)
''',
    "scheduler": '''
clock = sched.scheduler(time.monotonic, time.sleep)
seen = []
clock.enter(0.03, 1, seen.append, ("late",)); clock.enter(0.01, 2, seen.append, ("second",)); clock.enter(0.01, 1, seen.append, ("first",))
gone = clock.enter(0.02, 1, seen.append, ("gone",)); clock.cancel(gone); attempt(clock.cancel, gone)
print(len(clock.queue), clock.empty()); clock.run(); print(sorted(seen), clock.empty(), clock.run(False))
def fails(): raise LookupError("event")
clock.enter(0, 1, fails); attempt(clock.run); print(clock.empty())
clock.enter(50, 1, fails); print(clock.run(blocking=False) > 40)
''',
    "time": '''
for length in (0, -1, "x", None, float("nan"), 1e300, True, 0.001, -0.0, 10**30): attempt(time.sleep, length)
a = time.monotonic(); time.sleep(0.01); print(time.monotonic() - a >= 0.01, type(time.time()), type(time.time_ns()), time.perf_counter_ns() > 0)
print(time.get_clock_info("monotonic").monotonic, time.strftime("%Y", time.gmtime(0)), time.gmtime().tm_year > 2000, time.ctime()[-4:] > "2000")
import datetime; print(datetime.datetime.now().year > 2000)
''',
    "events": '''
e = threading.Event()
attempt(e.wait, 0); attempt(e.wait, 0.001); attempt(e.wait, -1); print(e.is_set(), e.set(), e.is_set(), e.wait(), e.wait(0), e.clear(), e.is_set())
attempt(e.wait, "x")
print(re.sub("0x[0-9a-f]+", "0x", repr(e)))
run(lambda: print(e.wait()), e.set)
''',
}
