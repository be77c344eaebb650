"""Where each thread stands: before which operation, at which line, before which instruction of which function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FrameType

from playground.inside.beneath.baton import Baton
from playground.inside.places import Places
from playground.model.schedule import PURE, Pending
from playground.model.steps import Stand

_PRIMITIVES = ("lock", "semaphore", "event", "condition", "barrier", "queue", "thread")


class Standings:
    """Follows where the tasks of one execution stand. `names` and `things` say what an operation touches: its name, its number.

    As long as they are not told, `obj` is the number of a primitive in `Recording.things` and `code` the place in `codes`, from 1.
    """

    def __init__(self, baton: Baton, names: Callable[[Pending], str], things: Callable[[Pending], int], *, offsets: bool) -> None:
        self._baton = baton
        self._names, self._things = names, things
        self._offsets = offsets
        self._moved: list[int] = []
        self._met = 0
        self._places: dict[int, tuple[int, int, int]] = {}
        self._memory = Places(baton)
        self._touched: dict[int, int] = {}
        self._numbers: dict[int, int] = {}
        self.codes: list[CodeType] = []
        self.latest: dict[int, Stand] = {}

    def line(self, task: int) -> int:
        """The program's line at which the task stands, 0 if it has none yet."""
        return self._places.get(task, (0, 0, 0))[0]

    def stands(self, task: int, pending: Pending, frame: FrameType | None) -> None:
        """The task has come to a point; `frame` is the program's innermost one."""
        self._moved.append(task)
        self._touched[task] = self._memory.of(task, pending, frame)
        if frame is None:
            self._places[task] = (pending.line, 0, 0)
            return
        place = (self._number(frame.f_code), frame.f_lasti) if self._offsets else (0, 0)
        self._places[task] = (pending.line or line_of(frame), *place)

    def forget_frames(self) -> None:
        """The execution is over."""
        self._memory.forget_frames()

    def changed(self, chosen: int = -1) -> Iterator[Stand]:
        """Those that stand somewhere else than when this was asked before; a name may come to light when its thread is chosen."""
        tasks = {*self._moved, *range(self._met, len(self._baton.tasks))}
        if chosen >= 0 and chosen not in tasks and self.latest[chosen].name[:1] in ("", "<"):
            tasks.add(chosen)
        self._met = len(self._baton.tasks)
        self._moved.clear()
        for task in sorted(tasks):
            standing = self._standing(task)
            if standing != self.latest.get(task):
                self.latest[task] = standing
                yield standing

    def _standing(self, task: int) -> Stand:
        pending = self._baton.pending[task]
        return Stand(task, pending.kind, self._names(pending), self._things(pending), pending.mode,
                        *self._places.get(task, (pending.line, 0, 0)), self._touched.get(task, 0))

    def _number(self, code: CodeType) -> int:
        number = self._numbers.get(id(code))
        if number is None:
            self.codes.append(code)
            number = self._numbers[id(code)] = len(self.codes)
        return number


def line_of(frame: FrameType | None) -> int:
    """The line of the program that runs; 0 where none does: main after its last line, a worker between two tasks."""
    return 0 if frame is None else frame.f_lineno or 0


def at_primitive(pending: Pending) -> bool:
    """True for an operation of a primitive, False for memory, lines and the clock."""
    return pending.part == 0 and pending.mode != PURE and _of_a_primitive(pending.kind)


@cache
def _of_a_primitive(kind: str) -> bool:
    return kind.partition(".")[0] in _PRIMITIVES
