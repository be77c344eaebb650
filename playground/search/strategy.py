"""The contract between a strategy and whoever runs the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playground.model.schedule import TICK, ChoicePoint, Pending


class Strategy(Protocol):
    """Chooses, execution after execution. The same construction arguments always give the same choices."""

    def begin(self) -> bool:
        """A new execution starts; False means there is nothing left to try."""

    def choose(self, point: ChoicePoint) -> int | None:
        """A thread of `point.ready`, or TICK where the clock may move; None stops this execution: it cannot show anything new."""

    def end(self, pending: Sequence[Pending | None]) -> None:
        """The execution is over; `pending[t]` is what thread t still waits to do (None: it ended)."""


def keep_going(point: ChoicePoint) -> int:
    """The default choice: whoever runs goes on; else the next ready thread in turn; the clock moves only when nobody is ready."""
    _, current, ready, _, _ = point
    if current in ready:
        return current
    if not ready:
        return TICK
    return next((thread for thread in ready if thread > current), ready[0])
