"""Programs that can fail in ways that the dependence relation does not see at once: the failure is found, or nothing is proved.

Most were once called proved. They lie in failing/programs.txt.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.inside.explore import Explorer

_PARTS = (Path(__file__).parent / "failing" / "programs.txt").read_text().split("=== ")[1:]
PROGRAMS = {name: text for name, _, text in (part.partition("\n") for part in _PARTS)}
ONE_STEP = {"sum add", "deepcopy", "statistics mean", "asdict", "json indent"}
"""Code of the library is one step, so no schedule shows what can happen in its middle: these are only not proved."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_can_fail_is_never_proved(name: str) -> None:
    report = Explorer(PROGRAMS[name]).run()
    assert not report.exhausted
    assert report.verdict in (("clean",) if name in ONE_STEP else ("exception", "deadlock")), report.reason


def test_what_only_the_second_look_finds_bears_the_schedule_of_its_granularity() -> None:
    report = Explorer(PROGRAMS["name after start"]).run()
    assert report.failure is not None
    assert report.granularity == "bytecode"
    assert report.failure.schedule.startswith("tp1;bytecode;")
