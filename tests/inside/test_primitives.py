"""Every primitive's facts, in the order in which they happened."""

from __future__ import annotations

from tests.inside.running import Trace, record_program

PAIR = """
import threading, queue, time, _thread
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
def run(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for t in threads: t.start()
    for t in threads: t.join()
def until(condition):
    while not condition(): time.sleep(0.001)
def let_others_run():
    for _ in range(25): time.sleep(0.002)  # short ones: a machine that stands still eats one of them, not all
"""


def family(trace: Trace, name: str, thread: str = "") -> list[str]:
    number = trace.thread(thread) if thread else None
    return [event.kind for event in trace.of(f"{name}.", number)]


def test_contended_lock_is_blocked_then_acquired_by_the_release() -> None:
    trace = record_program(PAIR + """
gate = threading.Lock()
gate.acquire()
t = threading.Thread(target=lambda: gate.acquire() and gate.release(), name="second")
t.start()
let_others_run()
gate.release()
t.join()
""")
    second = trace.thread("second")
    assert family(trace, "lock", "second") == ["lock.blocked", "lock.acquired", "lock.released"]
    blocked, acquired = trace.of("lock.blocked", second)[0], trace.of("lock.acquired", second)[0]
    released = trace.of("lock.released", 0)[0]
    assert blocked.seq < released.seq < acquired.seq
    assert trace.name(blocked.obj) == "gate"
    assert blocked.value == 0


def test_timed_and_refused_acquires_say_so() -> None:
    trace = record_program("""
import threading
gate = threading.Lock()
gate.acquire()
assert not gate.acquire(False)
assert not gate.acquire(timeout=0.02)
assert not gate.acquire(blocking=True, timeout=0)
""")
    assert family(trace, "lock") == ["lock.acquired", "lock.refused", "lock.blocked", "lock.refused", "lock.refused"]
    assert trace.of("lock.blocked")[0].value == 20_000


def test_reentrant_lock_reports_its_depth() -> None:
    trace = record_program("""
import threading
gate = threading.RLock()
with gate:
    with gate:
        pass
""")
    assert [(event.kind, event.value) for event in trace.of("lock.")] == [
        ("lock.acquired", 1), ("lock.acquired", 2), ("lock.released", 1), ("lock.released", 0)]
    assert trace.object("gate").primitive == "RLock"


def test_condition_wait_lets_go_of_its_lock_and_is_woken() -> None:
    trace = record_program(PAIR + """
ready = threading.Condition()
done = []
def consumer():
    with ready:
        ready.wait_for(lambda: done)
t = threading.Thread(target=consumer)
t.start()
until(lambda: ready._waiters)
with ready:
    done.append(1)
    ready.notify_all()
t.join()
""")
    mine = [event.kind for event in trace.events if event.thread == 1 and event.kind.partition(".")[0] in ("lock", "condition")
            and event.kind != "lock.blocked"]
    assert mine == ["lock.acquired", "condition.waiting", "lock.released", "lock.acquired", "condition.woken", "lock.released"]
    assert trace.of("condition.notified")[0].value == 1
    assert {trace.name(event.obj) for event in [*trace.of("condition."), *trace.of("lock.")]} == {"ready"}


def test_condition_over_a_lock_of_the_program_keeps_the_lock_apart() -> None:
    trace = record_program("""
import threading
inner = threading.Lock()
ready = threading.Condition(inner)
with ready:
    assert not ready.wait(0.01)
ready.acquire(); ready.release()
try:
    ready.notify()
except RuntimeError:
    print("un-acquired")
""")
    assert trace.printed() == "un-acquired\n"
    assert family(trace, "lock") == ["lock.acquired", "lock.released", "lock.acquired", "lock.released", "lock.acquired", "lock.released"]
    assert {trace.name(event.obj) for event in trace.of("lock.")} == {"inner"}
    assert family(trace, "condition") == ["condition.waiting", "condition.timed_out"]
    assert trace.of("condition.waiting")[0].value == 10_000


def test_semaphore_counts_permits_under_its_lock() -> None:
    trace = record_program(PAIR + """
permits = threading.BoundedSemaphore(1)
def user():
    with permits:
        let_others_run()
run(user, user)
assert permits.acquire(blocking=False)
assert not permits.acquire(timeout=0)
permits.release()
try: permits.release()
except ValueError: pass
""")
    acquired = trace.of("semaphore.acquired")
    assert [event.value for event in acquired] == [0, 0, 0]
    assert len(trace.of("semaphore.blocked")) == 1
    assert len(trace.of("semaphore.refused")) == 1
    assert [event.value for event in trace.of("semaphore.released")] == [1, 1, 1]
    assert trace.object("permits").capacity == 1
    assert not trace.of("condition.")
    assert not trace.of("lock.")


def test_event_is_waited_for_set_and_cleared() -> None:
    trace = record_program(PAIR + """
go = threading.Event()
t = threading.Thread(target=go.wait)
t.start()
until(lambda: go._cond._waiters)
go.set()
t.join()
go.clear()
assert not go.wait(0.01)
""")
    assert family(trace, "event") == ["event.waiting", "event.set", "event.woken", "event.cleared", "event.waiting", "event.timed_out"]
    assert trace.of("event.woken")[0].thread == 1


def test_barrier_trips_and_breaks() -> None:
    trace = record_program(PAIR + """
gate = threading.Barrier(2)
run(gate.wait, gate.wait)
try: gate.wait(0.01)
except threading.BrokenBarrierError: pass
gate.reset()
""")
    assert family(trace, "barrier") == ["barrier.waiting", "barrier.tripped", "barrier.passed", "barrier.waiting", "barrier.broken", "barrier.reset"]
    assert [(event.value, event.note) for event in trace.of("barrier.waiting")] == [(1, ""), (1, "timed")]
    assert trace.object("gate").capacity == 2


def test_timer_waits_fires_or_is_cancelled() -> None:
    trace = record_program(PAIR + """
first = threading.Timer(0.01, print, ["ding"])
first.start()
second = threading.Timer(60, print, ["never"])
second.start()
until(lambda: second.finished._cond._waiters)
second.cancel()
first.join(); second.join()
""")
    assert trace.printed() == "ding\n"
    assert family(trace, "timer", "Timer-1") == ["timer.waiting", "timer.fired"]
    assert family(trace, "timer", "Timer-2") == ["timer.waiting", "timer.cancelled"]
    assert [event.value for event in trace.of("timer.waiting")] == [10_000, 60_000_000]
    assert len(trace.of("timer.cancel")) == 1
    assert not trace.of("event.")


def test_queues_report_sizes_items_and_refusals() -> None:
    trace = record_program(PAIR + """
belt = queue.Queue(maxsize=1)
stack = queue.LifoQueue()
heap = queue.PriorityQueue()
class Secret:
    def __repr__(self): raise SystemExit("never ask")
stack.put(Secret())
heap.put((1, "a"))
belt.put("box")
try: belt.put("no", timeout=0.01)
except queue.Full: pass
try: belt.put_nowait("no")
except queue.Full: pass
belt.get(); belt.task_done(); belt.join()
try: belt.get_nowait()
except queue.Empty: pass
belt.shutdown()
""")
    kinds = [(event.kind, trace.name(event.obj), event.value if event.to != 5 else 0, event.note) for event in trace.of("queue.")]
    assert kinds == [
        ("queue.put", "stack", 1, "<Secret>"), ("queue.put", "heap", 1, "(1, 'a')"), ("queue.put", "belt", 1, "'box'"),
        ("queue.put_blocked", "belt", 0, ""), ("queue.full", "belt", 1, ""), ("queue.full", "belt", 1, ""), ("queue.got", "belt", 0, "'box'"),
        ("queue.task_done", "belt", 0, ""), ("queue.empty", "belt", 0, ""), ("queue.shut_down", "belt", 0, "")]
    assert [trace.object(name).primitive for name in ("stack", "heap", "belt")] == ["LifoQueue", "PriorityQueue", "Queue"]


def test_blocked_get_and_join_of_a_queue_end() -> None:
    trace = record_program(PAIR + """
work = queue.Queue()
def worker():
    work.get()
    until(lambda: work.all_tasks_done._waiters)
    work.task_done()
t = threading.Thread(target=worker)
t.start()
until(lambda: work.not_empty._waiters)
work.put(7)
work.join()
t.join()
""")
    assert family(trace, "queue", "worker-1") == ["queue.get_blocked", "queue.got", "queue.task_done"]
    assert family(trace, "queue", "main") == ["queue.put", "queue.joining", "queue.joined"]


def test_simple_queue_is_seen_and_stays_a_simple_queue() -> None:
    trace = record_program(PAIR + """
import _queue
box = queue.SimpleQueue()
assert type(box) is queue.SimpleQueue is _queue.SimpleQueue
box.put(1)
assert box.get() == 1
try: box.get(timeout=0.01)
except queue.Empty: print("empty")
""")
    assert trace.printed() == "empty\n"
    assert family(trace, "queue") == ["queue.put", "queue.got", "queue.get_blocked", "queue.empty"]


def test_pool_tasks_and_futures_are_followed() -> None:
    trace = record_program(PAIR + """
def task(n):
    let_others_run()
    return n
with ThreadPoolExecutor(2) as pool:
    futures = [pool.submit(task, n) for n in range(3)]
    assert sorted(future.result() for future in futures) == [0, 1, 2]
    assert list(pool.map(task, range(2))) == [0, 1]
    wait([pool.submit(task, 1)])
""")
    assert {thread.name for thread in trace.threads} == {"main", "pool-1", "pool-2"}
    assert len(trace.of("pool.task_began")) == len(trace.of("pool.task_ended")) == 6
    assert trace.of("pool.task_began")[0].note == "task"
    assert next(trace.name(event.obj) for event in trace.of("future.waiting")) == "futures[0]"
    assert len(trace.of("future.waiting")) == len(trace.of("future.resolved"))
    assert trace.of("pool.idle")
    assert trace.close
    assert trace.close.outcome == "ok"


def test_sleep_is_sleeping_and_join_is_a_wait() -> None:
    trace = record_program(PAIR + """
t = threading.Thread(target=time.sleep, args=(0.7,), name="sleeper")
t.start()
t.join(0.001)
t.join()
t.join()
""")
    assert trace.kinds(0) == ["thread.joining", "thread.join_timed_out", "thread.joining", "thread.joined", "thread.ended"]
    assert family(trace, "sleep", "sleeper") == ["sleep.began", "sleep.ended"]
    assert trace.of("sleep.began")[0].value == 700_000


def test_raw_threads_live_and_crash() -> None:
    trace = record_program("""
import _thread
gate = _thread.allocate_lock()
gate.acquire()
def fine():
    gate.release()
def broken():
    gate.release()
    raise KeyError("raw")
def leaves():
    gate.release()
    _thread.exit()
for function in (fine, broken, leaves):
    _thread.start_new_thread(function, ())
    gate.acquire()
while _thread._count(): pass
""")
    assert [thread.name for thread in trace.threads] == ["main", "fine-1", "broken-1", "leaves-1"]
    ends = {event.thread: event.kind for event in trace.of("thread.") if event.to >= 8 and event.thread}
    assert [ends[thread] for thread in (1, 2, 3)] == ["thread.ended", "thread.crashed", "thread.ended"]
    assert trace.close
    assert (trace.close.outcome, trace.close.error) == ("exception", "KeyError")
    assert "Exception ignored in thread started by <function broken" in trace.printed(2)
    assert "playground" not in trace.printed(2)


def test_subclasses_of_the_visitor_are_seen() -> None:
    trace = record_program(PAIR + """
class Worker(threading.Thread):
    def run(self): self.box.put(1)
class Box(queue.Queue):
    def _put(self, item): super()._put(item)
class Permit(threading.Semaphore): pass
class Flag(threading.Event):
    def __init__(self): super().__init__()
class Room(threading.Condition): pass
class Key(threading._RLock): pass
import _thread
class Fast(_thread.RLock):
    def acquire(self, *a): return super().acquire(*a)
worker = Worker()
worker.box = Box()
permit, flag, room, key, fast = Permit(), Flag(), Room(), Key(), Fast()
worker.start(); worker.join()
flag.set()
with permit, room, key: pass
fast.acquire(); fast.release()
""")
    assert trace.close
    assert trace.close.outcome == "ok", trace.printed(2)
    assert "Worker-1" in {thread.name for thread in trace.threads}
    assert {trace.name(event.obj) for event in trace.events if event.obj} >= {"worker.box", "permit", "flag", "room", "fast"}


def test_renamed_thread_says_so() -> None:
    trace = record_program(PAIR + """
def work(): threading.current_thread().name = "Ada"
run(work)
""")
    assert [(event.thread, event.note) for event in trace.of("thread.renamed")] == [(1, "Ada")]
