"""threading.local of the model: one dictionary per task, swapped in whenever an attribute is touched."""

from __future__ import annotations

from typing import Any

from playground.inside.beneath.baton import Baton


def local_type(baton: Baton) -> type:
    """The class that `_thread._local` is."""

    class Local:
        """Attributes that every thread has for itself."""

        __slots__ = ("__dict__", "__weakref__", "_arguments", "_key")

        def __new__(cls, /, *args: Any, **kwargs: Any) -> Any:
            if (args or kwargs) and cls.__init__ is object.__init__:
                raise TypeError("Initialization arguments are not supported")
            self = object.__new__(cls)
            object.__setattr__(self, "_arguments", (args, kwargs))
            key = object()
            object.__setattr__(self, "_key", key)
            _spaces(baton)[key] = object.__getattribute__(self, "__dict__")
            return self

        def __getattribute__(self, name: str) -> Any:
            _swap_in(self)
            return object.__getattribute__(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "__dict__":
                raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
            _swap_in(self)
            object.__setattr__(self, name, value)

        def __delattr__(self, name: str) -> None:
            if name == "__dict__":
                raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
            _swap_in(self)
            object.__delattr__(self, name)

    def _swap_in(self: Any) -> None:
        spaces = _spaces(baton)
        key = object.__getattribute__(self, "_key")
        space = spaces.get(key)
        if space is not None:
            object.__setattr__(self, "__dict__", space)
            return
        spaces[key] = space = {}
        object.__setattr__(self, "__dict__", space)
        args, kwargs = object.__getattribute__(self, "_arguments")
        type(self).__init__(self, *args, **kwargs)

    Local.__name__ = Local.__qualname__ = "_local"
    Local.__module__ = "_thread"
    return Local


def _spaces(baton: Baton) -> dict[object, dict[str, Any]]:
    task = baton.current
    if task.locals is None:
        task.locals = {}
    return task.locals
