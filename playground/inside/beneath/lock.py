"""Lock and RLock of the model: the only things in it that a thread can truly be kept out of.

A blocking acquire is one point whose gate is the lock itself: the thread is ready exactly while the lock is free, and who of several gets it
is the schedule's choice. Follows CPython 3.13's Modules/_threadmodule.c in what it accepts, refuses and says.
"""

from __future__ import annotations

import _thread as real
import sys
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.origin import library_made, microseconds, seconds
from playground.inside.beneath.task import NEVER, Task, Unwind
from playground.model.schedule import ACQUIRE, READ, RELEASE, WRITE, Pending

TIMEOUT_MAX = 9_223_372_036.0


class _Lock:
    """What both kinds share. `open` is True while nobody holds it; then `holder` is None. `of` is the Condition that made it."""

    __slots__ = ("__weakref__", "holder", "inner", "of", "open")
    baton: Baton

    def __init__(self, *refused: object) -> None:
        if refused:
            raise TypeError(f"lock expected 0 arguments, got {len(refused)}")
        self.open = True
        self.holder: Task | None = None
        self.inner = library_made(sys._getframe(1))
        self.of: Any = None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: object) -> None:
        self.release()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError

    def _at_fork_reinit(self) -> None:
        self.open, self.holder = True, None

    def _wait_until_mine(self, blocking: bool, timeout: float, depth: int = 1) -> bool:
        """Stand before the lock; True once the caller holds it, so often as `depth` says."""
        baton = self.baton
        me = baton.current
        if baton.over:
            if baton.alive:
                raise Unwind
            self.open, self.holder = False, me
            return True
        if blocking and timeout == -1:
            if not self.inner:
                baton.point(Pending("lock.acquire", baton.number(self), 0, ACQUIRE), self)
            elif not self.open:
                baton.point(self._inner_wait(me, False), self)
        else:
            waits = _checked(blocking, timeout)
            if not self.inner:
                baton.point(Pending("lock.acquire" if waits else "lock.try", baton.number(self), 0, WRITE, waits))
            if waits and not self.open:
                pending = self._inner_wait(me, True) if self.inner else Pending("lock.acquire", baton.number(self), 0, WRITE, True)
                if baton.emit is not None and not self.inner:
                    baton.emit("lock.blocked", me.id, self, microseconds(timeout))
                baton.point(pending, self, min(NEVER - 1, baton.now + microseconds(timeout)))
            if not self.open:
                if baton.emit is not None and not self.inner:
                    baton.emit("lock.refused", me.id, self)
                return False
        self.open = False
        self.holder = me
        if baton.emit is not None and not self.inner:
            self._tell_taken(me, depth)
        return True

    def _inner_wait(self, me: Task, timed: bool) -> Pending:
        kind, obj = me.within or ("lock.acquire", self.baton.number(self))
        return Pending(kind, obj, 0, WRITE, timed)

    def _let_go(self) -> None:
        self.open = True
        self.holder = None
        if self.baton.emit is not None and not self.inner:
            self.baton.emit("lock.released", self.baton.current.id, self)

    def _tell_taken(self, me: Task, depth: int) -> None:
        emit = self.baton.emit
        assert emit is not None
        emit("lock.acquired", me.id, self, depth)
        for task in self.baton.alive:
            if task.gate is self:
                emit("lock.blocked", task.id, self)

    def _picture(self, name: str, more: str = "") -> str:
        return f"<{'unlocked' if self.open else 'locked'} {name} object {more}at {id(self):#x}>"


class _PlainLock(_Lock):
    """A lock that one thread at a time holds and anybody may release."""

    __slots__ = ()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        return self._wait_until_mine(blocking, timeout)

    def release(self) -> None:
        baton = self.baton
        if baton.over:
            self.open, self.holder = True, None
            return
        if not self.inner:
            # who does not hold it may release it while others can take it: these race, as a holder's release and an acquire never do
            baton.point(Pending("lock.release", baton.number(self), 0, RELEASE if self.holder is baton.current else WRITE))
        if self.open:
            raise RuntimeError("release unlocked lock")
        self._let_go()

    def locked(self) -> bool:
        if not self.inner and not self.baton.over:
            self.baton.point(Pending("lock.locked", self.baton.number(self), 0, READ))
        return not self.open

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __repr__(self) -> str:
        return self._picture("_thread.lock")


class _ReentrantLock(_Lock):
    """A lock that its holder may take again; `depth` counts how often it did."""

    __slots__ = ("depth",)
    depth: int

    def __new__(cls, *args: object, **kwargs: object) -> _ReentrantLock:
        """Whatever it is given, it ignores: so does CPython's, with a warning in threading.py."""
        self = object.__new__(cls)
        self.open = True
        self.holder = None
        self.depth = 0
        self.inner = library_made(sys._getframe(1))
        self.of = None
        return self

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self.holder is self.baton.current:
            _checked(blocking, timeout)
            self.depth += 1
            if self.baton.emit is not None and not self.inner:
                self.baton.emit("lock.acquired", self.holder.id, self, self.depth)
            return True
        taken = self._wait_until_mine(blocking, timeout)
        if taken:
            self.depth = 1
        return taken

    def release(self) -> None:
        baton = self.baton
        if baton.over:
            self.open, self.holder, self.depth = True, None, 0
            return
        if self.holder is not baton.current:
            raise RuntimeError("cannot release un-acquired lock")
        if self.depth == 1 and not self.inner:
            baton.point(Pending("lock.release", baton.number(self), 0, RELEASE))
        self.depth -= 1
        if not self.depth:
            self._let_go()
        elif baton.emit is not None and not self.inner:
            baton.emit("lock.released", baton.current.id, self, self.depth)

    def _is_owned(self) -> bool:
        return self.holder is self.baton.current

    def _recursion_count(self) -> int:
        return self.depth if self.holder is self.baton.current else 0

    def _release_save(self) -> tuple[int, Task | None]:
        baton = self.baton
        if baton.over:
            raise Unwind
        if not self.depth:
            raise RuntimeError("cannot release un-acquired lock")
        if not self.inner:
            kind, obj = baton.current.within or ("lock.release", 0)
            baton.point(Pending(kind if obj else "lock.release", baton.number(self), 0, RELEASE))
        state = (self.depth, self.holder)
        self.depth = 0
        self._let_go()
        return state

    def _acquire_restore(self, state: tuple[int, Task | None]) -> None:
        self._wait_until_mine(True, -1, state[0])
        self.depth, self.holder = state

    def _at_fork_reinit(self) -> None:
        self.open, self.holder, self.depth = True, None, 0

    def __repr__(self) -> str:
        return self._picture("_thread.RLock", f"owner={self.holder.id + 1 if self.holder else 0} count={self.depth} ")


def _checked(blocking: bool, timeout: Any) -> bool:
    """True if the call may wait for some time; raises what CPython raises."""
    length = seconds(timeout)
    if length == -1:
        return False
    if not blocking:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if length < 0:
        raise ValueError("timeout value must be a non-negative number")
    if length > TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")
    return length > 0


def _locked(self: _ReentrantLock) -> bool:
    """RLock.locked, which came with 3.14."""
    if not self.inner and not self.baton.over:
        self.baton.point(Pending("lock.locked", self.baton.number(self), 0, READ))
    return not self.open


def _no_subclass(cls: type[Any], /, **kwargs: Any) -> None:
    raise TypeError("type '_thread.lock' is not an acceptable base type")


def lock_types(baton: Baton) -> tuple[type[_Lock], type[_Lock]]:
    """Lock and RLock that answer to this baton, under the names that CPython gives them."""
    plain = type("lock", (_PlainLock,), {"__slots__": (), "baton": baton, "__module__": "_thread",
                                         "__init_subclass__": classmethod(_no_subclass)})
    space: dict[str, Any] = {"__slots__": (), "baton": baton, "__module__": "_thread"}
    if hasattr(real.RLock, "locked"):
        space["locked"] = _locked
    reentrant = type("RLock", (_ReentrantLock,), space)
    return plain, reentrant
