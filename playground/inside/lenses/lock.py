"""Locks: `threading.Lock`, `threading.RLock` and `_thread.allocate_lock`, where the visitor's code makes them.

A recorded lock's `acquire`, `release`, `__enter__` and `__exit__` are slots: `with` finds them through the slot descriptor. While the budget
lasts they hold recording functions; once it is spent they hold the C lock's own methods, and the lock costs what a plain one costs,
until the next window. The price: who takes it meanwhile is not known; a Gap says so, by the lock's name.
"""

from __future__ import annotations

import _thread
import threading
import weakref
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.kit import FreeKit, Lens, Wait
from playground.inside.lenses.lock_faces import MAKERS, RESTORE, RecordedLock, RecordedRLock, is_recorded, is_thin, named, put
from playground.inside.monitor import code_of
from playground.inside.operands import seen, site_of
from playground.inside.recorder import microseconds
from playground.inside.things import Known
from playground.model.event import KIND_ID

__builtins__ = real.builtins

BLOCKED, ACQUIRED = KIND_ID["lock.blocked"], KIND_ID["lock.acquired"]
RELEASED, REFUSED = KIND_ID["lock.released"], KIND_ID["lock.refused"]
A_WINDOW_ALL = 500
A_WINDOW_EACH = 150
MOST_MADE = 1_000
"""Locks that are recorded from the start; later ones as room is made."""
MADE_A_WINDOW = 20
"""Room for so many locks more is made in each window: making a recorded one costs 60 us more than a plain one."""
_PATIENCE = 10
_PAIR_NS = 1_600
_RECORDED_WAIT = "_methods.<locals>.wait"
"""The function below in which a thread stands that waits for a lock while it is recorded."""
_LONGEST = _thread.TIMEOUT_MAX

type Method = Callable[..., Any]
type Thin = tuple[weakref.ref[RecordedLock], Known, int]
"""A lock that is the plain one for a while, and since when."""


class Locks:
    """Makes recorded locks and keeps their common budget."""

    def __init__(self, kit: FreeKit) -> None:
        self.kit = kit
        self.left = [A_WINDOW_ALL, 0]
        """Acquisitions left in this window for all locks; the window's number."""
        self.thin: list[Thin] = []
        self._spent = 0
        self._since_ns = 0
        self._room = MOST_MADE
        self._quiet = Known("Lock", "more locks")
        """Stands for all locks that are never recorded."""
        self._quiet_ns = 0

    def make(self, face: type[RecordedLock], raw: Any, frame: FrameType, called: str) -> RecordedLock:
        """The lock that the visitor's frame asks for; never recorded if it asks for too many."""
        if self._room <= 0:
            return self._unrecorded(face, raw)
        self._room -= 1
        name, detail, line = self.kit.names.of(frame, called)
        return self.made(face, raw, Known("RLock" if called == "rlock" else "Lock", name, detail, line))

    def _unrecorded(self, face: type[RecordedLock], raw: Any) -> RecordedLock:
        if not self._quiet_ns:
            self._quiet_ns = real.monotonic_ns()
            self.kit.recorder.number(self._quiet)
        lock: RecordedLock = object.__new__(face)
        lock._raw, lock._known, lock._arm = raw, self._quiet, _stays
        put(lock, raw.__enter__, raw.__exit__, raw.acquire, raw.release)
        return lock

    def made(self, face: type[RecordedLock], raw: Any, known: Known) -> RecordedLock:
        """A lock of that face around the C lock."""
        lock: RecordedLock = object.__new__(face)
        lock._raw, lock._known = raw, known
        lock._arm = _methods(self, lock, raw, known)
        lock._arm(lock)
        return lock

    def thinned(self, lock: RecordedLock, known: Known) -> None:
        """That lock's budget is spent: from now on it is the plain one."""
        raw = lock._raw
        entry = weakref.ref(lock), known, real.monotonic_ns()
        put(lock, raw.__enter__, raw.__exit__, raw.acquire, raw.release)
        self.thin.append(entry)

    def release_save(self, lock: RecordedRLock) -> Any:
        """Condition.wait lets go of the lock, however often it was taken."""
        if lock._raw._is_owned() and records(lock):
            self.kit.emit(RELEASED, lock._known, real.getframe(2))
        return lock._raw._release_save()

    def acquire_restore(self, lock: RecordedRLock, state: Any) -> None:
        """Condition.wait takes the lock again; who waits for it may have to wait a second time."""
        raw, known, frame = lock._raw, lock._known, real.getframe(2)
        if not records(lock):
            raw._acquire_restore(state)
            return
        if raw.acquire(False):
            for _ in range(state[0] - 1):
                raw.acquire()
        else:
            self.kit.emit(BLOCKED, known, frame)
            raw._acquire_restore(state)
        if is_thin(lock):
            lock._arm(lock)
        self.kit.emit(ACQUIRED, known, frame, state[0])

    def beat(self, now_ns: int) -> None:
        """A window is over: arm the thin locks again once that is paid for, and fill the budget up."""
        left = self.left
        self._room = min(MOST_MADE, self._room + MADE_A_WINDOW)
        self._spent += A_WINDOW_ALL - left[0]
        left[0] = A_WINDOW_ALL
        left[1] += 1
        if not self.thin:
            self._spent, self._since_ns = 0, now_ns
            return
        if now_ns - self._since_ns < self._spent * _PAIR_NS * _PATIENCE:
            return
        fresh: list[Thin] = []
        thin, self.thin = self.thin, fresh
        for reference, _, _ in thin:
            lock = reference()
            if lock is not None:
                lock._arm(lock)
        self._tell(thin)
        self._spent, self._since_ns = 0, now_ns

    def tell(self) -> None:
        """Say which locks are thin, and that there were more than are recorded."""
        self._tell(self.thin)
        if self._quiet_ns:
            words = "there were too many locks to record them all; who held the others is not known"
            self.kit.recorder.gaps.count("lock", 0, words, self._quiet_ns, objects=(self._quiet,))

    def _tell(self, thin: list[Thin]) -> None:
        since: dict[Known, int] = {}
        for _, known, since_ns in thin:
            since[known] = min(since.get(known, since_ns), since_ns)
        for known, since_ns in since.items():
            words = "hot locks were not recorded all the time; who held them then is not known"
            self.kit.recorder.gaps.count("lock", 0, words, since_ns, objects=(known,))

    def end(self) -> None:
        """Nothing is recorded any more: the emitters do nothing, the locks stay as they are."""
        self.left[0] = 0


def standing(frame: FrameType, _ident: int) -> tuple[Wait, FrameType] | None:
    """The recorded lock that a frame stands before without a timeout; perhaps it was the plain one when that began."""
    if frame.f_globals is globals() and frame.f_code.co_qualname == _RECORDED_WAIT:
        inside = frame.f_locals
        return (Wait(BLOCKED, inside["known"]), inside["at"]) if inside["timeout"] == -1 else None
    site = site_of(frame)
    if site is None:
        return None
    instruction, callee = site.instruction, site.top(2)
    lock: Any = None
    if instruction.opname == "BEFORE_WITH":
        lock = seen(site.top(), frame)
    elif instruction.opname == "CALL" and not instruction.arg and callee.name in ("acquire", "__enter__") and callee.of is not None:
        lock = seen(callee.of, frame)
    return (Wait(BLOCKED, lock._known), frame) if is_recorded(lock) and records(lock) and _taken(lock) else None


def holding(frame: FrameType) -> Iterator[Known]:
    """The recorded locks whose `with` blocks a frame stands in."""
    site = site_of(frame)
    for origin in site.stack if site is not None else ():
        if origin.how == "exit" and origin.of is not None:
            lock = seen(origin.of, frame)
            lock = getattr(lock, "_lock", lock) if type(lock) is threading.Condition else lock
            if is_recorded(lock) and records(lock) and _taken(lock):
                yield lock._known


def _taken(lock: RecordedLock) -> bool:
    raw = lock._raw
    return bool(raw.locked()) if type(raw) is real.LockType else "owner=0 " not in repr(raw)


def records(lock: RecordedLock) -> bool:
    """Whether anything that it does is ever recorded."""
    return lock._arm is not _stays


def _stays(_lock: RecordedLock) -> None:
    """A lock that is never recorded has nothing to arm."""


def _methods(locks: Locks, lock: RecordedLock, raw: Any, known: Known) -> Callable[[RecordedLock], None]:
    """The four recording methods of one lock; they hold the C lock, never the lock itself, so that it dies when its last user goes."""
    recorder = locks.kit.recorder
    emit, number, line_of, waiting, me = recorder.emit, recorder.number, recorder.line_of, recorder.waiting, recorder.me
    raw_acquire, raw_release, frame = raw.acquire, raw.release, real.getframe
    reentrant = type(raw) is real.RLockType
    held = raw._is_owned if reentrant else raw.locked
    depth = raw._recursion_count if reentrant else None
    all_left, own_left = locks.left, [A_WINDOW_EACH, 0]
    reference = weakref.ref(lock)

    def took() -> None:
        own_left[0] -= 1
        all_left[0] -= 1

    def enter() -> bool:
        if raw_acquire(False):
            own_left[0] -= 1
            all_left[0] -= 1
            emit(ACQUIRED, known.number or number(known), line_of(frame(1)), depth() if depth else 1)
            return True
        return wait(frame(1), -1)

    def acquire(blocking: object = True, timeout: Any = -1) -> bool:
        at = frame(1)
        if (blocking is not True or timeout != -1) and (not blocking or type(timeout) not in (int, float) or not 0 < timeout <= _LONGEST):
            got = bool(raw_acquire(blocking, timeout))
            took()
            emit(ACQUIRED if got else REFUSED, known.number or number(known), line_of(at), depth() if depth else int(got))
            return got
        if raw_acquire(False):
            took()
            emit(ACQUIRED, known.number or number(known), line_of(at), depth() if depth else 1)
            return True
        return wait(at, timeout)

    def wait(at: FrameType, timeout: Any) -> bool:
        line, obj, thread = line_of(at), number(known), me()
        waiting[thread] = known
        emit(BLOCKED, obj, line, microseconds(timeout))
        got: bool = False
        try:
            got = raw_acquire(True, timeout)
        finally:
            waiting.pop(thread, None)
            took()
            lock = reference()
            if got and lock is not None and is_thin(lock):
                arm(lock)
            emit(ACQUIRED if got else REFUSED, obj, line, depth() if got and depth else int(got))
        return got

    def release() -> None:
        if held():
            left = depth() - 1 if depth else 0
            emit(RELEASED, known.number or number(known), line_of(frame(1)), left)
            if not left and (own_left[0] <= 0 or all_left[0] <= 0):
                spent()
        raw_release()

    def leave(_type: object = None, _value: object = None, _trace: object = None, /) -> None:
        if held():
            left = depth() - 1 if depth else 0
            emit(RELEASED, known.number or number(known), line_of(frame(1)), left)
            if not left and (own_left[0] <= 0 or all_left[0] <= 0):
                spent()
        raw_release()

    def spent() -> None:
        if own_left[1] != all_left[1] and all_left[0] > 0:
            own_left[0], own_left[1] = A_WINDOW_EACH, all_left[1]
            return
        lock = reference()
        if lock is not None:
            locks.thinned(lock, known)

    def arm(lock: RecordedLock) -> None:
        own_left[0], own_left[1] = A_WINDOW_EACH, all_left[1]
        put(lock, enter, leave, acquire, release)

    return arm


def _rlock_factory(kit: FreeKit, locks: Locks, original: Method) -> Method:
    condition_init = code_of(threading.Condition.__init__)

    def RLock(*args: Any, **keywords: Any) -> Any:
        """Factory function that returns a new reentrant lock.

        A reentrant lock must be released by the thread that acquired it. Once a
        thread has acquired a reentrant lock, the same thread may acquire it again
        without blocking; the thread must release it once for each time it has
        acquired it.

        """
        if not args and not keywords:
            frame = real.getframe(1)
            if kit.recorder.mine(frame):
                return locks.make(RecordedRLock, real.RLockType(), frame, "rlock")
            if frame.f_code is condition_init:
                known = kit.known(frame.f_locals["self"])
                if known is not None:
                    return locks.made(RecordedRLock, real.RLockType(), known)
        return original(*args, **keywords)

    RLock.__module__ = "threading"
    RLock.__qualname__ = "RLock"
    return RLock


def install(kit: FreeKit) -> None:
    """Put them in place."""
    locks = Locks(kit)
    kit.raw = lambda lock: lock._raw if is_recorded(lock) else lock
    kit.recorder.beats.append(locks.beat)
    kit.recorder.last_words.append(locks.tell)
    kit.recorder.endings.append(locks.end)
    mine = kit.recorder.mine
    MAKERS.lock = lambda frame, _face: locks.make(RecordedLock, real.allocate_lock(), frame, "lock") if mine(frame) else real.allocate_lock()
    MAKERS.rlock = lambda frame, face: (
        locks.make(face, real.RLockType(), frame, "rlock") if mine(frame) or face is not RecordedRLock else real.RLockType())
    RESTORE.release_save, RESTORE.acquire_restore = locks.release_save, locks.acquire_restore
    named(RecordedLock, "lock")
    named(RecordedRLock, "RLock")
    kit.standing.append(standing)
    kit.holding = holding
    replaced: tuple[tuple[Any, str, object], ...] = (
        (threading, "Lock", RecordedLock), (threading, "RLock", _rlock_factory(kit, locks, threading.RLock)),
        (_thread, "LockType", RecordedLock), (_thread, "lock", RecordedLock), (_thread, "RLock", RecordedRLock),
        (_thread, "allocate_lock", MAKERS.allocate_lock), (_thread, "allocate", MAKERS.allocate_lock),
    )
    for module, name, substitute in replaced:
        setattr(module, name, substitute)


LENS = Lens("lock", ("threading.Lock", "threading.RLock", "_thread.allocate_lock"), install)
