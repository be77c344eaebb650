"""What a recorded execution keeps: each step with its choice, and the events of the primitives, in one row of rows.

The same program and schedule give the same rows, on either backend; no address, time or process number is in them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.task import Task
from playground.inside.reach import Names, thread_name
from playground.model.primitive import PRIMITIVE_NAMES
from playground.model.schedule import ANY_PART, CLOCK, PURE, TICK, ChoicePoint, Pending

BLOCKS: dict[str, str] = {
    "lock.acquire": "lock.blocked", "semaphore.acquire": "semaphore.blocked", "event.wait": "event.waiting", "condition.wait": "condition.waiting",
    "barrier.wait": "barrier.waiting", "queue.put": "queue.put_blocked", "queue.get": "queue.get_blocked", "queue.join": "queue.joining",
    "thread.join": "thread.joining",
}
"""An operation that cannot go on, as the event that says so."""
_FAMILIES = {"lock": "Lock", "semaphore": "Semaphore", "event": "Event", "condition": "Condition", "barrier": "Barrier", "queue": "Queue",
             "thread": "Thread"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who was ready, who was chosen, what it did, where, and to what (by the program's own names)."""

    step: int
    thread: int
    kind: str
    obj: int
    name: str
    line: int
    mode: int
    primitive: bool
    ready: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a primitive; `kind` is a row of `model.event.KINDS`."""

    step: int
    thread: int
    kind: str
    obj: int
    line: int
    value: int


class Recording:
    """Listens to a baton for one execution."""

    def __init__(self, baton: Baton, program: str) -> None:
        self._baton = baton
        self._program = program
        self._lines: dict[int, int] = {}
        self._frames: dict[int, FrameType] = {}
        self.names = Names()
        self.space: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.facts: list[Fact] = []
        self.threads: dict[int, str] = {0: "main"}
        self.waits: dict[int, str] = {}
        self.outputs: list[tuple[int, int, int, str]] = []
        """What was printed: step, thread, stream (1 or 2), text."""
        self.daemons: set[int] = set()
        self.things: dict[int, tuple[str, str]] = {}
        """The primitives by their number: the word of `model.primitive` and the program's name."""
        self._last = 0

    def begin(self, space: dict[str, Any]) -> None:
        """Start listening; `space` is the program's module."""
        self.space = space
        self._baton.emit = self.emit
        self._baton.on_choice = self.on_choice
        self._baton.on_point = self.on_point
        self._baton.on_deadlock = self.on_deadlock

    def end(self) -> None:
        """Stop listening, name what got its name late, and let go of the program's frames."""
        for number, (primitive, name) in self.things.items():
            self.things[number] = primitive, name or self._spoken(number)
        self._baton.emit = self._baton.on_choice = self._baton.on_point = self._baton.on_deadlock = None
        self._frames.clear()
        self.space = {}

    def on_point(self, task: Task, pending: Pending) -> None:
        """A task stands before an operation: keep where."""
        frame = self._visitors(sys._getframe(2))
        if frame is not None:
            self._frames[task.id] = frame
            self._lines[task.id] = pending.line or frame.f_lineno or 0

    def on_choice(self, point: ChoicePoint, chosen: int) -> None:
        """A choice was made: keep it with what it does."""
        ready = (*point.ready, TICK) if point.may_tick else tuple(point.ready)
        if chosen == TICK:
            self.steps.append(Step(point.step, TICK, "clock.tick", 0, "", 0, CLOCK, True, ready))
            return
        self._waits_now(point, chosen)
        pending = point.pending[chosen]
        if pending.part == 0 and pending.mode != PURE:
            self._meet(pending.obj, pending.kind)
        self.threads[chosen] = thread_name(self._baton.tasks[chosen].thread, chosen)
        self.steps.append(Step(point.step, chosen, pending.kind, pending.obj, self.name(pending), self._lines.get(chosen, 0), pending.mode,
                               pending.part == 0 and pending.mode != PURE, ready))

    def on_deadlock(self) -> None:
        """Nobody can go on: name what is waited for while the threads still stand there."""
        for wait in self._baton.waits:
            self._blocked(wait.task.id, wait.pending, self._baton.step)
            self.waits[wait.pending.obj] = self.name_of(wait.pending.obj)

    def emit(self, kind: str, thread: int, obj: Any = None, value: int = 0, note: str = "") -> None:
        """A primitive says what happened."""
        number = 0 if obj is None else self._baton.number(obj)
        frame = self._visitors(sys._getframe(1)) if thread == self._baton.current.id or kind == "thread.created" else None
        if kind == "thread.created":
            self.threads[thread] = thread_name(obj, thread)
            if self._baton.tasks[thread].daemon:
                self.daemons.add(thread)
        if number:
            self._meet(number, kind)
        line = frame.f_lineno or 0 if frame is not None else self._lines.get(thread, 0)
        self.facts.append(Fact(self._baton.step, thread, kind, number, line, value))

    def printed(self, stream: int, text: str) -> None:
        """The current thread prints."""
        self.outputs.append((self._baton.step, self._baton.current.id, stream, text))

    def _waits_now(self, point: ChoicePoint, chosen: int) -> None:
        """Who went last and is not ready waits from now on."""
        last, self._last = self._last, chosen
        if last != chosen and last not in point.ready and not self._baton.tasks[last].done:
            self._blocked(last, point.pending[last], point.step)

    def _blocked(self, thread: int, pending: Pending, step: int) -> None:
        kind = BLOCKS.get(pending.kind)
        said = next((fact for fact in reversed(self.facts) if fact.thread == thread), None)
        if kind is None or not pending.obj or (said is not None and (said.kind, said.obj) == (kind, pending.obj)):
            return
        self._meet(pending.obj, pending.kind)
        self.facts.append(Fact(step, thread, kind, pending.obj, self._lines.get(thread, 0), 0))

    def _meet(self, number: int, kind: str) -> None:
        if number and number not in self.things:
            self.things[number] = _primitive(self._baton.objects[number], kind), self._spoken(number)

    def _spoken(self, number: int) -> str:
        name = self.name_of(number)
        return "" if name.startswith("<") else name

    def name(self, pending: Pending) -> str:
        """What the operation touches, as the program calls it."""
        baton = self._baton
        part = baton.parts[pending.part] if pending.part > 0 else None
        if not pending.obj:
            return "" if part is None else f".{part}" if isinstance(part, str) else "[...]"
        thing = baton.objects[pending.obj]
        if part is not None and (thing is self.space or type(thing) is object):
            return str(part)
        name = self.name_of(pending.obj)
        if part is None or pending.part == ANY_PART:
            return name
        return f"{name}.{part}" if isinstance(part, str) else f"{name}[{part[1]!r}]"

    def name_of(self, number: int) -> str:
        """An object's name."""
        thing = self._baton.objects[number]
        if hasattr(thing, "_bootstrap_inner"):
            return next((thread_name(thing, task.id) for task in self._baton.tasks if task.thread is thing), thread_name(thing, -1))
        if (owner := getattr(thing, "of", None)) is not None:
            thing, number = owner, self._baton.number(owner)
        return self.names.of(thing, number, self.space, self._stacks())

    def _stacks(self) -> Iterator[FrameType]:
        for task in sorted(self._frames):
            frame: FrameType | None = self._frames[task]
            while frame is not None:
                if frame.f_code.co_filename == self._program and frame.f_code.co_name != "<module>":
                    yield frame
                frame = frame.f_back

    def _visitors(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and frame.f_code.co_filename != self._program:
            frame = frame.f_back
        return frame


def _primitive(thing: object, kind: str) -> str:
    """The word for a thing: its class's or an ancestor's name; else what is being done with it tells."""
    names = (cls.__name__ for cls in type(thing).__mro__)
    return next((name for name in names if name in PRIMITIVE_NAMES), _FAMILIES.get(kind.partition(".")[0], "Lock"))
