"""Sharing by unusual ways: what blind walks see, reduction sees too, or it proves nothing.

The programs lie in odd/*.txt. Two threads each; the walks stop at every instruction and share no dependence relation with the reduction.
"""

from __future__ import annotations

import pytest

from playground.search.dpor import Dpor
from playground.search.random_walk import RandomWalk
from tests.inside.sharing import outcomes, programs

PROGRAMS = programs("odd")


@pytest.mark.parametrize("name", PROGRAMS)
def test_reduction_sees_what_blind_walks_see_or_proves_nothing(name: str) -> None:
    dpor = Dpor(80)
    reduced, unproven = outcomes(PROGRAMS[name], "access", dpor, 80)
    if unproven or not dpor.complete:
        return
    blind, _ = outcomes(PROGRAMS[name], "bytecode", RandomWalk(7, 50), 50)
    assert blind <= reduced, blind - reduced


def test_ordinary_programs_among_them_are_proved() -> None:
    for name in ("descriptor", "dataclass eq", "json", "sum of attributes", "with contextmanager", "async"):
        dpor = Dpor(2_000)
        _, unproven = outcomes(PROGRAMS[name], "access", dpor, 2_000)
        assert dpor.complete, name
        assert not unproven, name
