"""`_queue` of the model: SimpleQueue, which CPython writes in C and which pools are fed through."""

from __future__ import annotations

from collections import deque
from types import GenericAlias, ModuleType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.lock import TIMEOUT_MAX
from playground.inside.beneath.origin import microseconds, seconds
from playground.inside.beneath.task import NEVER, Unwind
from playground.inside.plain import plain
from playground.model.schedule import READ, WRITE, Pending


def queue_module(baton: Baton) -> ModuleType:
    """A module that looks like `_queue`; `Empty` is made here and lives as long as the process, as CPython's does."""

    class Empty(Exception):
        """Exception raised by Queue.get(block=0)/get_nowait()."""

    class SimpleQueue:
        """Simple, unbounded, reentrant FIFO queue."""

        __slots__ = ("__weakref__", "_items")

        _items: deque[Any]

        def __new__(cls, *args: object, **kwargs: object) -> SimpleQueue:
            if cls is SimpleQueue and args:
                raise TypeError("SimpleQueue() takes no positional arguments")
            self = object.__new__(cls)
            self._items = deque()
            return self

        @property
        def open(self) -> bool:
            """A getter may pass while there is an item."""
            return bool(self._items)

        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
            if baton.over and baton.alive:
                raise Unwind
            if baton.alive:
                baton.point(Pending("queue.put", baton.number(self), 0, WRITE))
            self._items.append(item)
            if baton.emit is not None:
                baton.emit("queue.put", baton.current.id, self, len(self._items), plain(item))

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            if block and timeout is not None:
                timeout = seconds(timeout)
                if timeout < 0:
                    raise ValueError("'timeout' must be a non-negative number")
                if timeout > TIMEOUT_MAX:
                    raise OverflowError("timeout value is too large")
            number = baton.number(self)
            if baton.emit is not None and block and not self._items:
                baton.emit("queue.get_blocked", baton.current.id, self, 0 if timeout is None else microseconds(timeout))
            if block and timeout is None:
                baton.point(Pending("queue.get", number, 0, WRITE), self)
            else:
                baton.point(Pending("queue.get", number, 0, WRITE, block))
                if block and timeout and not self._items:
                    baton.point(Pending("queue.get", number, 0, WRITE, True), self, min(NEVER - 1, baton.now + microseconds(timeout)))
            if not self._items:
                if baton.emit is not None:
                    baton.emit("queue.empty", baton.current.id, self)
                raise Empty
            item = self._items.popleft()
            if baton.emit is not None:
                baton.emit("queue.got", baton.current.id, self, len(self._items), plain(item))
            return item

        def put_nowait(self, item: Any) -> None:
            self.put(item)

        def get_nowait(self) -> Any:
            return self.get(False)

        def empty(self) -> bool:
            return not self.qsize()

        def qsize(self) -> int:
            baton.point(Pending("queue.qsize", baton.number(self), 0, READ))
            return len(self._items)

        __class_getitem__: Any = classmethod(GenericAlias)

    for each in (Empty, SimpleQueue):
        each.__module__, each.__qualname__ = "_queue", each.__name__
    module = ModuleType("_queue")
    vars(module).update(Empty=Empty, SimpleQueue=SimpleQueue)
    return module
