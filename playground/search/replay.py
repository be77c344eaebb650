"""Replay: follow a schedule to its end, then go on by default. Stepping, branching and every share link are this."""

from __future__ import annotations

from collections.abc import Sequence

from playground.model.schedule import PURE, TICK, ChoicePoint, Pending
from playground.search.strategy import keep_going


class Replay:
    """One execution along `choices`. `left_off` is the first step at which the program could not follow (None: it fitted)."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = choices
        self._started = False
        self.left_off: int | None = None

    def begin(self) -> bool:
        fresh, self._started = not self._started, True
        return fresh

    def choose(self, point: ChoicePoint) -> int | None:
        if point.step < len(self._choices) and self.left_off is None:
            wanted = self._choices[point.step]
            if wanted in point.ready or (wanted == TICK and point.may_tick):
                return wanted
            self.left_off = point.step
        return keep_going(point)

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass


class Guided:
    """One execution in which the primitives are used in a given order; between two such uses threads run as far as they can.

    Carries a failure from one granularity to another: `order` are the threads of its steps at primitives.
    """

    def __init__(self, order: Sequence[int]) -> None:
        self._order = order
        self._at = 0
        self._started = False

    def begin(self) -> bool:
        fresh, self._started = not self._started, True
        return fresh

    def choose(self, point: ChoicePoint) -> int | None:
        if self._at < len(self._order):
            wanted = self._order[self._at]
            if wanted == TICK and point.may_tick:
                self._at += 1
                return TICK
            if wanted in point.ready:
                operation = point.pending[wanted]
                if operation.part == 0 and operation.mode != PURE:
                    self._at += 1
                return wanted
        return keep_going(point)

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass
