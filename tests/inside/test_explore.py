"""Every program of the syllabus gets its verdict, its culprits and its smallest schedule, and the schedule gives the failure again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.explore import Explorer, replay
from playground.inside.source import release
from playground.model.report import MOST_CLASSES
from playground.model.schedule import Schedule, hash_of, parse_choices

PROGRAMS = Path(__file__).parent.parent / "programs"
EXPECTED = tomllib.loads((PROGRAMS / "expected.toml").read_text())
NEEDED = {"dining3": ["chopstick[0]", "chopstick[1]", "chopstick[2]"], "dining5": [f"forks[{seat}]" for seat in range(5)],
          "barrier_then_race": ["score['points']"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_program_gets_its_verdict_and_the_schedule_gives_it_again(name: str) -> None:
    row = EXPECTED[name]
    source = (PROGRAMS / row["file"]).read_text()
    report = Explorer(source, row["file"]).run()
    assert report.verdict == row["verdict"], report
    if row["verdict"] == "clean":
        assert report.exhausted, report
        return
    failure = report.failure
    assert failure is not None
    assert failure.error == row.get("error", "")
    assert failure.preemptions == row["min_preemptions"]
    named = {*failure.threads, *failure.objects}
    assert named.issuperset(NEEDED.get(name, row["culprit"])), named
    assert failure.possible_on.free_threaded is True
    assert failure.possible_on.gil in ({"yes": True, "no": False}[row["stock_gil"]], None)
    schedule = Schedule.parse(failure.schedule)
    runs = [replay(source, row["file"], schedule, backend()) for backend in (OsThreads, Greenlets, OsThreads)]
    for outcome, recording, left_off in runs:
        assert left_off is None
        assert (outcome, recording.steps, recording.facts) == (runs[0][0], runs[0][1].steps, runs[0][1].facts)
        assert outcome.verdict == row["verdict"]


def test_every_crash_is_told_with_its_line_and_words() -> None:
    source = """
import threading
def first(): raise ValueError("one")
def second():
    raise KeyError(object())
team = [threading.Thread(target=each) for each in (first, second)]
for each in team: each.start()
for each in team: each.join()
"""
    _, told, _ = replay(source, "program.py", Schedule("access", release(), hash_of(source), ()), OsThreads())
    assert [(fact.thread, fact.line, fact.note) for fact in told.facts if fact.kind == "thread.crashed"] == [
        (1, 3, "ValueError: one"), (2, 5, "KeyError: <object>")]


WAITS_IN_A_LOOP = """
import threading
news = threading.Condition()
ok = False
def wait():
    with news:
        while not ok:
            news.wait(1)
def tell():
    global ok
    with news:
        ok = True
        news.notify()
team = [threading.Thread(target=each) for each in (wait, tell)]
for each in team: each.start()
for each in team: each.join()
"""
LETS_GO_IN_A_LOOP = """
import threading, time
lock = threading.Lock()
ready = False
def wait():
    lock.acquire()
    while not ready:
        lock.release()
        time.sleep(0)
        lock.acquire()
    lock.release()
def tell():
    global ready
    with lock:
        ready = True
team = [threading.Thread(target=each) for each in (wait, tell)]
for each in team: each.start()
for each in team: each.join()
"""


@pytest.mark.parametrize("strategy", ["dpor", "pct", "random", "dfs"])
@pytest.mark.parametrize("source", [WAITS_IN_A_LOOP, LETS_GO_IN_A_LOOP], ids=["waits", "lets go"])
def test_who_asks_again_and_again_leaves_the_others_their_turn(source: str, strategy: str) -> None:
    report = Explorer(source, strategy=strategy, max_executions=60).run()
    assert (report.verdict, report.exhausted) == ("clean", False)


@pytest.mark.parametrize("granularity", ["sync", "line", "gil"])
def test_a_coarse_search_that_ended_tells_no_failure_of_a_finer_one(granularity: str) -> None:
    source = """
import threading
x = 0
def add():
    global x
    x += 1
team = [threading.Thread(target=add) for _ in range(2)]
for each in team: each.start()
for each in team: each.join()
assert x == 2, x
"""
    report = Explorer(source, granularity=granularity, strategy="dfs").run()
    assert (report.verdict, report.exhausted, report.granularity) == ("clean", False, granularity)


@pytest.mark.parametrize("granularity", ["sync", "line"])
def test_coarse_search_never_claims_to_be_exhausted(granularity: str) -> None:
    source = (PROGRAMS / "lost_update.py").read_text()
    report = Explorer(source, granularity=granularity, max_executions=200).run()
    assert report.verdict == "clean"
    assert not report.exhausted


@pytest.mark.parametrize("strategy", ["dpor", "pct", "random", "dfs"])
def test_each_strategy_alone_finds_the_deadlock(strategy: str) -> None:
    source = (PROGRAMS / "abba_lock.py").read_text()
    report = Explorer(source, strategy=strategy).run()
    assert report.verdict == "deadlock"
    assert report.failure is not None
    assert report.failure.preemptions == 1


_COUNTER = ("import threading\nx = 0\ndef f():\n    global x\n    x = x + 1\n"
            "ts = [threading.Thread(target=f) for _ in range({threads})]\nfor t in ts: t.start()\nfor t in ts: t.join()\nassert x == {threads}\n")


@pytest.mark.parametrize(("source", "classes", "failing"), [
    ((PROGRAMS / "abba_lock.py").read_text(), 3, 1),
    (_COUNTER.format(threads=2), 4, 2),
    (_COUNTER.format(threads=3), 36, 30),
    ((PROGRAMS / "dining3.py").read_text(), 7, 1),
    ((PROGRAMS / "dining5.py").read_text(), 31, 1),
])
def test_all_classes_are_found_beyond_the_first_failure_and_each_leaf_replays(source: str, classes: int, failing: int) -> None:
    report = Explorer(source, every_class=True).run()
    assert report.failure is not None
    assert report.classes_complete
    assert len(report.classes) == classes
    assert sum(leaf.verdict != "clean" for leaf in report.classes) == failing
    for leaf in report.classes[:8]:
        schedule = Schedule("access", "3.13", hash_of(source), parse_choices(leaf.choices))
        outcome, _, left_off = replay(source, "program.py", schedule, Greenlets())
        assert (left_off, outcome.verdict, outcome.error, outcome.message) == (None, leaf.verdict, leaf.error, leaf.message)


def test_a_search_that_stops_at_a_failure_says_that_its_classes_are_not_all() -> None:
    report = Explorer((PROGRAMS / "abba_lock.py").read_text()).run()
    assert report.failure is not None
    assert not report.classes_complete


def test_a_clean_proof_comes_with_all_its_classes() -> None:
    source = _COUNTER.format(threads=2).replace("    x = x + 1", "    with lock: x = x + 1").replace("x = 0", "x, lock = 0, threading.Lock()")
    report = Explorer(source).run()
    assert (report.exhausted, report.classes_complete, len(report.classes)) == (True, True, 2)


def test_more_classes_than_are_kept_are_not_called_complete() -> None:
    source = _COUNTER.format(threads=4).replace("assert x == 4", "")
    report = Explorer(source, strategy="dpor", every_class=True, max_executions=250).run()
    assert len(report.classes) == MOST_CLASSES
    assert not report.classes_complete


def test_progress_is_told_after_each_execution_and_once_the_search_is_over() -> None:
    told: list[tuple[int, str]] = []
    report = Explorer((PROGRAMS / "bank_ordered_ok.py").read_text(), strategy="dpor", progress=lambda count, word: told.append((count, word))).run()
    assert told == [*((number, "dpor") for number in range(1, report.executions + 1)), (report.executions, "telling")]


TWO_THREADS = """
import threading
{setup}
def work(): {work}
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
{check}
"""
PROPERTY = """
class Purse:
    held = 0
    @property
    def coins(self): return self.held
    @coins.setter
    def coins(self, count): self.held = count
purse = Purse()
"""


def test_a_property_between_load_and_store_can_fail_with_the_gil() -> None:
    failure = Explorer(TWO_THREADS.format(setup=PROPERTY, work="purse.coins += 1", check="assert purse.coins == 2")).run().failure
    assert failure is not None
    assert failure.possible_on.gil is True


def test_between_a_test_and_the_c_call_after_it_the_gil_stays() -> None:
    """The check comes when the call has returned; 130,000 cold pops under a switch interval of a microsecond lost none."""
    source = TWO_THREADS.format(setup="jobs = [1]", work="jobs.pop() if jobs else None", check="")
    failure = Explorer(source).run().failure
    assert failure is not None
    assert failure.error == "IndexError"
    assert failure.possible_on.gil is not True


def test_orders_that_reduction_does_not_know_are_looked_for_by_chance() -> None:
    report = Explorer("import threading\nout = []\nthreads = [threading.Thread(target=out.append, args=(number,)) for number in (1, 2)]\n"
                      "for thread in threads: thread.start()\nfor thread in threads: thread.join()\nassert out == [1, 2]\n").run()
    assert report.verdict == "exception"


def test_an_address_in_a_message_does_not_make_a_program_inconclusive() -> None:
    report = Explorer("class Thing: pass\nassert not Thing(), Thing()\n").run()
    assert report.failure is not None
    assert report.failure.message == "<__main__.Thing object at 0x...>"


def test_an_exception_that_cpython_only_prints_fails_the_program() -> None:
    report = Explorer("class Thing:\n    def __del__(self): raise ValueError('gone')\nthing = Thing()\nthing = None\n").run()
    assert report.failure is not None
    assert (report.failure.error, report.failure.message) == ("ValueError", "gone")


@pytest.mark.parametrize(("setup", "work", "check"), [
    ("from fractions import Fraction\nn = Fraction(0)", "globals().__setitem__('n', n + Fraction(1)) if 0 else add()", ""),
    ("from enum import Flag\nclass P(Flag):\n    A = 1\n    B = 2", "P.A | P.B", ""),
])
def test_operators_in_python_of_the_library_settle_nothing_about_the_gil(setup: str, work: str, check: str) -> None:
    source = TWO_THREADS.format(setup=f"{setup}\nseen = 0\ndef add():\n    global n\n    n += Fraction(1)\n", check="assert seen == 2",
                                work=f"global seen; one = seen; {work}; seen = one + 1")
    failure = Explorer(source).run().failure
    assert failure is not None
    assert failure.possible_on.gil is not False


def test_on_returning_from_a_function_of_python_the_gil_stays() -> None:
    source = TWO_THREADS.format(setup="n = 0\ndef get(): return n", work="global n; n = get() + 1", check="assert n == 2")
    failure = Explorer(source).run().failure
    assert failure is not None
    assert failure.possible_on.gil is not True


STARTS = "threads = [threading.Thread(target=each) for each in (one, two)]\nfor each in threads: each.start()\nfor each in threads: each.join()\n"
COUNTS_PUTS = """
import queue, threading
class Counting(queue.Queue):
    n = 0
    def _put(self, item):
        self.n += 1
        super()._put(item)
q = Counting()
def one():
    q.put(1)
    assert q.n == 1
def two():
    q.put(2)
""" + STARTS
WAITS_A_SECOND = """
import threading, time
news, ready = threading.Condition(), False
def one():
    with news:
        if not ready:
            assert news.wait(timeout=1), "timed out"
def two():
    global ready
    time.sleep(1)
    with news:
        ready = True
        news.notify()
""" + STARTS
ASKS_WHO_LIVES = "import threading\nt = threading.Thread(target=int)\nt.start()\nassert t.is_alive()\n"
CALLS_BEFORE_DEF = "import threading\ndef work(): return later()\nt = threading.Thread(target=work)\nt.start()\ndef later(): return 1\nt.join()\n"
SEES_A_LOCK_HELD = """
import threading
lock = threading.Lock()
def work():
    with lock: pass
t = threading.Thread(target=work)
t.start()
assert not lock.locked()
t.join()
"""


@pytest.mark.parametrize(("source", "fewest"), [(COUNTS_PUTS, 0), (WAITS_A_SECOND, 0), (ASKS_WHO_LIVES, 0), (CALLS_BEFORE_DEF, 0),
                                                (SEES_A_LOCK_HELD, 1)],
                         ids=["another order", "after the clock", "after a start", "after a start, by instructions", "a start and one more"])
def test_only_who_was_stopped_though_it_could_go_on_counts_as_preempted(source: str, fewest: int) -> None:
    failure = Explorer(source).run().failure
    assert failure is not None
    assert (failure.preemptions, failure.possible_on.gil) == (fewest, True)
