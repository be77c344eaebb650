"""Runs CPython's own tests, plain or under the recorder with the test files as the visitor's code, and reads the results by test id."""

from __future__ import annotations

import json
import os
import sysconfig
from pathlib import Path

from tests.inside.running import record_program

TESTS = Path(sysconfig.get_path("stdlib")) / "test"
SUITES = (
    "test.test_threading", "test.test_thread", "test.test_queue", "test.test_threading_local", "test.test_sched",
    "test.test_concurrent_futures.test_thread_pool", "test.test_concurrent_futures.test_future",
)

PROGRAM = """
import io, json, sys, unittest
sys.stdout.flush()
results = {}


class Result(unittest.TextTestResult):
    def note(self, test, word, text=""):
        results[test.id()] = (word, text)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "ok")

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "error", self._exc_info_to_string(err, test))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failure", self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)


suite = unittest.defaultTestLoader.loadTestsFromName(SUITE)
unittest.TextTestRunner(stream=io.StringIO(), resultclass=Result, verbosity=0).run(suite)
with open(OUTPUT, "w") as file:
    json.dump(results, file)
"""


def results(suite: str, output: Path, *, record: bool, timeout_s: float = 300.0) -> tuple[dict[str, tuple[str, str]], int]:
    """Outcome of each test by id, and how many events were recorded meanwhile."""
    source = f"SUITE = {suite!r}\nOUTPUT = {os.fspath(output)!r}\n{PROGRAM}"
    trace = record_program(source, name="suite.py", record=record, timeout_s=timeout_s, watch=[f"{TESTS}/"])
    if not output.exists():
        raise AssertionError(f"{suite} died: {trace.status} {trace.stderr[-2000:]} {trace.printed(2)[-2000:]}")
    found = {test: (word, text) for test, (word, text) in json.loads(output.read_text()).items()}
    return found, len(trace.events)
