"""What a lens works with: the recorder, the monitor, names, budgets, and the one place where a composite's wait is recognised.

Semaphore, Event, Barrier, Queue, Timer and Future all wait in `Condition.wait` and wake in `Condition.notify` of an inner condition. The condition
lens watches those two functions; the caller's code says whose wait it is. So a lens registers the code of its class's own methods here.
"""

from __future__ import annotations

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, Protocol

from playground.inside import real
from playground.inside.monitor import Monitor
from playground.inside.names import Names
from playground.inside.plain import plain
from playground.inside.recorder import Recorder, microseconds
from playground.inside.things import Known
from playground.inside.thread_names import ThreadNames

__builtins__ = real.builtins


@dataclass(frozen=True, slots=True)
class Lens:
    """One family: its word, the classes it looks at, and how it is put in place.

    `observe` is the part that only watches the standard library's own code: it serves controlled mode too. The rest takes the place of C types.
    """

    name: str
    looks_at: tuple[str, ...]
    install: Callable[[FreeKit], None]
    observe: Callable[[Kit], object] | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that begins now: what to report, and which kinds end it (0: another event of the lens does)."""

    kind: int
    known: Known
    value: int = 0
    woken: int = 0
    timed_out: int = 0
    note: int = 0


CALLS_A_WINDOW = 500
CALL_NS = 5_000
PATIENCE = 10

type Waits = Callable[[FrameType, object], Wait | None]
type Standing = Callable[[FrameType, int], tuple[Wait, FrameType] | None]
"""A thread's innermost frame and its ident, to the wait and the frame that called for it."""
type Wakes = Callable[[FrameType], None]


class Allowance(Protocol):
    """What a lens asks before it records an event."""

    def allows(self, known: Known) -> bool:
        """Whether one more may be recorded now."""


class Budget:
    """How many events of a family are recorded in a window; what is beyond is counted, exactly."""

    __slots__ = ("_a_window", "_dropped", "_family", "_left", "_objects", "_since_ns")

    def __init__(self, family: str, a_window: int) -> None:
        self._family = family
        self._a_window = a_window
        self._left = a_window
        self._dropped = 0
        self._objects: set[int] = set()
        self._since_ns = 0

    def allows(self, known: Known) -> bool:
        """Whether one more may be recorded now."""
        if self._left > 0:
            self._left -= 1
            return True
        if not self._dropped:
            self._since_ns = real.monotonic_ns()
        self._dropped += 1
        if known.number:
            self._objects.add(known.number)
        return False

    def beat(self, recorder: Recorder) -> None:
        """A window is over."""
        self._left = self._a_window
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            objects, self._objects = self._objects, set()
            recorder.gaps.count(self._family, dropped, f"too many {self._family} operations to record them all", self._since_ns)
            recorder.gaps.about(objects)


class Hub:
    """The inner functions through which every composite acts: where they are called too often, they are let alone until that is paid for.

    The calls of a window are bounded; then the functions are not watched (they cost nothing) until ten times the cost has passed or a thread that
    waited goes on, whose wait must be seen to end.
    """

    def __init__(self, recorder: Recorder, monitor: Monitor) -> None:
        self._recorder = recorder
        self._monitor = monitor
        self._codes: list[CodeType] = []
        self._left = CALLS_A_WINDOW
        self._paused_ns = 0
        self._touched: set[int] = set()

    def add(self, code: CodeType) -> None:
        """One more function to let alone."""
        if code not in self._codes:
            self._codes.append(code)

    def called(self, known: Known | None = None) -> None:
        """One call was looked at."""
        if known is not None and known.number:
            self._touched.add(known.number)
        self._left -= 1
        if self._left <= 0 and not self._paused_ns:
            self._paused_ns = real.monotonic_ns()
            for code in self._codes:
                self._monitor.pause(code)

    def go_on(self, calls: int = 4) -> None:
        """Watch again, for so many calls."""
        if self._paused_ns:
            self.tell()
            self._touched = set()
            self._paused_ns = 0
            self._left = calls
            for code in self._codes:
                self._monitor.resume(code)

    def tell(self) -> None:
        """Say what is being let alone."""
        if self._paused_ns:
            gaps = self._recorder.gaps
            gaps.count("other", 0, "busy queues and other primitives were not recorded all the time", self._paused_ns)
            gaps.about(self._touched)

    def beat(self, now_ns: int) -> None:
        """A window is over."""
        if not self._paused_ns:
            self._left = CALLS_A_WINDOW
            self._touched.clear()
        elif now_ns - self._paused_ns >= CALLS_A_WINDOW * CALL_NS * PATIENCE:
            self.go_on(CALLS_A_WINDOW)


class Kit(ABC):
    """Given to every lens when it is put in place; what a lens may do in both modes."""

    threading: Any = threading
    queue: Any = queue
    """The modules whose code is watched: in controlled mode the copies that stand on the model."""
    known: Callable[[object], Known | None]
    """What is known of a thing, if the visitor's code created it."""
    me: Callable[[], int]
    """The calling thread's number."""
    text: Callable[[str], int]
    """A text's number for `note`."""

    def __init__(self, monitor: Monitor, names: Names) -> None:
        self.monitor = monitor
        self.names = names
        self.waits: dict[int, Waits] = {}
        """id(code that calls Condition.wait) to who says what that wait is."""
        self.wakes: dict[int, Wakes] = {}
        """id(code that calls Condition.notify or notify_all) to who reports it."""
        self.event_waits: dict[int, Waits] = {}
        """id(code that calls Event.wait of an event that the standard library made)."""
        self.thread_names = ThreadNames()
        self.standing: list[Standing] = []
        """Who may know in which wait a thread stands that nobody saw begin (`stuck.py`)."""

    @abstractmethod
    def budget(self, family: str, a_window: int) -> Allowance:
        """How many events of that family may be recorded in a window."""

    def hub_called(self, known: Known | None = None) -> None:
        """One of the functions through which every composite acts was called."""
        return

    def hub_goes_on(self) -> None:
        """A thread goes on whose wait was not seen to begin."""
        return

    def share(self, code: CodeType) -> None:
        """All composites act through that code."""
        return

    @abstractmethod
    def created(self, thing: object, primitive: str, frame: FrameType | None, capacity: int = 0) -> Known:
        """The visitor's code creates a thing beneath that frame."""

    def back(self, frame: FrameType) -> FrameType | None:
        """Who called."""
        return frame.f_back

    @abstractmethod
    def visitors(self, frame: FrameType | None, *through: int) -> bool:
        """Whether the visitor's code calls, perhaps through the codes with these ids."""

    @abstractmethod
    def owned(self, lock: Any) -> bool:
        """Whether a condition's lock is held, as far as that can be seen without a side effect."""

    @abstractmethod
    def emit(self, kind: int, known: Known, frame: FrameType | None, value: int = 0, note: int = 0) -> None:
        """The calling thread did this to that thing."""

    @abstractmethod
    def begin_wait(self, wait: Wait, frame: FrameType | None) -> None:
        """The calling thread waits from now on."""

    @abstractmethod
    def end_wait(self, known: Known) -> bool:
        """The calling thread's wait is over; False if it was not known to wait for that."""

    def note(self, item: object) -> int:
        """An item as text: only plain values, cut to 40 characters; the visitor's `__repr__` is never called."""
        return self.text(plain(item))


class FreeKit(Kit):
    """Free mode: facts go to the recorder, on budgets."""

    def __init__(self, recorder: Recorder, monitor: Monitor, names: Names) -> None:
        super().__init__(monitor, names)
        self.recorder = recorder
        self.hub = Hub(recorder, monitor)
        self.raw: Callable[[Any], Any] = lambda lock: lock
        """The C lock within a recorded one; the lock lens knows."""
        self.holding: Callable[[FrameType], Iterable[Known]] = lambda frame: ()
        """The locks that a frame holds by its `with` blocks; the lock lens knows."""
        recorder.beats.append(self.hub.beat)
        recorder.last_words.append(self.hub.tell)
        self.hub_called = self.hub.called  # type: ignore[method-assign]
        self.hub_goes_on = self.hub.go_on  # type: ignore[method-assign]
        self.share = self.hub.add  # type: ignore[method-assign]
        self.me = recorder.me
        self.text = recorder.text
        self.known = recorder.things.get

    def budget(self, family: str, a_window: int) -> Budget:
        """A budget that is filled up after each window."""
        budget = Budget(family, a_window)
        self.recorder.beats.append(lambda _now_ns: budget.beat(self.recorder))
        self.recorder.last_words.append(lambda: budget.beat(self.recorder))
        return budget

    def created(self, thing: object, primitive: str, frame: FrameType | None, capacity: int = 0) -> Known:
        """See Kit."""
        name, detail, line = self.names.of(frame, primitive.lower())
        return self.recorder.things.add(thing, Known(primitive, name, detail, line, capacity))

    def visitors(self, frame: FrameType | None, *through: int) -> bool:
        """See Kit."""
        while frame is not None and id(frame.f_code) in through:
            frame = frame.f_back
        return frame is not None and self.recorder.mine(frame)

    def owned(self, lock: Any) -> bool:
        """See Kit."""
        lock = self.raw(lock)
        if type(lock) is real.RLockType:
            return bool(lock._is_owned())
        if type(lock) is real.LockType:
            return bool(lock.locked())
        return True

    def emit(self, kind: int, known: Known, frame: FrameType | None, value: int = 0, note: int = 0) -> None:
        """See Kit."""
        recorder = self.recorder
        recorder.emit(kind, recorder.number(known), recorder.line_of(frame), value, note)

    def begin_wait(self, wait: Wait, frame: FrameType | None) -> None:
        """See Kit."""
        self.recorder.waiting[self.recorder.me()] = wait.known
        self.emit(wait.kind, wait.known, frame, wait.value, wait.note)

    def end_wait(self, known: Known) -> bool:
        """See Kit."""
        return self.recorder.waiting.pop(self.recorder.me(), None) is known


def timeout_us(frame: FrameType, name: str = "timeout") -> int:
    """The timeout in that frame as an event carries it."""
    return microseconds(frame.f_locals.get(name))
