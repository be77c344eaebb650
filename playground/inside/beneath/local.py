"""threading.local of the model: every local holds one dictionary per task and puts the right one in place whenever it is touched.

A thread's dictionaries go when the thread ends, a local's when the local goes, cycles included: as in CPython's Modules/_threadmodule.c.
"""

from __future__ import annotations

import weakref
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.task import Task

_get, _set = object.__getattribute__, object.__setattr__


def local_type(baton: Baton) -> type:
    """The class that `_thread._local` is."""

    class Local:
        """Thread-local data"""

        __slots__ = ("__arguments__", "__dict__", "__spaces__", "__weakref__")

        def __new__(cls, /, *args: Any, **kwargs: Any) -> Any:
            if (args or kwargs) and cls.__init__ is object.__init__:
                raise TypeError("Initialization arguments are not supported")
            self = object.__new__(cls)
            _set(self, "__arguments__", (args, kwargs))
            _set(self, "__spaces__", {})
            _own(self, baton.current, _get(self, "__dict__"))
            return self

        def __getattribute__(self, name: str) -> Any:
            _swap_in(self)
            try:
                return _get(self, name)
            except AttributeError:
                if type(self) is not Local:
                    raise
                raise AttributeError(f"'_thread._local' object has no attribute {name!r}", name=name, obj=self) from None

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "__dict__":
                raise _read_only(self)
            _swap_in(self)
            _set(self, name, value)

        def __delattr__(self, name: str) -> None:
            if name == "__dict__":
                raise _read_only(self)
            _swap_in(self)
            if type(self) is Local and name not in _get(self, "__dict__"):
                raise AttributeError(f"'_thread._local' object has no attribute {name!r}", name=name, obj=self)
            object.__delattr__(self, name)

    def _read_only(self: Any) -> AttributeError:
        name = "_thread._local" if type(self) is Local else type(self).__name__
        return AttributeError(f"{name!r} object attribute '__dict__' is read-only")

    def _swap_in(self: Any) -> None:
        me = baton.current
        space = _get(self, "__spaces__").get(me)
        if space is None:
            space = _own(self, me, {})
            _set(self, "__dict__", space)
            args, kwargs = _get(self, "__arguments__")
            try:
                type(self).__init__(self, *args, **kwargs)
            except BaseException:
                del _get(self, "__spaces__")[me]
                raise
        _set(self, "__dict__", space)

    Local.__name__ = Local.__qualname__ = "_local"
    Local.__module__ = "_thread"
    return Local


def forget_locals(task: Task) -> None:
    """What a thread kept in locals goes with the thread."""
    kept, task.locals = task.locals, None
    for reference in kept or ():
        local = reference()
        if local is not None:
            _get(local, "__spaces__").pop(task, None)
            _set(local, "__dict__", {})


def _own(local: Any, task: Task, space: dict[str, Any]) -> dict[str, Any]:
    _get(local, "__spaces__")[task] = space
    if task.locals is None:
        task.locals = []
    task.locals.append(weakref.ref(local))
    return space
