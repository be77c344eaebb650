"""Threads that wait for each other while others go on: told as a deadlock only where nobody alive could end it; and what has no end says so."""

from __future__ import annotations

import pytest

from playground.inside.explore import Explorer
from playground.model.report import Report

CROSSED = """
import threading, time
a, b = threading.{lock}(), threading.{lock}()
def f():
    with a:
        with b: pass
def g():
    with b:
        with a: pass
ts = [threading.Thread(target=f, daemon={daemon}), threading.Thread(target=g, daemon={daemon})]
for t in ts: t.start()
{main}
"""
POLLS = "while any(t.is_alive() for t in ts): time.sleep(0.1)"
SPINS = "while ts[0].is_alive() or ts[1].is_alive(): pass"


def searched(lock: str, main: str, *, daemon: bool = False) -> Report:
    return Explorer(CROSSED.format(lock=lock, main=main, daemon=daemon), max_executions=150).run()


@pytest.mark.parametrize("main", [POLLS, SPINS])
@pytest.mark.parametrize("lock", ["RLock", "Lock"])
def test_a_circle_that_only_its_threads_could_open_is_a_deadlock_whoever_else_runs(lock: str, main: str) -> None:
    report = searched(lock, main)
    assert report.failure is not None, report
    assert (report.verdict, report.failure.threads, report.failure.objects[:2]) == ("deadlock", ("f-1", "g-1"), ("b", "a"))
    assert report.failure.preemptions == 1


@pytest.mark.parametrize("main", [POLLS, SPINS])
def test_a_circle_of_plain_locks_is_told_as_possible_where_the_text_could_release_them(main: str) -> None:
    report = searched("Lock", main + "\nif ts[0].is_alive(): a.release()")
    assert report.verdict == "inconclusive"
    for words in ("f-1", "g-1", "wait for each other", "possibly"):
        assert words in report.reason


def test_threads_that_join_each_other_are_a_deadlock_beside_a_main_that_polls() -> None:
    source = """
import threading, time
one = threading.Thread(target=lambda: other.join(), name="one")
other = threading.Thread(target=lambda: one.join(), name="other")
one.start(); other.start()
while one.is_alive(): time.sleep(1)
"""
    report = Explorer(source).run()
    assert report.failure is not None
    assert (report.verdict, report.failure.threads, report.failure.objects) == ("deadlock", ("one", "other"), ("other", "one"))


def test_a_circle_of_daemons_holds_nobody_up() -> None:
    assert searched("RLock", "time.sleep(1)", daemon=True).verdict == "clean"


def test_a_standstill_of_everybody_is_told_with_everybody() -> None:
    report = searched("RLock", "for t in ts: t.join()")
    assert report.failure is not None
    assert [wait.thread_name for wait in report.failure.waits] == ["main", "f-1", "g-1"]


@pytest.mark.parametrize("source", [
    "import threading\ndone = threading.Lock()\ndone.acquire()\ndef f():\n    for _ in range(1500): go.is_set()\n    done.release()\n"
    "go = threading.Event()\nthreading.Thread(target=f).start()\ndone.acquire()\n",
    "import threading\nc = threading.Condition()\nready = []\ndef f():\n    with c:\n        while not ready: c.wait()\n"
    "t = threading.Thread(target=f)\nt.start()\nfor _ in range(1500): t.is_alive()\nwith c:\n    ready.append(1); c.notify()\nt.join()\n",
    "import threading\na = threading.Lock(); b = threading.Lock()\na.acquire()\ndef f():\n    with b: a.acquire()\n"
    "t = threading.Thread(target=f)\nt.start()\nfor _ in range(1500): t.is_alive()\na.release()\nt.join()\n",
], ids=["a lock as a signal", "a condition", "a lock that somebody else releases"])
def test_a_long_wait_that_ends_is_no_circle(source: str) -> None:
    assert Explorer(source, max_executions=3).run().verdict == "clean"


@pytest.mark.parametrize("source", [
    "import time\nwhile True:\n    time.sleep(1)\n", "while True:\n    pass\n",
    "import threading, time\ndef f():\n    while True: time.sleep(1)\nt = threading.Thread(target=f)\nt.start()\nt.join()\n"])
def test_a_program_without_an_end_is_inconclusive_and_says_so(source: str) -> None:
    report = Explorer(source).run()
    assert (report.verdict, report.exhausted) == ("inconclusive", False)
    assert "was not over: it may be endless" in report.reason
