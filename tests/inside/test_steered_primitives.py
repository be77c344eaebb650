"""Under control every primitive tells the same facts as in free mode, through the same lenses, in an order that the schedule alone decides."""

from __future__ import annotations

from itertools import pairwise

import pytest

from playground.model.event import ThreadState
from tests.inside.steering import Steered, steer

IMPORTS = "import threading, queue, time, _thread\n"


def family(trace: Steered, name: str, thread: str = "") -> list[str]:
    number = trace.thread(thread) if thread else None
    return [event.kind for event in trace.of(f"{name}.", number)]


def told(trace: Steered, name: str) -> list[tuple[str, int, int, str]]:
    return [(event.kind, event.thread, event.value, event.note) for event in trace.of(f"{name}.")]


def test_a_taken_lock_blocks_and_its_release_lets_go_on() -> None:
    trace = steer(IMPORTS + """
gate = threading.Lock()
gate.acquire()
t = threading.Thread(target=lambda: gate.acquire() and gate.release(), name="second")
t.start()
time.sleep(1)
gate.release()
t.join()
""")
    assert family(trace, "lock", "second") == ["lock.blocked", "lock.acquired", "lock.released"]
    assert [(event.kind, event.thread) for event in trace.of("lock.")] == [
        ("lock.acquired", 0), ("lock.blocked", 1), ("lock.released", 0), ("lock.acquired", 1), ("lock.released", 1)]
    assert {trace.name(event.obj) for event in trace.of("lock.")} == {"gate"}


def test_refused_timed_and_nested_acquires_say_so() -> None:
    trace = steer(IMPORTS + """
gate, deep = threading.Lock(), threading.RLock()
gate.acquire()
assert not gate.acquire(False)
assert not gate.acquire(timeout=0.02)
with deep:
    with deep:
        pass
""")
    assert [(event.kind, event.value) for event in trace.of("lock.")] == [
        ("lock.acquired", 1), ("lock.refused", 0), ("lock.blocked", 20_000), ("lock.refused", 0),
        ("lock.acquired", 1), ("lock.acquired", 2), ("lock.released", 1), ("lock.released", 0)]
    assert trace.object("deep").primitive == "RLock"


def test_a_wait_on_a_condition_begins_as_its_lock_is_let_go() -> None:
    trace = steer(IMPORTS + """
ready = threading.Condition()
done = []
def consumer():
    with ready:
        ready.wait_for(lambda: done)
t = threading.Thread(target=consumer)
t.start()
time.sleep(1)
with ready:
    done.append(1)
    ready.notify_all()
t.join()
with ready:
    assert not ready.wait(0.01)
""")
    mine = [event for event in trace.events if event.thread == 1 and event.obj and event.kind.partition(".")[0] in ("lock", "condition")]
    assert [event.kind for event in mine] == ["lock.acquired", "condition.waiting", "lock.released", "lock.acquired", "condition.woken",
                                              "lock.released"]
    waiting, released = mine[1:3]
    assert waiting.step == released.step
    assert [stand.kind for row in trace.choices if row.step <= waiting.step for stand in row.stands if stand.thread == 1][-1] == "condition.wait"
    assert {(found.primitive, found.name) for found in trace.objects} == {("Thread", "consumer-1"), ("Condition", "ready")}
    assert told(trace, "condition")[-2:] == [("condition.waiting", 0, 10_000, ""), ("condition.timed_out", 0, 0, "")]


def test_a_condition_over_a_lock_of_the_program_keeps_the_lock_apart() -> None:
    trace = steer(IMPORTS + """
inner = threading.Lock()
ready = threading.Condition(inner)
with ready:
    assert not ready.wait(0.01)
try:
    ready.notify()
except RuntimeError:
    print("un-acquired")
""")
    assert trace.printed() == "un-acquired\n"
    assert {trace.name(event.obj) for event in trace.of("lock.")} == {"inner"}
    assert family(trace, "condition") == ["condition.waiting", "condition.timed_out"]


def test_a_semaphore_counts_its_permits() -> None:
    trace = steer(IMPORTS + """
permits = threading.BoundedSemaphore(1)
def user():
    with permits:
        time.sleep(1)
ts = [threading.Thread(target=user) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
assert permits.acquire(blocking=False)
assert not permits.acquire(timeout=0)
permits.release()
try: permits.release()
except ValueError: pass
""")
    assert told(trace, "semaphore") == [
        ("semaphore.acquired", 1, 0, ""), ("semaphore.blocked", 2, 0, ""), ("semaphore.released", 1, 1, ""), ("semaphore.acquired", 2, 0, ""),
        ("semaphore.released", 2, 1, ""), ("semaphore.acquired", 0, 0, ""), ("semaphore.refused", 0, 0, ""), ("semaphore.released", 0, 1, "")]
    assert trace.object("permits").capacity == 1
    assert not trace.of("condition.")
    assert not trace.of("lock.")


def test_an_event_is_waited_for_set_and_cleared() -> None:
    trace = steer(IMPORTS + """
go = threading.Event()
t = threading.Thread(target=go.wait)
t.start()
time.sleep(1)
go.set()
t.join()
go.clear()
assert not go.wait(0.01)
""")
    assert family(trace, "event") == ["event.waiting", "event.set", "event.woken", "event.cleared", "event.waiting", "event.timed_out"]
    assert [found.primitive for found in trace.objects] == ["Thread", "Event"]


def test_a_barrier_trips_breaks_and_is_reset() -> None:
    trace = steer(IMPORTS + """
gate = threading.Barrier(2)
t = threading.Thread(target=gate.wait)
t.start()
gate.wait()
t.join()
try: gate.wait(0.01)
except threading.BrokenBarrierError: pass
gate.reset()
""")
    assert told(trace, "barrier") == [
        ("barrier.waiting", 0, 1, ""), ("barrier.tripped", 1, 2, ""), ("barrier.passed", 0, 0, ""), ("barrier.waiting", 0, 1, "timed"),
        ("barrier.broken", 0, 0, ""), ("barrier.reset", 0, 0, "")]
    assert trace.object("gate").capacity == 2


def test_a_timer_fires_or_is_cancelled() -> None:
    trace = steer(IMPORTS + """
first = threading.Timer(0.01, print, ["ding"])
second = threading.Timer(60, print, ["never"])
first.start(); second.start()
time.sleep(1)
second.cancel()
first.join(); second.join()
""")
    assert trace.printed() == "ding\n"
    assert [(event.kind, event.thread) for event in trace.of("timer.")] == [
        ("timer.waiting", 1), ("timer.waiting", 2), ("timer.fired", 1), ("timer.cancel", 0), ("timer.cancelled", 2)]
    assert [event.value for event in trace.of("timer.waiting")] == [10_000, 60_000_000]
    assert not trace.of("event.")
    assert {found.primitive for found in trace.objects} == {"Timer"}


def test_queues_report_sizes_items_and_refusals() -> None:
    trace = steer(IMPORTS + """
belt = queue.Queue(maxsize=1)
stack = queue.LifoQueue()
class Secret:
    def __repr__(self): raise SystemExit("never ask")
stack.put(Secret())
belt.put("box")
try: belt.put("no", timeout=0.01)
except queue.Full: pass
try: belt.put_nowait("no")
except queue.Full: pass
belt.get(); belt.task_done(); belt.join()
try: belt.get_nowait()
except queue.Empty: pass
""")
    kinds = [(event.kind, trace.name(event.obj), event.value if event.to != ThreadState.BLOCKED else 0, event.note) for event in trace.of("queue.")]
    assert kinds == [
        ("queue.put", "stack", 1, "<Secret>"), ("queue.put", "belt", 1, "'box'"), ("queue.put_blocked", "belt", 0, ""), ("queue.full", "belt", 1, ""),
        ("queue.full", "belt", 1, ""), ("queue.got", "belt", 0, "'box'"), ("queue.task_done", "belt", 0, ""), ("queue.empty", "belt", 0, "")]
    assert [(trace.object(name).primitive, trace.object(name).capacity) for name in ("stack", "belt")] == [("LifoQueue", 0), ("Queue", 1)]


def test_waits_for_a_queue_end_and_name_it() -> None:
    trace = steer(IMPORTS + """
work, box = queue.Queue(), queue.SimpleQueue()
def worker():
    work.get()
    time.sleep(1)
    work.task_done()
    box.get()
t = threading.Thread(target=worker)
t.start()
time.sleep(1)
work.put(7)
work.join()
box.put((1, "a"))
t.join()
""")
    assert family(trace, "queue", "worker-1") == ["queue.get_blocked", "queue.got", "queue.task_done", "queue.get_blocked", "queue.got"]
    assert told(trace, "queue")[-2:] == [("queue.put", 0, 1, "(1, 'a')"), ("queue.got", 1, 0, "(1, 'a')")]
    assert family(trace, "queue", "main") == ["queue.put", "queue.joining", "queue.joined", "queue.put"]


def test_a_pool_shows_none_of_its_own_queues_and_locks() -> None:
    trace = steer(IMPORTS + """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    assert sorted(pool.map(abs, (1, -2, 3))) == [1, 2, 3]
""")
    assert trace.outcome.verdict == "clean"
    assert {found.primitive for found in trace.objects} <= {"Thread", "ThreadPoolExecutor", "Future"}
    assert not [event.kind for event in trace.events if event.kind.partition(".")[0] in ("queue", "semaphore", "lock", "condition", "event")]
    assert [len(trace.of(kind)) for kind in ("pool.submitted", "pool.task_began", "pool.task_ended", "future.set")] == [3, 3, 3, 3]
    assert {trace.name(event.obj) for event in trace.of("pool.")} == {"pool"}


def test_sleep_is_sleeping_and_join_is_a_wait() -> None:
    trace = steer(IMPORTS + """
t = threading.Thread(target=time.sleep, args=(0.03,), name="sleeper")
t.start()
t.join(0.001)
t.join()
t.join()
""")
    mine = [event.kind for event in trace.events if event.thread == 0 and event.kind.startswith("thread.join")]
    assert mine == ["thread.joining", "thread.join_timed_out", "thread.joining", "thread.joined"]
    assert family(trace, "sleep", "sleeper") == ["sleep.began", "sleep.ended"]
    assert trace.of("sleep.began")[0].value == 30_000


def test_objects_are_called_as_in_free_mode() -> None:
    trace = steer(IMPORTS + """
class Account:
    def __init__(self): self.lock = threading.Lock()
def made(): return threading.Lock()
def use(*locks):
    for lock in locks:
        with lock: pass
a, b = Account(), Account()
forks = [threading.Lock() for _ in range(2)]
bare = made()
use(a.lock, b.lock, forks[1], bare, made())
""")
    assert [(found.name, found.detail) for found in trace.objects] == [("a.lock", "Account.lock"), ("b.lock", "Account.lock"), ("forks[1]", ""),
                                                                      ("bare", ""), ("lock", "")]
    assert [found.line for found in trace.objects] == [4, 4, 10, 5, 5]


def test_what_runs_while_threads_are_cleared_away_is_no_part_of_the_trace() -> None:
    trace = steer(IMPORTS + """
first, second = threading.Lock(), threading.Semaphore(0)
count = 0
def stuck():
    global count
    try:
        with first:
            second.acquire()
    finally:
        count = 99
        print("cleared away")
        second.release()
t = threading.Thread(target=stuck)
t.start()
t.join()
""", "access")
    assert trace.outcome.verdict == "deadlock"
    assert trace.printed() == ""
    assert trace.values("count") == ["0"]
    assert family(trace, "semaphore") == ["semaphore.blocked"]
    last = {stand.thread: stand.kind for row in trace.choices for stand in row.stands}
    assert last == {0: "thread.join", 1: "semaphore.acquire"}
    assert trace.last_state(1) == ThreadState.BLOCKED


@pytest.mark.parametrize("granularity", ["sync", "line", "access", "bytecode", "gil"])
def test_a_wait_is_told_once_however_often_the_lock_is_taken_meanwhile(granularity: str) -> None:
    trace = steer(IMPORTS + """
gate = threading.Lock()
def taker():
    for _ in range(3):
        with gate: pass
def patient():
    with gate: pass
ts = [threading.Thread(target=each) for each in (patient, taker)]
with gate:
    for t in ts: t.start()
    time.sleep(1)
for t in ts: t.join()
""", granularity)
    for thread in (1, 2):
        kinds = family(trace, "lock", trace.threads[thread].name)
        assert all(one != other for one, other in pairwise(kinds))
