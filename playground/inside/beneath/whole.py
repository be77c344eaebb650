"""Operations that count as one: Event.set, Semaphore.acquire, Queue.put ... are one choice each, not one per inner lock.

All that such a method touches lies under its object's inner lock, so every real interleaving of two of them equals one in which each runs
as a whole; a method that reads without the lock reads once. The standard library's code runs unmodified inside: the wrapper only says,
before it starts, what is about to happen, and while it runs, on whose behalf its inner waits are.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.model.schedule import PURE, READ, WRITE, Pending

NEVER_TIMED = 99
OPERATIONS: tuple[tuple[str, str, str, str, int, int], ...] = (
    # module, class, method, kind, how it touches its object, how many plain arguments it has before it may be timed
    ("threading", "Event", "is_set", "event.is_set", READ, NEVER_TIMED),
    ("threading", "Event", "set", "event.set", WRITE, NEVER_TIMED),
    ("threading", "Event", "clear", "event.clear", WRITE, NEVER_TIMED),
    ("threading", "Event", "wait", "event.wait", WRITE, 0),
    ("threading", "Semaphore", "acquire", "semaphore.acquire", WRITE, 1),
    ("threading", "Semaphore", "release", "semaphore.release", WRITE, NEVER_TIMED),
    ("threading", "BoundedSemaphore", "release", "semaphore.release", WRITE, NEVER_TIMED),
    ("threading", "Condition", "wait", "condition.wait", PURE, 0),
    ("threading", "Condition", "notify", "condition.notify", WRITE, NEVER_TIMED),
    ("threading", "Condition", "notify_all", "condition.notify", WRITE, NEVER_TIMED),
    ("threading", "Barrier", "wait", "barrier.wait", WRITE, 0),
    ("threading", "Barrier", "reset", "barrier.reset", WRITE, NEVER_TIMED),
    ("threading", "Barrier", "abort", "barrier.abort", WRITE, NEVER_TIMED),
    ("threading", "Barrier", "n_waiting", "barrier.n_waiting", READ, NEVER_TIMED),
    ("threading", "Barrier", "broken", "barrier.broken", READ, NEVER_TIMED),
    ("threading", "Thread", "is_alive", "thread.is_alive", READ, NEVER_TIMED),
    ("queue", "Queue", "put", "queue.put", WRITE, 2),
    ("queue", "Queue", "get", "queue.get", WRITE, 1),
    ("queue", "Queue", "task_done", "queue.task_done", WRITE, NEVER_TIMED),
    ("queue", "Queue", "join", "queue.join", WRITE, NEVER_TIMED),
    ("queue", "Queue", "qsize", "queue.qsize", READ, NEVER_TIMED),
    ("queue", "Queue", "empty", "queue.empty", READ, NEVER_TIMED),
    ("queue", "Queue", "full", "queue.full", READ, NEVER_TIMED),
    ("queue", "Queue", "shutdown", "queue.shutdown", WRITE, NEVER_TIMED),
)

_THREADS_OWN = ("__init__", "start", "join", "is_alive", "_bootstrap_inner", "_bootstrap", "__repr__", "setDaemon")


def install(baton: Baton, module: ModuleType) -> None:
    """Wrap every operation of the table that belongs to this freshly executed module."""
    own = module.__name__
    private = _thread_codes(module) if own == "threading" else frozenset()
    for home, owner, name, kind, mode, plain in OPERATIONS:
        if home != own:
            continue
        cls = getattr(module, owner)
        original = cls.__dict__.get(name)
        if isinstance(original, property):
            assert original.fget is not None
            setattr(cls, name, property(_whole(baton, original.fget, kind, mode, plain, private)))
        elif original is not None:
            setattr(cls, name, _whole(baton, original, kind, mode, plain, private))
    if own == "threading":
        module.Condition.__init__ = _condition(module.Condition.__init__)
        module.Semaphore.__enter__ = module.Semaphore.acquire


def _condition(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create(self: Any, lock: Any = None) -> None:
        original(self, lock)
        if lock is None:
            self._lock.of = self

    return create


def _whole(baton: Baton, original: Callable[..., Any], kind: str, mode: int, plain: int, private: frozenset[int]) -> Callable[..., Any]:
    @functools.wraps(original)
    def operation(self: Any, *args: Any, **kwargs: Any) -> Any:
        me = baton.current
        if me.within is not None or me.booted_by is not None or baton.over:
            return original(self, *args, **kwargs)
        number = 0 if id(sys._getframe(1).f_code) in private else baton.number(self)
        if mode != PURE and number:
            baton.point(Pending(kind, number, 0, mode, len(args) > plain or (bool(kwargs) and plain < NEVER_TIMED)))
        me.within = (kind, number)
        try:
            return original(self, *args, **kwargs)
        finally:
            me.within = None

    return operation


def _thread_codes(threading: ModuleType) -> frozenset[int]:
    """The code of Thread's own methods: what they do with `_started` is nobody's choice."""
    found = set()
    for cls in (threading.Thread, threading._MainThread, threading._DummyThread):
        for name in _THREADS_OWN:
            code = getattr(cls.__dict__.get(name), "__code__", None)
            if code is not None:
                found.add(id(code))
        prop = cls.__dict__.get("daemon")
        if isinstance(prop, property) and prop.fset is not None:
            found.add(id(prop.fset.__code__))
    return frozenset(found)
