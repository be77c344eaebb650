"""Round robin: every thread gets the same number of steps in turn; the plainest fair schedule, and the one to read first."""

from __future__ import annotations

from collections.abc import Sequence

from playground.model.schedule import TICK, ChoicePoint, Pending


class RoundRobin:
    """Tries one execution per slice length: 1 step each, then 2, 3 ..., until `executions` are done."""

    def __init__(self, executions: int = 1) -> None:
        self._left = executions
        self._slice = 0
        self._used = 0

    def begin(self) -> bool:
        self._left -= 1
        self._slice += 1
        self._used = 0
        return self._left >= 0

    def choose(self, point: ChoicePoint) -> int | None:
        if not point.ready:
            return TICK
        if point.current in point.ready and self._used < self._slice:
            self._used += 1
            return point.current
        self._used = 1
        return next((thread for thread in point.ready if thread > point.current), point.ready[0])

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass
