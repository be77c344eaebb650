"""DPOR against brute force: the same classes, each exactly once, and the same outcomes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.search.dfs import Dfs
from playground.search.dpor import Dpor
from tests.search.machine import Program, class_of, run

R, W = "read", "write"
A, L = "acquire", "release"


def _counter(threads: int) -> Program:
    return tuple(((R, 0), (W, 0)) for _ in range(threads))


def _philosophers(seats: int) -> Program:
    return tuple(((A, seat), (A, (seat + 1) % seats), (L, (seat + 1) % seats), (L, seat)) for seat in range(seats))


CASES: dict[str, tuple[Program, int]] = {
    "counter 2": (_counter(2), 4),
    "counter 3": (_counter(3), 36),
    "locked counter": (tuple(((A, 0), (R, 0), (W, 0), (L, 0)) for _ in range(2)), 2),
    "AB/BA": ((((A, 0), (A, 1), (L, 1), (L, 0)), ((A, 1), (A, 0), (L, 0), (L, 1))), 3),
    "philosophers 3": (_philosophers(3), 7),
    "philosophers 4": (_philosophers(4), 15),
    "bank, opposite ways": ((((R, 0), (W, 0), (R, 1), (W, 1)), ((R, 1), (W, 1), (R, 0), (W, 0))), 0),
    "bank, same way": ((((R, 0), (W, 0), (R, 1), (W, 1)), ((R, 0), (W, 0), (R, 1), (W, 1))), 0),
    "singleton": ((((R, 0), (W, 0)), ((R, 0), (W, 0))), 4),
    "a lock asked by its holder": (tuple(((R, seat), (A, 2), (W, 3), ("try", 2), (L, 2)) for seat in range(2)), 2),
    "permits given on": (((("up", 0), ("down", 0), (R, 1), ("up", 0)), (("down", 0), (W, 1), ("up", 0))), 0),
    "three writers, one lock": (tuple(((A, 0), (W, 0), (L, 0), (R, 1)) for _ in range(3)), 6),
}


def _started(program: Program) -> Program:
    """The same threads, each started and joined by one more, which comes first."""
    workers = range(1, len(program) + 1)
    first = (*(("start", worker) for worker in workers), *(("join", worker) for worker in workers))
    return (first, *((("begin", worker), *body, ("end", worker)) for worker, body in zip(workers, program, strict=True)))


def _brute(program: Program, most: int = 8_000) -> tuple[set[object], set[object]] | None:
    """Every class and every outcome, by trying every single interleaving; None if there are more than `most`."""
    strategy = Dfs(1 << 30, most)
    classes: set[object] = set()
    outcomes: set[object] = set()
    while strategy.begin():
        result = run(program, strategy)
        classes.add(class_of(result.trace))
        outcomes.add(result.outcome)
    return (classes, outcomes) if strategy.complete else None


def _reduced(program: Program) -> tuple[list[object], set[object]]:
    strategy = Dpor(100_000)
    classes: list[object] = []
    outcomes: set[object] = set()
    while strategy.begin():
        result = run(program, strategy)
        if not result.pruned:
            classes.append(class_of(result.trace))
            outcomes.add(result.outcome)
    assert strategy.complete
    assert not strategy.diverged
    return classes, outcomes


@pytest.mark.parametrize("name", CASES)
def test_fixed_case_has_every_class_exactly_once(name: str) -> None:
    program, known = CASES[name]
    brute = _brute(program, 40_000) if name != "philosophers 4" else None
    classes, outcomes = _reduced(program)
    assert len(classes) == len(set(classes))
    if brute is not None:
        assert set(classes) == brute[0]
        assert outcomes == brute[1]
    if known:
        assert len(classes) == known


_MEMORY = st.sampled_from([(R, 0), (W, 0), (R, 1), (W, 1), ("scan", -1), ("scan", 0), ("spill", 1), ("nothing", 0)])
_SYNC = st.sampled_from([("up", 0), ("down", 0), ("put", 0), ("get", 0), ("wait", 0), ("notify", 0), ("try", 0), ("try", 1), ("timed", 0),
                         ("timed", 0), ("sleep", 0),
                         ("sleep", 2)])


@st.composite
def _block(draw: st.DrawFn) -> tuple[tuple[str, int], ...]:
    kind = draw(st.integers(0, 3))
    if kind == 0:
        lock = draw(st.integers(0, 1))
        return ((A, lock), *draw(st.lists(st.one_of(_MEMORY, st.sampled_from([("try", lock), ("up", 0), ("notify", 0)])), max_size=2)), (L, lock))
    if kind == 1:
        return (draw(_SYNC),)
    return (draw(_MEMORY),)


@st.composite
def _programs(draw: st.DrawFn) -> Program:
    threads = draw(st.integers(2, 3))
    most = 3 if threads == 3 else 5
    program = []
    for _ in range(threads):
        operations: list[tuple[str, int]] = []
        for block in draw(st.lists(_block(), min_size=1, max_size=3)):
            operations += block
        program.append(tuple(operations[:most]))
    return tuple(program)


@pytest.mark.parametrize("name", CASES)
def test_what_threads_do_has_as_many_classes_if_another_starts_and_joins_them(name: str) -> None:
    program, _ = CASES[name]
    classes, _ = _reduced(_started(program))
    assert len(classes) == len(set(classes)) == len(_reduced(program)[0])


def _hold_against_brute_force(program: Program, most: int) -> None:
    """Every class exactly once, and every outcome; nothing is held against a program of more interleavings than `most`."""
    brute = _brute(program, most)
    if brute is None:
        return
    classes, outcomes = _reduced(program)
    assert set(classes) == brute[0]
    assert len(classes) == len(set(classes))
    assert outcomes == brute[1]


@st.composite
def _families(draw: st.DrawFn) -> Program:
    """Threads that start, ask after and join others."""
    workers = draw(st.integers(2, 3))
    most = 1 if workers == 3 else 2
    bodies = [draw(st.lists(st.one_of(_MEMORY, _SYNC), min_size=1, max_size=most)) for _ in range(workers)]
    parents = [draw(st.integers(0, worker)) for worker in range(workers)]
    after = st.sampled_from(["join", "linger", "alive"])
    main: list[tuple[str, int]] = []
    for worker, parent in enumerate(parents, 1):
        (bodies[parent - 1] if parent else main).append(("start", worker))
    for worker in draw(st.lists(st.integers(1, workers), max_size=2)):
        asker = draw(st.integers(0, workers))
        (main if not asker else bodies[asker - 1]).append((draw(after), worker))
    main += draw(st.lists(_MEMORY, max_size=1))
    return (tuple(main), *(((("begin", worker), *body, ("end", worker))) for worker, body in enumerate(bodies, 1)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], derandomize=True, database=None)
@given(_families())
def test_threads_that_start_others_have_every_class_exactly_once(program: Program) -> None:
    _hold_against_brute_force(program, 600)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], derandomize=True, database=None)
@given(_programs())
def test_generated_program_has_every_class_exactly_once(program: Program) -> None:
    _hold_against_brute_force(program, 5_000)
