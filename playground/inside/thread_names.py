"""What the page calls a thread: one rule for both modes.

A name that the program gave is kept. CPython's default ones (`Thread-3 (work)`) become the target's name, or the subclass's, and a number that
counts the threads of that name in the order of their start: `work-1`, `work-2`. A pool's are called after the pool: `pool-1`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import _lru_cache_wrapper, partial
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from playground.inside import real, wording

__builtins__ = real.builtins
_name_of: Callable[[Any], object] = type.__dict__["__name__"].__get__
"""By the interpreter's own slot, as all that follow: a proxy's `__getattr__`, a metaclass's property are the program's code."""
_NAMED: list[tuple[type, Callable[[Any], object]]] = [
    (kind, kind.__dict__["__name__"].__get__)
    for kind in (FunctionType, BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType, MethodWrapperType)]
_cache_names = _lru_cache_wrapper.__dict__["__dict__"].__get__
_WRAPS: list[tuple[type, Callable[[Any], object]]] = [
    (partial, partial.__dict__["func"].__get__), (MethodType, MethodType.__dict__["__func__"].__get__),
    (_lru_cache_wrapper, lambda cached: _cache_names(cached).get("__wrapped__"))]
_MOST_WRAPS = 8
_names_in = type.__dict__["__dict__"].__get__
_bases_of = type.__dict__["__mro__"].__get__


class ThreadNames:
    """The names of one run's threads."""

    def __init__(self) -> None:
        self.namers: list[Callable[[threading.Thread], str]] = []
        """Who may know a better name for a thread that the standard library started."""
        self._started: dict[str, int] = {}

    def of(self, thread: Any) -> str:
        """The name of a threading.Thread at its start; each call for one without a given name takes a number."""
        own = _attributes(thread)
        name = own.get("_name")
        if type(name) is not str:
            return "thread"
        better = next((better for better in (namer(thread) for namer in self.namers) if better), "")
        if better or not name.startswith("Thread-") or not name[7:].split(" ")[0].isdigit():
            return better or name
        target = own.get("_target")
        return self.running(target) if target is not None else self._counted(function_name(type(thread)))

    def running(self, function: object) -> str:
        """A thread that has nothing but a function: one of `_thread`'s."""
        return self._counted(function_name(function))

    def _counted(self, stem: str) -> str:
        self._started[stem] = self._started.get(stem, 0) + 1
        return f"{stem}-{self._started[stem]}"


def _attributes(thread: object) -> dict[str, Any]:
    """The thread's own attributes, in the free class or the one under control, whatever properties a subclass has."""
    found = (_names_in(each).get("__dict__") for each in _bases_of(type(thread)))
    slot: Any = next((each for each in found if type(each) is GetSetDescriptorType), None)
    names: dict[str, Any] = slot.__get__(thread) if slot is not None else {}
    return names


def function_name(function: object) -> str:
    """A function's short name, the type's for what has none of the interpreter's own: nothing of the program's is asked for it."""
    for _ in range(_MOST_WRAPS):
        wrapped = next((read(function) for kind, read in _WRAPS if type(function) is kind), None)
        if wrapped is None:
            break
        function = wrapped
    kind = type(function)
    read = _name_of if wording.is_a(function, type) else next((read for each, read in _NAMED if each is kind), None)
    name = read(function) if read is not None else ""
    name = name if type(name) is str and name else _name_of(kind)
    return name.strip("<>") if type(name) is str else "thread"
