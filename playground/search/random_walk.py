"""Random walk: at every step each ready thread has the same chance. Weak against bugs of depth, cheap, and unbiased by any theory."""

from __future__ import annotations

import random
from collections.abc import Sequence

from playground.model.schedule import TICK, ChoicePoint, Pending


class RandomWalk:
    """`executions` walks; the seed alone decides them. The clock takes part as if it were one more thread."""

    def __init__(self, seed: int, executions: int) -> None:
        self._random = random.Random(seed)
        self._left = executions

    def begin(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def choose(self, point: ChoicePoint) -> int | None:
        ready = point.ready
        count = len(ready) + point.may_tick
        if count == 1:
            return ready[0] if ready else TICK
        pick = int(self._random.random() * count)
        return ready[pick] if pick < len(ready) else TICK

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass


class PatientWalk(RandomWalk):
    """A random walk on which the clock moves only when nobody is ready: timeouts then mean that nothing else could happen."""

    def choose(self, point: ChoicePoint) -> int | None:
        return super().choose(point._replace(may_tick=point.may_tick and not point.ready))
