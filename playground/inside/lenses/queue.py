"""Queues: Queue, LifoQueue, PriorityQueue by their own code, SimpleQueue by a subclass of the C class.

An item counts as put when `put` notifies and as taken when `get` notifies, both with the mutex held: size and order are exact.
"""

from __future__ import annotations

import _queue
import queue
from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.kit import Allowance, FreeKit, Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.inside.recorder import microseconds
from playground.inside.things import Known
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_PUT_BLOCKED, _PUT, _FULL = KIND_ID["queue.put_blocked"], KIND_ID["queue.put"], KIND_ID["queue.full"]
_GET_BLOCKED, _GOT, _EMPTY = KIND_ID["queue.get_blocked"], KIND_ID["queue.got"], KIND_ID["queue.empty"]
_TASK_DONE, _JOINING, _JOINED = KIND_ID["queue.task_done"], KIND_ID["queue.joining"], KIND_ID["queue.joined"]
_SHUT_DOWN = KIND_ID["queue.shut_down"]
_A_WINDOW = 300
_MOST = 0xFFFF_FFFF
_SimpleQueue = _queue.SimpleQueue


class Queues:
    """The callbacks for queue.Queue's code."""

    def __init__(self, kit: Kit, budget: Allowance) -> None:
        self.kit = kit
        self.budget = budget

    def created(self, frame: FrameType) -> None:
        """Queue.__init__, called by the visitor's code."""
        if self.kit.visitors(frame.f_back):
            thing, size = frame.f_locals["self"], frame.f_locals["maxsize"]
            kinds = self.kit.queue
            primitive = "LifoQueue" if isinstance(thing, kinds.LifoQueue) else "PriorityQueue" if isinstance(thing, kinds.PriorityQueue) else "Queue"
            self.kit.created(thing, primitive, frame.f_back, size if type(size) is int else 0)

    def put_waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """put: the queue is full."""
        return self._wait(_PUT_BLOCKED, frame, timeout)

    def get_waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """get: the queue is empty."""
        return self._wait(_GET_BLOCKED, frame, timeout)

    def join_waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """join: tasks are unfinished."""
        return self._wait(_JOINING, frame, timeout)

    def _wait(self, kind: int, frame: FrameType, timeout: object) -> Wait | None:
        known = self.kit.known(frame.f_locals["self"])
        return Wait(kind, known, microseconds(timeout)) if known is not None else None

    def put(self, frame: FrameType) -> None:
        """put has put the item and notifies."""
        self._moved(_PUT, frame)

    def got(self, frame: FrameType) -> None:
        """get has the item and notifies."""
        self._moved(_GOT, frame)

    def _moved(self, kind: int, frame: FrameType) -> None:
        variables = frame.f_locals
        thing = variables["self"]
        kit = self.kit
        known = kit.known(thing)
        if known is not None and (kit.end_wait(known) or self.budget.allows(known)):
            kit.emit(kind, known, frame.f_back, _size(thing), kit.note(variables["item"]))

    def put_left(self, frame: FrameType, raised: BaseException) -> None:
        """put raised: Full, ShutDown, or what a signal handler raised."""
        self._left(_FULL, frame, isinstance(raised, self.kit.queue.Full))

    def get_left(self, frame: FrameType, raised: BaseException) -> None:
        """get raised: Empty, ShutDown, or what a signal handler raised."""
        self._left(_EMPTY, frame, isinstance(raised, self.kit.queue.Empty))

    def _left(self, kind: int, frame: FrameType, refused: bool) -> None:
        thing = frame.f_locals["self"]
        known = self.kit.known(thing)
        if known is not None and (self.kit.end_wait(known) or (refused and self.budget.allows(known))):
            self.kit.emit(kind, known, frame.f_back, _size(thing))

    def joined(self, frame: FrameType, _value: object) -> None:
        """join returned."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.kit.end_wait(known):
            self.kit.emit(_JOINED, known, frame.f_back)

    def join_left(self, frame: FrameType, _raised: BaseException) -> None:
        """An exception ended the wait."""
        self.joined(frame, None)

    def last_done(self, frame: FrameType) -> None:
        """task_done of the last task notifies: reported before those in join go on."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None:
            self.kit.emit(_TASK_DONE, known, frame.f_back, 0)

    def task_done(self, frame: FrameType, _value: object) -> None:
        """task_done returned, and it was not the last."""
        left = frame.f_locals.get("unfinished")
        known = self.kit.known(frame.f_locals["self"]) if type(left) is int and left > 0 else None
        if known is not None and self.budget.allows(known):
            self.kit.emit(_TASK_DONE, known, frame.f_back, min(left or 0, _MOST))

    def shut_down(self, frame: FrameType) -> None:
        """shutdown is called."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None:
            self.kit.emit(_SHUT_DOWN, known, frame.f_back)


def _size(thing: Any) -> int:
    """How many items are in it, without calling a method that the visitor may have written."""
    items = getattr(thing, "queue", None)
    try:
        return min(items.__len__(), _MOST) if type(items).__module__ in ("collections", "builtins") else 0  # type: ignore[union-attr]
    except (AttributeError, TypeError):
        return 0


_STATE: list[tuple[FreeKit, Allowance]] = []


class SimpleQueue(_SimpleQueue):  # type: ignore[type-arg]
    """Simple, unbounded, reentrant FIFO queue."""

    def __new__(cls, *args: object, **keywords: object) -> Any:
        """The visitor's code gets one that is recorded, the standard library the C class's own."""
        frame = real.getframe(1)
        if _STATE and (cls is not SimpleQueue or _STATE[0][0].recorder.mine(frame)):
            thing = _SimpleQueue.__new__(cls)
            _STATE[0][0].created(thing, "SimpleQueue", frame)
            return thing
        return _SimpleQueue(*args, **keywords)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put the item on the queue; it never blocks."""
        known = _simple(self)
        if known is not None and _STATE[0][1].allows(known):
            kit = _STATE[0][0]
            kit.emit(_PUT, known, real.getframe(1), _SimpleQueue.qsize(self) + 1, kit.note(item))
        return _SimpleQueue.put(self, item, block, timeout)

    def put_nowait(self, item: Any) -> None:
        """Put an item into the queue without blocking."""
        return SimpleQueue.put(self, item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Remove and return an item from the queue, waiting for one if need be."""
        known = _simple(self)
        if known is None:
            return _SimpleQueue.get(self, block, timeout)
        kit, budget = _STATE[0]
        frame = real.getframe(1)
        waits = bool(block) and _SimpleQueue.empty(self) and (timeout is None or (type(timeout) in (int, float) and timeout > 0))
        if waits:
            kit.begin_wait(Wait(_GET_BLOCKED, known, microseconds(timeout)), frame)
        try:
            item = _SimpleQueue.get(self, block, timeout)
        except BaseException as error:
            if kit.end_wait(known) or (isinstance(error, queue.Empty) and budget.allows(known)):
                kit.emit(_EMPTY, known, frame)
            raise
        if kit.end_wait(known) or budget.allows(known):
            kit.emit(_GOT, known, frame, _SimpleQueue.qsize(self), kit.note(item))
        return item

    def get_nowait(self) -> Any:
        """Remove and return an item from the queue without blocking."""
        return SimpleQueue.get(self, False)


def _simple(thing: SimpleQueue) -> Known | None:
    return _STATE[0][0].known(thing) if _STATE else None


def observe(kit: Kit) -> Allowance:
    """Watch the code of queue.py."""
    budget = kit.budget("queue", _A_WINDOW)
    queues = Queues(kit, budget)
    watch, cls = kit.monitor.watch, kit.queue.Queue
    watch(code_of(cls.__init__), start=queues.created)
    watch(code_of(cls.put), unwind=queues.put_left)
    watch(code_of(cls.get), unwind=queues.get_left)
    watch(code_of(cls.join), leave=queues.joined, unwind=queues.join_left)
    watch(code_of(cls.task_done), leave=queues.task_done)
    if hasattr(cls, "shutdown"):
        watch(code_of(cls.shutdown), start=queues.shut_down)
    kit.waits[id(code_of(cls.put))], kit.waits[id(code_of(cls.get))] = queues.put_waits, queues.get_waits
    kit.waits[id(code_of(cls.join))] = queues.join_waits
    kit.wakes[id(code_of(cls.put))], kit.wakes[id(code_of(cls.get))] = queues.put, queues.got
    kit.wakes[id(code_of(cls.task_done))] = queues.last_done
    return budget


def install(kit: FreeKit) -> None:
    """Put it in place."""
    budget = observe(kit)
    _STATE.append((kit, budget))
    SimpleQueue.__module__ = "_queue"
    replaced: tuple[Any, ...] = (queue, _queue)
    for module in replaced:
        module.SimpleQueue = SimpleQueue


LENS = Lens("queue", ("queue.Queue", "queue.LifoQueue", "queue.PriorityQueue", "queue.SimpleQueue"), install, observe)
