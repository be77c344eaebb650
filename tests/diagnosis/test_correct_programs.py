"""No false alarm: correct programs are accused of nothing, under no schedule and not in free mode either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.host import Host
from playground.model.record import End, Found
from playground.model.spec import RunSpec
from tests.diagnosis.controlled import findings

PROGRAMS = Path(__file__).parents[1] / "programs"
CORRECT = sorted([*(PROGRAMS / "correct").glob("*.py"), *PROGRAMS.glob("*_ok.py")])
SEEDS = 3


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


def test_there_are_enough_of_them() -> None:
    assert len(CORRECT) >= 40


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_a_correct_program_is_accused_of_nothing_under_any_schedule(path: Path) -> None:
    for outcome, found in findings(path.read_text(), SEEDS):
        assert outcome.verdict == "clean", outcome
        assert not found, found


@pytest.mark.parametrize("granularity", ["line", "bytecode"])
@pytest.mark.parametrize("name", ["locked_counter", "bounded_buffer", "double_check", "pool_results", "readers_writer"])
def test_nor_where_it_is_stopped_more_or_less_often(name: str, granularity: str) -> None:
    for _, found in findings((PROGRAMS / "correct" / f"{name}.py").read_text(), 2, granularity):
        assert not found, found


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_nor_in_free_mode(path: Path, host: Host) -> None:
    *records, end = host.open(RunSpec(source=path.read_text(), name=path.name))
    assert isinstance(end, End)
    assert end.outcome == "ok", end
    assert not [record for record in records if isinstance(record, Found)]
