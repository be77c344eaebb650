"""Fewer preemptions: the same failure with as few switches as a patient search can find.

A preemption takes a thread off that could have gone on. For each one, in order, two simpler stories are tried: the thread that was taken off
first finishes what it had begun, or the thread that came in comes in later. What still fails the same way and has fewer preemptions (or
as few, and fewer switches, or fewer steps) is kept, until nothing helps. Before that, some orders are tried in which nobody is preempted at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, permutations
from typing import NamedTuple

from playground.model.schedule import MOVE_CLOCK, TICK, ChoicePoint, Pending, preempts
from playground.search.strategy import keep_going

_MOST_ORDERS = 48
"""Orders of whole threads that are tried: all of four threads, of five those in which main comes first or second."""


class Tried(NamedTuple):
    """A failing execution: its choices, who was ready at each, and where the unforced switches are."""

    choices: tuple[int, ...]
    preempted: tuple[int, ...]
    """Steps at which a thread was taken off that could have gone on."""

    @property
    def cost(self) -> tuple[int, int, int]:
        switches = sum(1 for one, other in zip(self.choices, self.choices[1:], strict=False) if one != other)
        return (len(self.preempted), switches, len(self.choices))


class InTurn(tuple[int, ...]):
    """As a wish: no row of choices, but threads by rank. Wherever nobody has to be stopped for it the first one that is ready goes on."""

    __slots__ = ()


class Follow:
    """Goes along a row of choices as far as it can be followed: a choice that is not possible is left out, not an error."""

    def __init__(self, wish: Sequence[int]) -> None:
        self._wish = wish
        self._at = 0
        self._last: Pending | None = None
        self.preempted: list[int] = []

    def begin(self) -> bool:
        return self._at == 0

    def choose(self, point: ChoicePoint) -> int | None:
        chosen = self._by_rank(point) if isinstance(self._wish, InTurn) else self._next(point)
        if preempts(point, chosen, self._last):
            self.preempted.append(point.step)
        self._last = MOVE_CLOCK if chosen == TICK else point.pending[chosen]
        return chosen

    def _next(self, point: ChoicePoint) -> int:
        while self._at < len(self._wish):
            wanted = self._wish[self._at]
            self._at += 1
            if wanted in point.ready or (wanted < 0 and point.may_tick):
                return wanted
        return keep_going(point)

    def _by_rank(self, point: ChoicePoint) -> int:
        return next((thread for thread in self._wish if thread in point.ready and not preempts(point, thread, self._last)), keep_going(point))

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass


def shrink(first: tuple[int, ...], fails: Callable[[Sequence[int]], Tried | None], most: int = 400,
           late: Callable[[], bool] = lambda: False) -> Tried | None:
    """The simplest failing execution found within `most` tries and before it is `late`; `fails(wish)` runs one and says how it failed the
    same way, or None."""
    best = fails(first)
    if best is None:
        return None
    tries = 1
    if best.preempted:
        for order in _orders(best):
            if late():
                return best
            tries += 1
            if (found := fails(order)) is not None:
                best = min(best, found, key=lambda run: run.cost)
                break
    improved = True
    while improved and not late():
        improved = False
        for wish in _simpler(best):
            tries += 1
            found = fails(wish)
            if found is not None and found.cost < best.cost:
                best, improved = found, True
                break
            if tries >= most or late():
                return best
    return best


def _orders(run: Tried) -> Iterator[InTurn]:
    """Ways to let each thread go on until it ends or has to wait."""
    threads = sorted({*run.choices} - {TICK})
    if len(threads) > 5:
        main, *others = threads
        return map(InTurn, ((main, *others), (main, *reversed(others)), (*others, main), (*reversed(others), main)))
    return map(InTurn, islice(sorted(permutations(threads), key=lambda order: order.index(threads[0])), _MOST_ORDERS))


def _simpler(run: Tried) -> Iterator[Sequence[int]]:
    choices = run.choices
    for step in run.preempted:
        yield choices[:step]
    for step in run.preempted:
        yield from _later(choices, step)
        yield from _merged(choices, step)
    for step in range(1, len(choices)):
        if choices[step] != choices[step - 1] and step not in run.preempted:
            yield from _merged(choices, step)


def _later(choices: tuple[int, ...], step: int) -> Iterator[Sequence[int]]:
    """Let the last stretch before `step` come later: after everything else, then after ever fewer of the following stretches."""
    first = next((at for at in range(step - 1, -1, -1) if choices[at] != choices[step - 1]), -1) + 1
    stretch = choices[first:step]
    ends = [at for at in range(step + 1, len(choices) + 1) if at == len(choices) or choices[at] != choices[at - 1]]
    for end in reversed(ends):
        yield choices[:first] + choices[step:end] + stretch + choices[end:]


def _merged(choices: tuple[int, ...], step: int) -> Iterator[Sequence[int]]:
    """Let the thread before `step` go on with its next stretch at once; or let its last stretch wait until that one."""
    before = choices[step - 1]
    start = next((at for at in range(step, len(choices)) if choices[at] == before), None)
    if start is None:
        return
    end = next((at for at in range(start, len(choices)) if choices[at] != before), len(choices))
    yield choices[:step] + choices[start:end] + choices[step:start] + choices[end:]
    first = next((at for at in range(step - 1, -1, -1) if choices[at] != before), -1) + 1
    yield choices[:first] + choices[step:start] + choices[first:step] + choices[start:]
