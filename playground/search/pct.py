"""PCT: random priorities with a few random drops (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).

Every thread gets a random priority and the highest ready one runs; at `depth - 1` random steps the running thread falls below all others.
An execution finds a bug that needs `depth` ordered steps with chance at least 1 / (n * k^(depth-1)) for n threads and k steps.

A thread that waits in a loop, again and again for a time, would keep all below it from what it waits for: in long executions whoever goes first falls
below all others every FAIR_STEPS steps, the clock as well.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from playground.model.schedule import TICK, ChoicePoint, Pending

FAIR_STEPS = 1_000


class Pct:
    """`executions` tries; the depth goes round 1, 2, 3 ... `max_depth`; k is the longest execution seen so far."""

    def __init__(self, seed: int, executions: int, max_depth: int = 4) -> None:
        self._random = random.Random(seed)
        self._left = executions
        self._max_depth = max_depth
        self._tried = 0
        self._longest = 20
        self._priorities: dict[int, float] = {}
        self._drops: dict[int, float] = {}
        self._steps = 0

    def begin(self) -> bool:
        self._left -= 1
        depth = self._tried % self._max_depth + 1
        self._tried += 1
        self._priorities = {}
        self._drops = {self._random.randrange(1, self._longest + 1): -float(rank) for rank in range(1, depth)}
        return self._left >= 0

    def choose(self, point: ChoicePoint) -> int | None:
        priorities = self._priorities
        step = self._steps = point.step
        candidates = [*point.ready, TICK] if point.may_tick else point.ready
        for each in candidates:
            if each not in priorities:
                priorities[each] = self._random.random() + 1.0
        if step in self._drops and point.current in priorities:
            priorities[point.current] = self._drops[step]
        if step and not step % FAIR_STEPS:
            for each in {point.current, TICK} & priorities.keys():
                priorities[each] = -float(step)
        return max(candidates, key=priorities.__getitem__)

    def end(self, pending: Sequence[Pending | None]) -> None:
        self._longest = max(self._longest, min(self._steps, FAIR_STEPS))
