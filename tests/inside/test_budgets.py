"""Hot programs are recorded within a budget, and what was left out is said."""

from __future__ import annotations

from tests.inside.running import Trace, record_program


def reasons(trace: Trace) -> str:
    return " ".join(gap.reason for gap in trace.gaps)


def test_hot_lines_are_paused_and_the_shown_line_stays_fresh() -> None:
    trace = record_program("""
import threading, time
stop = time.monotonic() + 0.6
def spin():
    while time.monotonic() < stop:
        x = 1
        y = 2
t = threading.Thread(target=spin)
t.start(); t.join()
""")
    lines = trace.of("line", 1)
    assert 10 < len(lines) < 20_000
    assert "hot lines were paused" in reasons(trace)
    assert all(gap.counts == {"line": 0} for gap in trace.gaps), "how many lines a paused place ran through is not known, so no number is given"
    windows = {event.at_ns // 200_000_000 for event in [*lines, *trace.of("line.seen", 1)]}
    assert len(windows) >= 3, "while lines were paused nothing told where the thread was"


def test_hot_lock_is_thinned_by_name_and_never_left_with_a_wrong_owner() -> None:
    trace = record_program("""
import threading
guard = threading.Lock()
count = 0
def work():
    global count
    for _ in range(150_000):
        with guard:
            count += 1
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
assert count == 300_000
""")
    guard = trace.object("guard").obj
    assert any(guard in gap.objects for gap in trace.gaps)
    assert len(trace.of("lock.")) < 100_000
    owner = -1
    for event in trace.of("lock."):
        if event.kind == "lock.acquired":
            assert owner == -1, "a lock cannot be taken twice: an owner was left standing"
            owner = event.thread
        elif event.kind == "lock.released":
            owner = -1


def test_hot_queue_is_counted_or_named() -> None:
    trace = record_program("""
import queue
belt = queue.Queue()
for n in range(50_000):
    belt.put(n)
    belt.get()
""")
    belt = trace.object("belt").obj
    assert any(belt in gap.objects for gap in trace.gaps)
    assert len(trace.of("queue.")) < 50_000
    assert sum(gap.counts.get("queue", 0) for gap in trace.gaps) > 0


def test_quiet_program_has_no_gap() -> None:
    trace = record_program("import threading\nlock = threading.Lock()\nfor _ in range(3):\n    with lock:\n        pass\n")
    assert trace.gaps == []
    assert len(trace.of("lock.acquired")) == 3


def test_a_short_run_that_ends_while_lines_are_paused_says_so() -> None:
    trace = record_program("x = 0\nfor i in range(50):\n    x += 1\n    x -= 1\n")
    assert len(trace.of("line")) < 100
    assert "hot lines were paused at" in reasons(trace)
    assert not record_program("x = 1\ny = 2\n").gaps


def test_more_locks_than_can_be_recorded_work_and_are_told_as_one() -> None:
    trace = record_program("""
import threading
locks = [threading.Lock() for _ in range(3_000)] + [threading.RLock() for _ in range(3_000)]
for lock in locks:
    with lock: assert not hasattr(lock, "locked") or lock.locked()
news, told = threading.Condition(locks[-1]), []
def wait():
    with news, news:
        while not told: news.wait()
waiter = threading.Thread(target=wait)
waiter.start()
while not told:
    with news:
        told.append(1)
        news.notify()
waiter.join()
assert locks[2_999].acquire(False) and not locks[2_999].acquire(timeout=0.001)
""")
    assert trace.close
    assert (trace.close.outcome, trace.close.error) == ("ok", "")
    more = trace.object("more locks").obj
    assert any(more in gap.objects or not gap.objects for gap in trace.gaps if "too many locks" in gap.reason)
    assert not [event for event in trace.of("lock.") if event.obj == more]
    assert len({event.obj for event in trace.of("lock.acquired")}) < 3_000
