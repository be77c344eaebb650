"""Runs one of CPython's suites under control, seed by seed, in a process of its own; prints one JSON line for each test's outcome.

`python -m tests.cpython.controlled SUITE BACKEND GRANULARITY SEEDS PATTERN [heavy]`. The test file is the program. All tests of a suite run in one
execution, so their threads meet one schedule; where an execution ends early (a deadlock, a fork) the test that was running gets that verdict
and the rest go on in the next execution. The clock moves only when nobody is ready: these tests' sleeps mean "long enough for everybody else".
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.model.outcome import Outcome
from playground.search.random_walk import PatientWalk
from tests.cpython.deviations import HEAVY, NOT_RUN, SUITES, matches

BACKENDS: dict[str, type[Backend]] = {"greenlets": Greenlets, "os_threads": OsThreads}
TEST_S = 500.0
"""So long may one test take before its stack is printed and the process ends; the longest needs eight seconds of an idle core."""
MAX_STEPS = 5_000_000
PRELOADED = ("unittest.mock", "multiprocessing.util", "multiprocessing.queues", "concurrent.futures.process", "doctest", "subprocess")
"""Loaded before any execution on the real threading: they stand on threads and would be loaded again for each."""

BEFORE = """__name__ = {name!r}; __package__ = {package!r}; import sys; sys.modules[__name__] = sys.modules["__main__"]; """
"""Stands on the test file's first line, so that lines keep their numbers."""
AFTER = """
import sys, unittest
suite = sys.modules["suite_of_cpython"]

class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        suite.started(test.id())
    def say(self, test, word, text):
        if not suite.ended(test.id(), word, text):
            self.stop()
    def addSuccess(self, test):
        self.say(test, "ok", "")
    def addError(self, test, err):
        self.say(test, "error", self._exc_info_to_string(err, test))
    def addFailure(self, test, err):
        self.say(test, "failure", self._exc_info_to_string(err, test))
    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.say(test, "failure", self._exc_info_to_string(err, test))
    def addSkip(self, test, reason):
        self.say(test, "skipped", reason)

def cases(tests):
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        elif suite.chosen(test.id()):
            yield test

result = Result()
unittest.TestSuite(cases(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))).run(result)
suite.complete = not result.shouldStop
"""


class Suite:
    """What the program asks which tests to run, and tells what became of them."""

    def __init__(self, name: str, backend: str, granularity: str, only: str, heavy: bool) -> None:
        module, self._classes = SUITES[name]
        self._only, self._heavy = only, heavy
        self.running = ""
        self.outcomes: dict[str, tuple[str, str]] = {}
        spec = importlib.util.find_spec(module)
        assert spec is not None
        path = Path(str(spec.origin))
        source = BEFORE.format(name=module, package=module.rpartition(".")[0]) + path.read_text() + AFTER
        self.execution = Execution(source, f"{path}", granularity, BACKENDS[backend](), max_threads=2_000, max_steps=MAX_STEPS)

    def chosen(self, test: str) -> bool:
        """Tests of the suite that have not run under this seed: either the heavy ones or the others."""
        if test in self.outcomes or not matches([self._only], test) or matches(NOT_RUN, test):
            return False
        if self._classes and test.split(".")[-2] not in self._classes:
            return False
        return matches(HEAVY, test) == self._heavy

    def started(self, test: str) -> None:
        """The test runs now."""
        self.running = test
        faulthandler.dump_traceback_later(TEST_S, exit=True, file=2)

    def ended(self, test: str, word: str, text: str) -> bool:
        """What the test came to, unless its execution was over before: then it was unwound, and False asks for no more tests.

        The first word about a test counts; of two tests with one name, the worse one."""
        if self.execution.baton.over:
            return False
        self.running = ""
        if self.outcomes.get(test, ("ok",))[0] == "ok":
            self.outcomes[test] = (word, text)
        return True


def _forget_test_package() -> None:
    for name in [name for name in sys.modules if name == "test" or name.startswith("test.")]:
        del sys.modules[name]


def run(name: str, backend: str, granularity: str, seeds: int, only: str, heavy: bool) -> None:
    """Every seed in turn; prints as it goes."""
    for each in PRELOADED:
        importlib.import_module(each)
    suite = Suite(name, backend, granularity, only, heavy)
    module: Any = ModuleType("suite_of_cpython")
    vars(module).update(started=suite.started, ended=suite.ended, chosen=suite.chosen)
    sys.modules["suite_of_cpython"] = module
    for seed in range(seeds):
        suite.outcomes = {}
        module.complete = False
        while not module.complete:
            before = len(suite.outcomes)
            outcome = _one_execution(suite, seed)
            if not module.complete and len(suite.outcomes) == before:
                raise AssertionError(f"no test ran: {outcome.verdict} {outcome.error} {outcome.message} {outcome.output[-2000:]}")
        for test, (word, text) in suite.outcomes.items():
            print(json.dumps({"seed": seed, "test": test, "word": word, "text": text[-1500:]}), flush=True)
    suite.execution.close()


def _one_execution(suite: Suite, seed: int) -> Outcome:
    faulthandler.dump_traceback_later(TEST_S, exit=True, file=2)
    _forget_test_package()
    walk = PatientWalk(seed, 1)
    walk.begin()
    outcome = suite.execution.run(walk)
    if outcome.verdict not in ("clean", "exception"):
        suite.outcomes[suite.running] = (outcome.verdict, f"{outcome.message} {outcome.waits or ''}".strip())
    faulthandler.cancel_dump_traceback_later()
    return outcome


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5], sys.argv[6:] == ["heavy"])
    print(json.dumps({"over": True}), flush=True)
