"""What reduction at `access` finds is all that blind walks at `bytecode` ever see: an oracle that shares no dependence relation with it."""

from __future__ import annotations

import pytest

from playground.search.dpor import Dpor
from playground.search.random_walk import RandomWalk
from tests.inside.sharing import outcomes, programs

PROGRAMS = programs("ordinary")


@pytest.mark.parametrize("name", PROGRAMS)
def test_reduction_sees_every_outcome_that_blind_walks_see(name: str) -> None:
    dpor = Dpor(3_000)
    reduced, unproven = outcomes(PROGRAMS[name], "access", dpor, 3_000)
    assert dpor.complete
    blind, _ = outcomes(PROGRAMS[name], "bytecode", RandomWalk(7, 400), 400)
    assert blind <= reduced or unproven, (blind - reduced)
