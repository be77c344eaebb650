"""Sharing by unusual ways: what blind walks see, reduction sees too, or it proves nothing.

The programs lie in odd/*.txt. Two threads each; the walks stop at every instruction and share no dependence relation with the reduction.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.search.dpor import Dpor
from playground.search.random_walk import RandomWalk
from tests.inside.test_soundness import TWO, outcomes

FILES = sorted((Path(__file__).parent / "odd").glob("*.txt"))


def _programs() -> dict[str, str]:
    parts = [part for file in FILES for part in file.read_text().split("=== ")[1:]]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


PROGRAMS = _programs()


@pytest.mark.parametrize("name", PROGRAMS)
def test_reduction_sees_what_blind_walks_see_or_proves_nothing(name: str) -> None:
    source = TWO + PROGRAMS[name]
    dpor = Dpor(80)
    reduced, unproven = outcomes(source, "access", dpor, 80)
    if unproven or not dpor.complete:
        return
    blind, _ = outcomes(source, "bytecode", RandomWalk(7, 50), 50)
    assert blind <= reduced, blind - reduced


def test_ordinary_programs_among_them_are_proved() -> None:
    for name in ("descriptor", "dataclass eq", "json", "sum of attributes", "with contextmanager", "async"):
        dpor = Dpor(2_000)
        _, unproven = outcomes(TWO + PROGRAMS[name], "access", dpor, 2_000)
        assert dpor.complete, name
        assert not unproven, name
