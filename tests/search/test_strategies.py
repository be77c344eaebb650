"""Every strategy: the same seed gives the same choices, and what it finds a replay gives again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from playground.search._shrink import Follow, InTurn, Tried, shrink
from playground.search.dfs import Dfs
from playground.search.dpor import Dpor
from playground.search.pct import Pct
from playground.search.random_walk import PatientWalk, RandomWalk
from playground.search.replay import Replay
from playground.search.round_robin import RoundRobin
from playground.search.strategy import Strategy
from tests.search.machine import Program, run

ABBA: Program = ((("acquire", 0), ("acquire", 1), ("release", 1), ("release", 0)), (("acquire", 1), ("acquire", 0), ("release", 0), ("release", 1)))
STUCK = (1, 1)
MAKERS: dict[str, Callable[[], Strategy]] = {
    "round robin": lambda: RoundRobin(20), "random": lambda: RandomWalk(3, 200), "patient": lambda: PatientWalk(3, 200), "pct": lambda: Pct(3, 200),
    "dfs": lambda: Dfs(1), "dpor": Dpor,
}


def _all(strategy: Strategy) -> list[tuple[tuple[int, ...], object]]:
    found = []
    while strategy.begin():
        result = run(ABBA, strategy)
        found.append((tuple(thread for thread, _ in result.trace), result.outcome[2]))
    return found


@pytest.mark.parametrize("name", MAKERS)
def test_strategy_repeats_itself_finds_the_deadlock_and_replay_gives_it_again(name: str) -> None:
    found = _all(MAKERS[name]())
    assert found == _all(MAKERS[name]())
    choices = next(choices for choices, ends in found if ends == STUCK)
    replay = Replay(choices)
    assert replay.begin()
    again = run(ABBA, replay)
    assert (tuple(thread for thread, _ in again.trace), again.outcome[2], replay.left_off) == (choices, STUCK, None)
    assert not replay.begin()


def test_replay_says_where_it_left_off() -> None:
    replay = Replay((0, 0, 5, 1))
    replay.begin()
    run(ABBA, replay)
    assert replay.left_off == 2


def test_bound_zero_is_complete_and_finds_nothing() -> None:
    strategy = Dfs(0)
    assert STUCK not in [ends for _, ends in _all(strategy)]
    assert strategy.complete


def test_shrinking_leaves_one_preemption() -> None:
    seats: Program = tuple((("nothing", 0), ("acquire", seat), ("nothing", 0), ("acquire", (seat + 1) % 4)) for seat in range(4))

    def fails(wish: object) -> Tried | None:
        follow = Follow(wish)  # type: ignore[arg-type]
        result = run(seats, follow)
        stuck = result.outcome[2] == (3, 3, 3, 3)
        return Tried(tuple(thread for thread, _ in result.trace), tuple(follow.preempted)) if stuck else None

    best = shrink((0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3), fails)
    assert best is not None
    assert len(best.preempted) == 1


def test_an_order_in_which_nobody_is_preempted_is_found_where_moving_stretches_does_not_lead_to_it() -> None:
    program: Program = ((("write", 0), ("nothing", 0), ("read", 0)), (("write", 0), ("nothing", 0)), (("nothing", 0), ("write", 0)))
    tries = []

    def fails(wish: Sequence[int]) -> Tried | None:
        follow = Follow(wish)
        assert follow.begin()
        tries.append(wish)
        result = run(program, follow)
        chosen = tuple(thread for thread, _ in result.trace)
        late = chosen.index(2) < chosen.index(1)
        return Tried(chosen, tuple(follow.preempted)) if late else None

    best = shrink((0, 2, 1, 2, 1, 0, 0), fails)
    assert best is not None
    assert (best.preempted, best.choices) == ((), (0, 0, 0, 2, 2, 1, 1))
    assert len(tries) < 30


def test_the_orders_of_many_threads_stay_few() -> None:
    program: Program = tuple((("write", 0), ("read", 0)) for _ in range(30))
    tries = []

    def fails(wish: Sequence[int]) -> Tried | None:
        tries.append(wish)
        follow = Follow(wish)
        chosen = tuple(thread for thread, _ in run(program, follow).trace)
        return Tried(chosen, tuple(follow.preempted)) if chosen[1] == 1 else None

    best = shrink((0, 1), fails, most=400)
    assert best is not None
    assert 1 <= sum(isinstance(wish, InTurn) for wish in tries) <= 4
