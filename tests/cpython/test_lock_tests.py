"""CPython's own tests of its locks, under control: every one, random schedules, both backends.

Their sleeps mean "long enough for everybody else", so the clock moves only when nobody is ready."""

from __future__ import annotations

import re

import pytest

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.search.random_walk import PatientWalk

PROGRAM = """
import threading, _thread, unittest, sys
from test import lock_tests

class LockTests(lock_tests.LockTests):
    locktype = staticmethod(threading.Lock)
class PyRLockTests(lock_tests.RLockTests):
    locktype = staticmethod(threading._PyRLock)
class CRLockTests(lock_tests.RLockTests):
    locktype = staticmethod(threading._CRLock)
class EventTests(lock_tests.EventTests):
    eventtype = staticmethod(threading.Event)
class ConditionAsRLockTests(lock_tests.RLockTests):
    locktype = staticmethod(threading.Condition)
    def test_recursion_count(self):
        self.skipTest("Condition does not expose _recursion_count()")
class ConditionTests(lock_tests.ConditionTests):
    condtype = staticmethod(threading.Condition)
class SemaphoreTests(lock_tests.SemaphoreTests):
    semtype = staticmethod(threading.Semaphore)
class BoundedSemaphoreTests(lock_tests.BoundedSemaphoreTests):
    semtype = staticmethod(threading.BoundedSemaphore)
class BarrierTests(lock_tests.BarrierTests):
    barriertype = staticmethod(threading.Barrier)

suite = unittest.TestSuite()
for each in (LockTests, PyRLockTests, CRLockTests, EventTests, ConditionAsRLockTests, ConditionTests, SemaphoreTests, BoundedSemaphoreTests,
             BarrierTests):
    suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(each))
result = unittest.TestResult()
suite.run(result)
for what, cases in (("error", result.errors), ("failure", result.failures), ("skipped", result.skipped)):
    for case, text in cases:
        print(what, case.id(), text.strip().splitlines()[-1])
print("ran", result.testsRun, "bad", len(result.errors) + len(result.failures), "skipped", len(result.skipped))
"""


@pytest.mark.cpython
@pytest.mark.parametrize("backend", [Greenlets, OsThreads])
@pytest.mark.parametrize("seed", range(10))
def test_lock_tests_pass_under_random_schedules(backend: type[Backend], seed: int) -> None:
    execution = Execution(PROGRAM, "lock_tests_program.py", "sync", backend())
    strategy = PatientWalk(seed, 1)
    assert strategy.begin()
    try:
        outcome = execution.run(strategy)
    finally:
        execution.close()
    last = outcome.output.splitlines()[-1] if outcome.output else ""
    counts = re.fullmatch(r"ran (\d+) bad (\d+) skipped (\d+)", last)
    assert outcome.verdict == "clean", outcome
    assert counts, outcome.output
    ran, bad, skipped = map(int, counts.groups())
    assert bad == 0, outcome.output
    assert skipped == 1, outcome.output
    assert ran >= 123, outcome.output
