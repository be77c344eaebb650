"""What the recorder knows about a thread or an object of the visitor's, without ever calling its methods or keeping it alive.

Objects are found by `id` and watched by a weak reference: a hostile `__hash__` or `__eq__` is never asked.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable

from playground.inside import real

__builtins__ = real.builtins


class Known:
    """A primitive that the visitor's code created. `number` is its id in the trace, 0 until it is first used."""

    __slots__ = ("__weakref__", "capacity", "detail", "line", "name", "number", "primitive", "thread")

    def __init__(self, primitive: str, name: str, detail: str = "", line: int = 0, capacity: int = 0) -> None:
        self.primitive = primitive
        self.name = name
        self.detail = detail
        self.line = line
        self.capacity = capacity
        self.number = 0
        self.thread = -1
        """The number of the thread that this Thread object is, once it was started."""

    def definition(self, number: int) -> bytes:
        """The OBJECT record's payload."""
        return real.json_text({"obj": number, "primitive": self.primitive, "name": self.name[:200], "detail": self.detail[:200],
                               "line": self.line, "capacity": max(0, min(self.capacity, 2**31 - 1))}).encode()


class Member:
    """A thread of the program. `number` is its id in the trace; -1: there were too many."""

    __slots__ = ("crash", "crash_line", "daemon", "line", "name", "number", "obj", "over", "parent", "tid")

    def __init__(self, name: str, daemon: bool, tid: int, parent: int, line: int, obj: int) -> None:
        self.name = name
        self.daemon = daemon
        self.tid = tid
        self.parent = parent
        self.line = line
        self.obj = obj
        self.number = -1
        self.over = False
        self.crash = ""
        """What it crashed with, once it did."""
        self.crash_line = 0

    def definition(self, number: int) -> bytes:
        """The THREAD record's payload."""
        return real.json_text({"thread": number, "obj": self.obj, "name": self.name[:200], "daemon": self.daemon, "tid": self.tid,
                               "parent": max(self.parent, 0), "line": self.line}).encode()


class Things:
    """The living objects that are known, by `id`."""

    __slots__ = ("_by_id",)

    def __init__(self) -> None:
        self._by_id: dict[int, tuple[Known, weakref.ref[object]]] = {}

    def add(self, thing: object, known: Known) -> Known:
        """Remember the thing until it dies; one that cannot be weakly referenced is not remembered."""
        key = id(thing)
        try:
            self._by_id[key] = (known, real.reference(thing, _forget(self._by_id, key)))
        except TypeError:
            return known
        return known

    def get(self, thing: object) -> Known | None:
        """What is known about it."""
        found = self._by_id.get(id(thing))
        return found[0] if found is not None else None


def _forget(by_id: dict[int, tuple[Known, weakref.ref[object]]], key: int) -> Callable[[weakref.ref[object]], None]:
    def forget(reference: weakref.ref[object]) -> None:
        found = by_id.get(key)
        if found is not None and found[1] is reference:
            del by_id[key]

    return forget
