"""The lenses in controlled mode: they watch the standard library's code that stands on the model, and tell a recording what they see.

Nothing here is in place unless an execution is recorded. Of locks, threads, sleeping and SimpleQueue the model itself tells.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Protocol

from playground.inside import lenses
from playground.inside.beneath import lock, whole
from playground.inside.beneath.baton import Baton
from playground.inside.kit import Kit, Wait
from playground.inside.lenses import pool
from playground.inside.monitor import Monitor, code_of
from playground.inside.names import Names
from playground.inside.things import Known, Things
from playground.model.event import KINDS

_WRAPPERS = whole.__file__
_ancestors = type.__dict__["__mro__"].__get__


class Tell(Protocol):
    """Where facts of the current thread go."""

    def __call__(self, kind: str, known: Known, frame: FrameType | None, value: int, note: str) -> None: ...


def _maker(cls: type) -> CodeType:
    """The code that makes such a thing; it calls the thing `self`."""
    own = vars(cls)
    return code_of(own["__new__"] if "__new__" in own else own["__init__"])


class _All:
    """No budget: a controlled run is recorded whole."""

    def allows(self, known: Known) -> bool:
        return True


class ControlledKit(Kit):
    """What the lenses work with during one recorded execution; made once the program's modules are the model's."""

    def __init__(self, baton: Baton, monitor: Monitor, names: Names, mine: Callable[[FrameType], bool], tell: Tell) -> None:
        super().__init__(monitor, names)
        self.threading, self.queue = sys.modules["threading"], sys.modules["queue"]
        self._baton, self._mine, self._tell = baton, mine, tell
        self._things = Things()
        self._waiting: dict[int, Known] = {}
        self._held_back: dict[int, tuple[Wait, FrameType | None]] = {}
        self._texts: list[str] = [""]
        self._condition_init = code_of(self.threading.Condition.__init__)
        self._simple_queue = sys.modules["_queue"].SimpleQueue
        for made in (lock._Lock, lock._ReentrantLock):
            monitor.watch(_maker(made), leave=self._lock_made)
        monitor.watch(_maker(self._simple_queue), leave=self._simple_queue_made)
        lenses.observe(self)

    def imported(self, name: str) -> None:
        """The program has imported one of the library's modules that are built on threads."""
        if name == "concurrent.futures.thread":
            pool.observe(self, sys.modules["concurrent.futures._base"], sys.modules[name])

    def budget(self, family: str, a_window: int) -> _All:
        """See Kit."""
        return _All()

    def created(self, thing: object, primitive: str, frame: FrameType | None, capacity: int = 0) -> Known:
        """See Kit."""
        name, detail, line = self.names.of(frame, primitive.lower())
        return self._things.add(thing, Known(primitive, name, detail, line, max(0, capacity)))

    def known(self, thing: object) -> Known | None:
        """See Kit; a Condition's own lock counts as the Condition, a Thread is known once it was started."""
        of = getattr(thing, "of", None) if isinstance(thing, lock._Lock) else None
        thing = thing if of is None else of
        found = self._things.get(thing)
        kinds = _ancestors(type(thing))
        if self.threading.Thread in kinds and (found is None or found.thread < 0):
            task = next((task.id for task in self._baton.tasks if task.thread is thing), -1)
            if found is None:
                name = self.thread_names.of(thing) if task else "main"
                found = self._things.add(thing, Known("Timer" if self.threading.Timer in kinds else "Thread", name))
            found.thread = task
        return found

    def back(self, frame: FrameType) -> FrameType | None:
        """See Kit; what makes an operation one step does not count."""
        caller = frame.f_back
        while caller is not None and caller.f_code.co_filename == _WRAPPERS:
            caller = caller.f_back
        return caller

    def visitors(self, frame: FrameType | None, *through: int) -> bool:
        """See Kit."""
        while frame is not None and (id(frame.f_code) in through or frame.f_code.co_filename == _WRAPPERS):
            frame = frame.f_back
        return frame is not None and self._mine(frame)

    def owned(self, lock: Any) -> bool:
        """See Kit."""
        return not lock.open and getattr(lock, "depth", 1) > 0 and (not hasattr(lock, "depth") or lock.holder is self._baton.current)

    def me(self) -> int:
        """See Kit."""
        return self._baton.current.id

    def emit(self, kind: int, known: Known, frame: FrameType | None, value: int = 0, note: int = 0) -> None:
        """See Kit."""
        self._tell(KINDS[kind].name, known, frame, value, self._texts[note])

    def begin_wait(self, wait: Wait, frame: FrameType | None) -> None:
        """See Kit. A wait on a condition, also a future's, begins when the thread lets go of the lock, which is a step of its own."""
        within = self._baton.current.within
        if within is not None and within[0] == "condition.wait":
            self._held_back[self.me()] = wait, frame
            return
        self._waiting[self.me()] = wait.known
        self.emit(wait.kind, wait.known, frame, wait.value, wait.note)

    def lets_go(self) -> None:
        """The current thread is about to let go of a lock."""
        wait, frame = self._held_back.pop(self.me(), (None, None))
        if wait is not None:
            self._waiting[self.me()] = wait.known
            self.emit(wait.kind, wait.known, frame, wait.value, wait.note)

    def end_wait(self, known: Known) -> bool:
        """See Kit."""
        self._held_back.pop(self.me(), None)
        return self._waiting.pop(self.me(), None) is known

    def text(self, text: str) -> int:
        """See Kit."""
        self._texts.append(text)
        return len(self._texts) - 1

    def _lock_made(self, frame: FrameType, _value: object) -> None:
        made = frame.f_locals["self"]
        if made.inner:
            return
        caller = frame.f_back
        while caller is not None and not self._mine(caller):
            if caller.f_code is self._condition_init:
                return
            caller = caller.f_back
        self.created(made, "RLock" if isinstance(made, lock._ReentrantLock) else "Lock", frame)

    def _simple_queue_made(self, frame: FrameType, _value: object) -> None:
        if self.visitors(frame.f_back):
            self.created(frame.f_locals["self"], "SimpleQueue", frame)
