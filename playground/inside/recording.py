"""What a recorded execution keeps: each step with its choice, and the events of the primitives, in one row of rows.

The same program and schedule give the same rows, on either backend; no address, time or process number is in them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Any

from playground.inside import names, source
from playground.inside.beneath.baton import Baton
from playground.inside.beneath.task import Task
from playground.inside.beneath.tracebacks import line_within
from playground.inside.monitor import Monitor
from playground.inside.observing import ControlledKit
from playground.inside.reach import Names
from playground.inside.recorded import Birth, Fact, Row, Step
from playground.inside.standing import Standings, at_primitive, line_of
from playground.inside.things import Known
from playground.inside.values import Values
from playground.inside.wording import sentence, type_name
from playground.model.event import KIND_ID, KINDS, ThreadState
from playground.model.schedule import ANY_PART, CLOCK, TICK, ChoicePoint, Pending
from playground.model.steps import MOST_ROWS, NOBODY

BLOCKS: dict[str, str] = {
    "lock.acquire": "lock.blocked", "semaphore.acquire": "semaphore.blocked", "event.wait": "event.waiting", "condition.wait": "condition.waiting",
    "barrier.wait": "barrier.waiting", "queue.put": "queue.put_blocked", "queue.get": "queue.get_blocked", "queue.join": "queue.joining",
    "thread.join": "thread.joining",
}
"""An operation that cannot go on, as the event that says so."""
_OF_THE_CLOCK = frozenset({"time.sleep", "clock.read"})
"""What they touch is the model's own clock, which has no name."""
_WAITS = (ThreadState.BLOCKED, ThreadState.SLEEPING)


class Recording:
    """Listens to a baton for one execution. Nobody listens while threads are taken off their stacks at its end."""

    def __init__(self, baton: Baton, program: str, text: str, *, offsets: bool = False) -> None:
        self._baton = baton
        self._program, self._text = program, text
        self._frames: dict[int, FrameType] = {}
        self._kit: ControlledKit | None = None
        self._numbers: dict[int, int] = {}
        self._touched: dict[int, int] = {}
        """The number of a primitive by the baton's number of it: most steps are about one that was met before."""
        self._waiting: dict[int, tuple[str, int]] = {}
        self._last = 0
        self.names = Names()
        self.space: dict[str, Any] = {}
        self.standings = Standings(baton, self.name, self.touched, offsets=offsets)
        self.values = Values()
        self.steps: list[Step] = []
        self.rows: list[Row] = []
        """What each step was, for the page; no more than MOST_ROWS of them, then not even the last."""
        self.facts: list[Fact] = []
        self.threads: dict[int, str] = {0: "main"}
        self._given: dict[int, object] = {}
        """What the threads themselves said they are called, when their name was looked at."""
        self.waits: dict[int, str] = {}
        self.outputs: list[tuple[int, int, int, str]] = []
        """What was printed: step, thread, stream (1 or 2), text."""
        self.aloud: Callable[[int, str], None] | None = None
        """Called with stream and text when something is printed."""
        self.daemons: set[int] = set()
        self.births: dict[int, Birth] = {}
        self.things: list[Known] = []
        """The primitives in order of first use; a thing's number is its place, from 1."""
        self.errors: list[BaseException] = []
        """What went wrong while recording: a fact each that is missing."""
        self.endings: list[Callable[[], None]] = []

    def begin(self, space: dict[str, Any]) -> None:
        """Start listening; `space` is the program's module."""
        self.space = space
        self._kit = ControlledKit(self._baton, Monitor(self), names.Names(self, source.parsed(self._text)), self.mine, self._seen)
        self._baton.on_import = self._kit.imported
        self._baton.emit = self.emit
        self._baton.on_choice = self.on_choice
        self._baton.on_point = self.on_point
        self._baton.on_deadlock = self.on_deadlock

    def end(self) -> None:
        """Stop listening, name what got its name late, and let go of the program's frames."""
        if len(self.rows) < MOST_ROWS and len(self.rows) == len(self.steps):
            self.rows.append(Row(len(self.steps) + 1, NOBODY, (), False, tuple(self.standings.changed())))
        self._baton.on_import = self._baton.emit = self._baton.on_choice = self._baton.on_point = self._baton.on_deadlock = None
        for ending in self.endings:
            ending()
        self._kit = None
        self._name_late()
        self._frames.clear()
        self.standings.forget_frames()
        self.space = {}

    def _name_late(self) -> None:
        names = self.names
        names.settle(self.space)
        self.steps = [replace(step, name=names.settled(step.name)) if "\0" in step.name else step for step in self.steps]
        for row in self.rows:
            if any("\0" in stand.name for stand in row.stands):
                row.stands = tuple(replace(stand, name=names.settled(stand.name)) for stand in row.stands)

    def mine(self, frame: FrameType) -> bool:
        """Whether that frame runs the program's code."""
        return frame.f_code.co_filename == self._program

    def failed(self, error: BaseException) -> None:
        """A lens failed: its fact is missing."""
        self.errors.append(error)

    def on_point(self, task: Task, pending: Pending) -> None:
        """A task stands before an operation: keep where."""
        frame = self._visitors(sys._getframe(2))
        if frame is not None:
            self._frames[task.id] = frame
        self.standings.stands(task.id, pending, frame)

    def on_choice(self, point: ChoicePoint, chosen: int) -> None:
        """A choice was made: keep it with what it does."""
        ready = (*point.ready, TICK) if point.may_tick else tuple(point.ready)
        self.look()
        if len(self.rows) < MOST_ROWS:
            self.rows.append(Row(point.step + 1, chosen, tuple(point.ready), point.may_tick, tuple(self.standings.changed(chosen))))
        if chosen == TICK:
            self.steps.append(Step(point.step, TICK, "clock.tick", 0, "", 0, CLOCK, True, ready))
            return
        self._waits_now(point, chosen)
        pending = point.pending[chosen]
        self._renamed(chosen)
        self.steps.append(Step(point.step, chosen, pending.kind, self.touched(pending), self.name(pending), self.standings.line(chosen), pending.mode,
                               at_primitive(pending), ready))

    def look(self) -> None:
        """A step is over: what it changed belongs to its row."""
        if self.rows and self.rows[-1].step == self._baton.step:
            self.rows[-1].values += self.values.changed(self.space, self._living(), self.rows[-1].step)
            for step, value in self.values.late:
                self.rows[step - 1].values += (value,)
            self.values.late.clear()

    def on_deadlock(self) -> None:
        """Nobody can go on: name what is waited for while the threads still stand there."""
        self.look()
        for wait in self._baton.waits:
            self._blocked(wait.task.id, wait.pending, self._baton.step)
            self.waits[wait.pending.obj] = self.name(wait.pending) or self._waited_for(wait.task.id)

    def _waited_for(self, thread: int) -> str:
        """Of what the library made for itself: the future whose result the thread waits for, as a lens has said."""
        _, number = self._waiting.get(thread, ("", 0))
        return self.things[number - 1].name if number else ""

    def emit(self, kind: str, thread: int, obj: Any = None, value: int = 0, note: str = "") -> None:
        """A primitive says what happened."""
        if self._baton.over:
            return
        if kind == "lock.released" and self._kit is not None:
            self._kit.lets_go()
        number = 0 if obj is None else self._touched.get(self._baton.numbered(obj), 0) or self._number(obj)
        if obj is not None and not number and not kind.startswith("thread."):
            return  # the library made it for itself
        own = thread == self._baton.current.id or kind == "thread.created"
        line = line_of(self._visitors(sys._getframe(1))) if own else self.standings.line(thread)
        if kind == "thread.created":
            self._born(thread, obj, number, line)
        elif kind == "thread.crashed":
            line, note = self._crash(thread)
        self._add(thread, kind, number, line, value, note)

    def _crash(self, thread: int) -> tuple[int, str]:
        """Where that thread's exception left the program, and what it was; an address would be another in every run."""
        error = next(error for who, error in self._baton.failures if who == thread)
        said = sentence(error)
        return line_within(error.__traceback__, self._baton.program), type_name(error) if " at 0x" in said else said

    def _seen(self, kind: str, known: Known, frame: FrameType | None, value: int, note: str) -> None:
        """A lens says what the current thread did."""
        if not self._baton.over:
            self._add(self._baton.current.id, kind, self._met(known), line_of(self._visitors(frame)), value, note)

    def _add(self, thread: int, kind: str, number: int, line: int, value: int = 0, note: str = "", step: int = -1) -> None:
        to = KINDS[KIND_ID[kind]].to
        if to in _WAITS:
            if self._waiting.get(thread) == (kind, number):
                return
            self._waiting[thread] = kind, number
        elif to:
            self._waiting.pop(thread, None)
        self.facts.append(Fact(self._baton.step if step < 0 else step, thread, kind, number, line, value, note))

    def _born(self, thread: int, thing: Any, number: int, line: int) -> None:
        assert self._kit is not None
        self.threads[thread] = self.things[number - 1].name if number else self._kit.thread_names.running(thing.function)
        self._given[thread] = getattr(thing, "_name", None)
        self.births[thread] = Birth(self._baton.current.id, number, line)
        if number:
            self.things[number - 1].line = self.things[number - 1].line or line
        if self._baton.tasks[thread].daemon:
            self.daemons.add(thread)

    def _renamed(self, thread: int) -> None:
        """`thread.name = ...` after its start."""
        name = getattr(self._baton.tasks[thread].thread, "_name", None)
        if name != self._given.get(thread, name) and type(name) is str:
            self._given[thread] = self.threads[thread] = name

    def printed(self, stream: int, text: str) -> None:
        """The current thread prints; what is printed while threads are taken off their stacks is no part of the run."""
        if self._baton.over:
            return
        self.outputs.append((self._baton.step, self._baton.current.id, stream, text))
        if self.aloud is not None:
            self.aloud(stream, text)

    def _waits_now(self, point: ChoicePoint, chosen: int) -> None:
        """Who went last and is not ready waits from now on."""
        last, self._last = self._last, chosen
        if last != chosen and last not in point.ready and not self._baton.tasks[last].done:
            self._blocked(last, point.pending[last], point.step)

    def _blocked(self, thread: int, pending: Pending, step: int) -> None:
        kind, number = BLOCKS.get(pending.kind), self.touched(pending)
        if kind is not None and number and (thread not in self._waiting or kind == "lock.blocked"):
            self._add(thread, kind, number, self.standings.line(thread), step=step)

    def touched(self, pending: Pending) -> int:
        """The number of the primitive that this operation is about; 0 for memory, the clock, and what the library made for itself."""
        if not pending.obj or not at_primitive(pending):
            return 0
        number = self._touched.get(pending.obj)
        if number is None:
            number = self._number(self._baton.objects[pending.obj])
            if number:
                self._touched[pending.obj] = number
        return number

    def _number(self, thing: Any) -> int:
        known = self._kit.known(thing) if self._kit is not None else None
        return 0 if known is None else self._met(known, thing)

    def _met(self, known: Known, thing: Any = None) -> int:
        number = self._numbers.get(id(known))
        if number is None:
            self.things.append(known)
            number = self._numbers[id(known)] = len(self.things)
            unnamed = known.primitive not in ("Thread", "Timer") and re.fullmatch(rf"{known.primitive.lower()}-\d+", known.name)
            if thing is not None and unnamed:
                known.name = self.names.found(thing, self.space, (frame for _, frame in self._stacks())) or known.name
        return number

    def name(self, pending: Pending) -> str:
        """What the operation touches, as the program calls it."""
        if at_primitive(pending):
            number = self.touched(pending)
            return self.things[number - 1].name if number else ""
        if pending.kind in _OF_THE_CLOCK:
            return ""
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
        """The name of the baton's object with that number."""
        thing = self._baton.objects[number]
        known = self._number(thing)
        if known:
            return self.things[known - 1].name
        return self.names.of(thing, number, self.space, (frame for _, frame in self._stacks()))

    def _living(self) -> Iterator[tuple[int, FrameType]]:
        return (each for each in self._stacks() if not self._baton.tasks[each[0]].done)

    def _stacks(self) -> Iterator[tuple[int, FrameType]]:
        for task in sorted(self._frames):
            frame: FrameType | None = self._frames[task]
            while frame is not None:
                if frame.f_code.co_filename == self._program and frame.f_code.co_name != "<module>":
                    yield task, frame
                frame = frame.f_back

    def _visitors(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and frame.f_code.co_filename != self._program:
            frame = frame.f_back
        return frame
