"""CPython's own tests pass under control, on random schedules; whatever does not is in the table of deviations, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.cpython.deviations import DEVIATIONS, HEAVY, LOCKS, NOT_RUN, SUITES, Deviation, matches
from tests.cpython.runner import TESTS

type Outcomes = dict[str, dict[int, tuple[str, str]]]
ROOT = Path(__file__).parents[2]
DEADLINE_S = 550.0
LEAST = {"test_threading": 160, "test_thread": 30, "test_queue": 140, "test_sched": 11, "test_threading_local": 20, "test_thread_pool": 15}
"""So many tests of each suite run at least; fewer would mean that something was not loaded."""
LOCK_TESTS = {"test_threading": 123, "test_thread": 17}
"""So many of them are lock_tests.py's: 140 and the one that CPython added to C's RLock."""
MORE_SEEDS = 60
"""Tried for a deviation that only some schedules show, before it counts as gone."""

pytestmark = [
    pytest.mark.cpython, pytest.mark.timeout(600),
    pytest.mark.skipif(not (TESTS / "test_queue.py").exists(), reason="this CPython came without its tests"),
    pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="the table of deviations is about the tests of CPython 3.13"),
]


def outcomes(suite: str, backend: str, granularity: str, seeds: int, *, only: str = "*", heavy: bool = False) -> Outcomes:
    """What each test came to, by seed: a word and the reason's text."""
    command = [sys.executable, "-m", "tests.cpython.controlled", suite, backend, granularity, str(seeds), only, *(["heavy"] if heavy else [])]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    rows = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    assert process.returncode == 0, f"{suite} died (its last lines say where it stood):\n{process.stderr[-3000:]}"
    assert rows[-1] == {"over": True}
    found: Outcomes = defaultdict(dict)
    for row in rows[:-1]:
        found[row["test"]][row["seed"]] = row["word"], row["text"]
    return found


def skipped_outside(tests: list[str]) -> set[str]:
    """Those of the tests that this CPython skips without control as well."""
    if not tests:
        return set()
    program = ("import json, sys, unittest\nresult = unittest.TestResult()\nunittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:]).run(result)\n"
               "print(json.dumps([test.id() for test, _ in result.skipped]))")
    process = subprocess.run([sys.executable, "-c", program, *tests], capture_output=True, text=True, timeout=120, check=True)
    return set(json.loads(process.stdout.splitlines()[-1]))


def expected(suite: str, granularity: str) -> dict[str, Deviation]:
    """The rows of the table that speak of this suite at this granularity."""
    module = SUITES[suite][0]
    return {test: row for test, row in DEVIATIONS.items() if test.startswith(f"{module}.") and granularity in row.granularities}


def hold_against_the_table(suite: str, backend: str, granularity: str, seeds: int) -> Outcomes:
    """Fails on a deviation that is not in the table and on a row of the table that no longer holds."""
    found = outcomes(suite, backend, granularity, seeds)
    table = expected(suite, granularity)
    assert len(found) >= LEAST[suite]
    for test, by_seed in found.items():
        assert set(by_seed) == set(range(seeds)), f"{test} did not run under every seed"
    words = {test: {word for word, _ in by_seed.values()} for test, by_seed in found.items()}
    skipped = skipped_outside([test for test in words if words[test] == {"skipped"} and test not in table])
    unlisted = {test: found[test] for test in words if words[test] != {"ok"} and test not in table and test not in skipped}
    assert not unlisted
    for test, row in table.items():
        assert test in words, f"{test} is listed and does not exist"
        if row.always:
            assert words[test] == {row.word}, f"{test}: {row.reason}"
        else:
            assert words[test] <= {"ok", row.word}, f"{test}: {row.reason}"
            more = words[test] if row.word in words[test] else {
                word for word, _ in outcomes(suite, backend, granularity, MORE_SEEDS, only=test)[test].values()}
            assert row.word in more, f"{test} is listed and does not deviate in {MORE_SEEDS} schedules: {row.reason}"
    return found


@pytest.mark.parametrize("backend", ["greenlets", "os_threads"])
@pytest.mark.parametrize("suite", SUITES)
def test_suite_passes_on_ten_random_schedules_but_for_the_listed_tests(suite: str, backend: str) -> None:
    found = hold_against_the_table(suite, backend, "sync", 10)
    if suite in LOCK_TESTS:
        locks = {test: words for test, words in found.items() if test.split(".")[-2] in LOCKS}
        assert len(locks) >= LOCK_TESTS[suite]
        assert [test for test, by_seed in locks.items() if {word for word, _ in by_seed.values()} != {"ok"}] == [
            test for test in expected(suite, "sync") if test.split(".")[-2] in LOCKS]


@pytest.mark.parametrize("granularity", ["line", "bytecode"])
@pytest.mark.parametrize("suite", SUITES)
def test_suite_passes_where_its_own_code_may_be_stopped_too(suite: str, granularity: str) -> None:
    hold_against_the_table(suite, "greenlets", granularity, 1)


@pytest.mark.parametrize("pattern", HEAVY)
def test_heavy_tests_pass_on_one_random_schedule(pattern: str) -> None:
    found = outcomes("test_queue", "greenlets", "sync", 1, only=pattern, heavy=True)
    assert found
    assert {test: by_seed[0] for test, by_seed in found.items() if by_seed[0][0] != "ok"} == {}


def test_no_row_of_the_list_of_tests_that_are_not_run_is_stale() -> None:
    tests = _every_test()
    assert [pattern for pattern in (*NOT_RUN, *HEAVY, *DEVIATIONS) if not any(matches([pattern], test) for test in tests)] == []


def _every_test() -> list[str]:
    program = """
import json, sys, unittest
def ids(tests):
    for test in tests:
        yield from ids(test) if isinstance(test, unittest.TestSuite) else [test.id()]
print(json.dumps(list(ids(unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])))))
"""
    command = [sys.executable, "-c", program, *(module for module, _ in SUITES.values())]
    process = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    tests: list[str] = json.loads(process.stdout.splitlines()[-1])
    return tests
