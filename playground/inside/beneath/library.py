"""CPython's own threading.py and queue.py, executed again unmodified on top of the model, and put in the program's way.

Executing threading.py takes 0.24 ms, more than a whole small execution; so it is done once, and before each execution everything in it
that can change is set back. concurrent.futures, sched and whatever else is built on threads is imported afresh by each program that wants it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from itertools import count
from types import CodeType, ModuleType
from typing import Any
from weakref import WeakSet

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.clock import time_module
from playground.inside.beneath.logs import Logs
from playground.inside.beneath.signals import Signals
from playground.inside.beneath.simple_queue import queue_module
from playground.inside.beneath.thread import thread_module
from playground.inside.beneath.tracing import Tracing
from playground.inside.beneath.whole import install

_ONCE = ("threading", "queue")
_FRESH = ("sched", "_threading_local", "concurrent.futures", "concurrent.futures._base", "concurrent.futures.thread")


class _QuietLock:
    """Stands for threading.py's lock over its table of threads: one thread runs at a time, so it guards nothing; leaving it ends a boot."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *exc: object) -> None:
        if self._baton.current.booted_by is not None and exc[0] is None:
            self._baton.booted()


class _Shelf(MetaPathFinder, Loader):
    """Answers imports of the thread-built modules with their own code, read once: 1 ms less for each execution that uses a pool.

    A program that takes threading, queue or what lies beneath them out of sys.modules and imports it again gets the model again.
    """

    def __init__(self, baton: Baton, ready: dict[str, Callable[[], ModuleType]]) -> None:
        """`ready`: modules that need no execution, and how to get them."""
        self._baton = baton
        self._ready = ready

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name in self._ready:
            return ModuleSpec(name, self)
        if name not in _FRESH and name not in _ONCE:
            return None
        spec = _found(name, None if path is None else tuple(path))[0]
        mine = ModuleSpec(name, self, origin=spec.origin, is_package=spec.submodule_search_locations is not None)
        mine.submodule_search_locations, mine.has_location = spec.submodule_search_locations, True
        return mine

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._ready[spec.name]() if spec.name in self._ready else None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in self._ready:
            return
        package = module.__name__.rpartition(".")[0]
        exec(_found(module.__name__, tuple(sys.modules[package].__path__) if package else None)[1], vars(module))
        if module.__name__ in _ONCE:
            _prepare(self._baton, module)
            return
        self._baton.unproven.add(f"{module.__name__} is built of more steps than are told apart")
        if module.__name__ == "concurrent.futures._base":
            module.Future.__hash__ = lambda future: self._baton.serial(future)
        if self._baton.on_import is not None:
            self._baton.on_import(module.__name__)


@cache
def _found(name: str, path: tuple[str, ...] | None) -> tuple[ModuleSpec, CodeType]:
    spec = PathFinder.find_spec(name, path)
    assert spec is not None
    assert spec.loader is not None
    return spec, spec.loader.get_code(name)  # type: ignore[attr-defined]


def read_ahead() -> None:
    """Read the code of these modules now, in a process that many cells are copied from: 4 ms less for each cell."""
    for name in (*_ONCE, *_FRESH):
        package = name.rpartition(".")[0]
        _found(name, tuple(importlib.import_module(package).__path__) if package else None)


class Library:
    """The standard library that the program sees; `enter` before and `leave` after each execution."""

    def __init__(self, baton: Baton) -> None:
        self.baton = baton
        self._signals = Signals(baton)
        self.tracing = Tracing(baton)
        self.thread = thread_module(baton, self._signals.interrupt, self.tracing.stop)
        self._modules: dict[str, ModuleType] = {"_thread": self.thread, "_queue": queue_module(baton), "time": time_module(baton)}
        self._logs = Logs(self._modules["time"])
        self._shelf = _Shelf(baton, {name: partial(self._modules.__getitem__, name) for name in self._modules} | {"logging": self._renewed_logging})
        self._saved: dict[str, ModuleType | None] = {}
        self._before: frozenset[str] = frozenset()
        self._fork_hook = getattr(os, "register_at_fork", None)
        baton.begin(None)
        self._swap_in()
        try:
            for name in _ONCE:
                _forget(name)
                self._modules[name] = importlib.import_module(name)
        finally:
            self._swap_out()
        self.threading = self._modules["threading"]
        self._pristine = {name: dict(vars(self._modules[name])) for name in _ONCE}
        self._classes = [(cls, dict(vars(cls))) for name in _ONCE for cls in vars(self._modules[name]).values()
                         if isinstance(cls, type) and cls.__module__ == name]

    def enter(self) -> None:
        """Everything as after a fresh start of Python; the program's imports now find the model."""
        for name in _ONCE:
            space = vars(self._modules[name])
            space.clear()
            space.update(self._pristine[name])
        for cls, pristine in self._classes:
            if vars(cls) != pristine:
                _restore(cls, pristine)
        self._swap_in()
        self._signals.enter()
        self.tracing.enter()
        self.thread._reset()
        space = vars(self.threading)
        space.update(_active={}, _limbo={}, _dangling=WeakSet(), _counter=count(1).__next__, _threading_atexits=[], _SHUTTING_DOWN=False,
                     _thread_local_info=space["local"]())
        space["_main_thread"] = space["_MainThread"]()

    def _renewed_logging(self) -> ModuleType:
        self._logs.renew(self.threading)
        return self._logs.module

    def leave(self) -> None:
        """Put the real modules back and forget those that the program made us import on top of the model."""
        self.tracing.leave()
        self._signals.leave()
        for name in set(sys.modules) - self._before:
            module = sys.modules[name]
            if name in _FRESH or self._stands_on_model(module):
                _forget(name)
        self._logs.restore()
        self._swap_out()

    def _stands_on_model(self, module: ModuleType) -> bool:
        mine = set(map(id, self._modules.values()))
        space = getattr(module, "__dict__", {})
        return any(id(value) in mine or getattr(value, "__module__", None) in ("threading", "queue", "_thread",
                                                                               "_queue") for value in list(space.values()))

    def _swap_in(self) -> None:
        self._before = frozenset(sys.modules)
        self._saved = {name: sys.modules.get(name) for name in {*self._modules, *_ONCE, *_FRESH, "logging"}}
        for name in (*_FRESH, "logging"):
            _forget(name)
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, self._shelf)
        if self._fork_hook is not None:
            os.register_at_fork = _nothing

    def _swap_out(self) -> None:
        sys.meta_path.remove(self._shelf)
        for name, module in self._saved.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
                package, _, child = name.rpartition(".")
                if package in sys.modules:
                    setattr(sys.modules[package], child, module)
        if self._fork_hook is not None:
            os.register_at_fork = self._fork_hook


def _prepare(baton: Baton, module: ModuleType) -> None:
    """What a new copy of threading or queue needs before threads use it."""
    install(baton, module)
    if module.__name__ == "threading":
        module.Thread.__hash__ = lambda thread: baton.serial(thread)
        vars(module)["_active_limbo_lock"] = _QuietLock(baton)


def _forget(name: str) -> None:
    """Take a module out of sys.modules and out of its package, where `from package import module` would still find it."""
    module = sys.modules.pop(name, None)
    package, _, child = name.rpartition(".")
    if module is not None and vars(sys.modules.get(package, module)).get(child) is module:
        delattr(sys.modules[package], child)


def _nothing(**hooks: Any) -> None:
    """Stands for os.register_at_fork: its registrations could never be taken back (150 kB an execution)."""


def _restore(cls: type, pristine: dict[str, Any]) -> None:
    for name in set(vars(cls)) - set(pristine):
        delattr(cls, name)
    for name, value in pristine.items():
        if vars(cls).get(name) is not value:
            setattr(cls, name, value)
