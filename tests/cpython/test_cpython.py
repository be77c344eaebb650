"""CPython's own tests have the same outcome under the recorder as without it, test by test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cpython.runner import SUITES, TESTS, results

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(600), pytest.mark.skipif(not TESTS.exists(), reason="this CPython came without its tests")]


@pytest.mark.parametrize("suite", SUITES)
def test_suite_has_the_same_outcomes_recorded(suite: str, tmp_path: Path) -> None:
    plain, _ = results(suite, tmp_path / "plain.json", record=False)
    recorded, events = results(suite, tmp_path / "recorded.json", record=True)
    assert plain
    assert events > 100, "the recorder saw nothing: the comparison would mean nothing"
    assert {test: word for test, (word, _) in recorded.items()} == {test: word for test, (word, _) in plain.items()}, [
        (test, text[-500:]) for test, (word, text) in recorded.items() if word != plain.get(test, ("",))[0]]
