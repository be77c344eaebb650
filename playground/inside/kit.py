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
_SHARING = frozenset({"Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier", "Queue", "LifoQueue", "PriorityQueue", "Future"})
_MOST_LIVING = 5_000
"""Of more things it is not asked which were concerned."""

type Waits = Callable[[FrameType, object], Wait | None]
type Standing = Callable[[FrameType, int], tuple[Wait, FrameType] | None]
"""A thread's innermost frame and its ident, to the wait and the frame that called for it."""
type Wakes = Callable[[FrameType], None]


class Allowance(Protocol):
    """What a lens asks before it records an event."""

    def allows(self, known: Known) -> bool:
        """Whether one more may be recorded now."""


class _Drops:
    """What a budget did not record since the last beat."""

    __slots__ = ("number", "objects", "since_ns")

    def __init__(self) -> None:
        self.number = 0
        self.objects: set[Known] = set()
        self.since_ns = 0


class Budget:
    """How many events of a family are recorded in a window; what is beyond is counted, exactly.

    Nothing is locked, for a signal handler may come in between. Under the GIL no other thread runs between two steps unless something is called.
    """

    __slots__ = ("_a_window", "_drops", "_family", "_left")

    def __init__(self, family: str, a_window: int) -> None:
        self._family = family
        self._a_window = a_window
        self._left = a_window
        self._drops = _Drops()

    def allows(self, known: Known) -> bool:
        """Whether one more may be recorded now."""
        if self._left > 0:
            self._left -= 1
            return True
        at = 0 if self._drops.since_ns else real.monotonic_ns()
        drops = self._drops  # from here on nothing is called until all of it is written
        if at and (not drops.since_ns or at < drops.since_ns):
            drops.since_ns = at
        drops.number += 1
        drops.objects.add(known)
        return False

    def beat(self, recorder: Recorder) -> None:
        """A window is over."""
        self._left = self._a_window
        fresh = _Drops()
        drops, self._drops = self._drops, fresh
        if drops.number:
            reason = f"too many {self._family} operations to record them all"
            recorder.gaps.count(self._family, drops.number, reason, drops.since_ns, objects=drops.objects)


class _Turn:
    """The shared functions are let alone from now on, or are watched again."""

    __slots__ = ("at_ns", "paused", "since_ns", "until_ns")

    def __init__(self, at_ns: int, since_ns: int, *, paused: bool) -> None:
        self.at_ns = at_ns
        self.paused = paused
        self.since_ns = since_ns
        """Since when calls may have gone unseen that no Gap tells of yet; 0: none have."""
        self.until_ns = 0
        """When all functions were watched again; 0: not yet."""


class Hub:
    """The inner functions through which every composite acts: where they are called too often, they are let alone until that is paid for.

    The calls of a window are bounded; then the functions are not watched (they cost nothing) until ten times the cost has passed or a thread that
    waited goes on, whose wait must be seen to end. Any thread may turn that at any time, also between two steps of another that is just turning it:
    the last turn counts, an earlier one that is not done yet stops, and what was unseen since its beginning passes on to the later.
    """

    def __init__(self, recorder: Recorder, monitor: Monitor) -> None:
        self._recorder = recorder
        self._monitor = monitor
        self._codes: list[CodeType] = []
        self._left = CALLS_A_WINDOW
        self._turn = _Turn(0, 0, paused=False)
        self._turn.until_ns = 1
        self._touched: set[Known] = set()
        self._lived: set[Known] = set()

    def add(self, code: CodeType) -> None:
        """One more function to let alone."""
        if code not in self._codes:
            self._codes.append(code)

    def called(self, known: Known | None = None) -> None:
        """One call was looked at."""
        if known is not None:
            self._touched.add(known)
        self._left -= 1
        if self._left <= 0:
            turn = self._turn
            if not turn.paused:
                now_ns = real.monotonic_ns()
                self._take(turn, _Turn(now_ns, turn.since_ns or now_ns, paused=True))

    def go_on(self, calls: int = 4) -> None:
        """Watch again, for so many calls."""
        turn = self._turn
        while turn.paused:
            self._left = calls
            self._take(turn, _Turn(real.monotonic_ns(), turn.since_ns, paused=False))
            turn = self._turn
        if not turn.until_ns:
            self._apply(turn)  # another thread is at it, and this one cannot wait for it

    def _take(self, last: _Turn, turn: _Turn) -> None:
        """That turn, unless another thread took one meanwhile."""
        if self._turn is last:
            self._turn = turn
            self._apply(turn)

    def _apply(self, turn: _Turn) -> None:
        monitor = self._monitor
        for code in self._codes if monitor.ours else ():
            events = monitor.events(code, start=not turn.paused)
            if self._turn is turn:  # and no other thread runs between this look and the next step
                real.set_local_events(monitor.tool, code, events)
        if not turn.paused:
            turn.until_ns = real.monotonic_ns()

    def beat(self, now_ns: int) -> None:
        """A window is over."""
        turn = self._turn
        if not turn.paused:
            self._left = CALLS_A_WINDOW
        elif now_ns - turn.at_ns >= CALLS_A_WINDOW * CALL_NS * PATIENCE:
            self.go_on(CALLS_A_WINDOW)
        self.tell()

    def tell(self) -> None:
        """Say what was let alone since that was last told."""
        turn, touched, self._touched = self._turn, self._touched, set()
        since_ns, now_ns = turn.since_ns, real.monotonic_ns()
        if since_ns:
            turn.since_ns = 0 if turn.until_ns else now_ns
            reason = "busy queues and other primitives were not recorded all the time"
            self._recorder.gaps.count("other", 0, reason, since_ns, turn.until_ns or now_ns, self._concerned(touched))

    def _concerned(self, touched: set[Known]) -> set[Known] | None:
        """What may have been used unseen: all that acts through these functions and lives, or did when this was last told, or was seen to be used."""
        living = list(self._recorder.things._by_id.values())
        if len(living) > _MOST_LIVING:
            return None
        sharing = {known for known, _ in living if known.primitive in _SHARING and (known.number or known.primitive != "Future")}
        concerned = touched | self._lived | sharing
        self._lived = sharing
        return concerned


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
