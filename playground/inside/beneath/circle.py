"""Threads that wait for each other in a circle while others go on: a deadlock that no standstill shows.

Only its owner can release an RLock, and only a thread itself can end; so a circle of these stands for ever, whoever else runs. A plain Lock may be
released by anybody, unless the program's text knows no way to (`model/releasing.py`): else such a circle is told as possible, and only after it has
stood for long. Where a thread of the circle is no daemon the program
can never end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.inside.beneath.task import NEVER, Task

STANDS_CERTAIN, STANDS_POSSIBLE = 40, 1_000
"""Steps that the others get to come to their own ends, or to release something."""


def awaited(task: Task, holders_only: bool) -> tuple[Task | None, bool]:
    """Whom that thread waits for without a timeout, and whether nobody else could ever help it.

    `holders_only`: nobody but its holder can release a lock of this program.
    """
    gate: Any = task.gate
    if gate is None or gate.open or task.deadline != NEVER or getattr(gate, "inner", False):
        return None, False
    whom = getattr(gate, "task", None) or getattr(gate, "holder", None)
    if not isinstance(whom, Task) or whom.done:
        return None, False
    return whom, holders_only or hasattr(gate, "task") or hasattr(gate, "depth")


class Circle:
    """A circle and what is known of it; `tasks` in the order in which they wait for each other."""

    def __init__(self, tasks: Sequence[Task], certain: bool) -> None:
        self.tasks = tuple(tasks)
        self.certain = certain

    @property
    def stands(self) -> bool:
        """Whether they still wait for each other."""
        found = circle_of(self.tasks[0])
        return found is not None and found.tasks == self.tasks


def circle_of(task: Task, holders_only: bool = False) -> Circle | None:
    """The circle that this thread has just closed, or that it stands in."""
    met, certain = [task], True
    while True:
        following, sure = awaited(met[-1], holders_only)
        if following is None:
            return None
        certain = certain and sure
        if following is task:  # who waits for a lock of its own waits for a signal
            return Circle(met, certain) if len(met) > 1 and any(not each.daemon for each in met) else None
        if following in met:
            return None
        met.append(following)
