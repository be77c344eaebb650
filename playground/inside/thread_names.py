"""What the page calls a thread: one rule for both modes.

A name that the program gave is kept. CPython's default ones (`Thread-3 (work)`) become the target's name, or the subclass's, and a number that
counts the threads of that name in the order of their start: `work-1`, `work-2`. A pool's are called after the pool: `pool-1`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from playground.inside import real

__builtins__ = real.builtins


class ThreadNames:
    """The names of one run's threads."""

    def __init__(self) -> None:
        self.namers: list[Callable[[threading.Thread], str]] = []
        """Who may know a better name for a thread that the standard library started."""
        self._started: dict[str, int] = {}

    def of(self, thread: Any) -> str:
        """The name of a threading.Thread at its start; each call for one without a given name takes a number."""
        name = thread._name
        if type(name) is not str:
            return "thread"
        better = next((better for better in (namer(thread) for namer in self.namers) if better), "")
        if better or not name.startswith("Thread-") or not name[7:].split(" ")[0].isdigit():
            return better or name
        target = getattr(thread, "_target", None)
        return self.running(target) if target is not None else self._counted(type(thread).__name__)

    def running(self, function: object) -> str:
        """A thread that has nothing but a function: one of `_thread`'s."""
        return self._counted(function_name(function))

    def _counted(self, stem: str) -> str:
        self._started[stem] = self._started.get(stem, 0) + 1
        return f"{stem}-{self._started[stem]}"


def function_name(function: object) -> str:
    """A function's short name; the type's where it has none."""
    name = getattr(function, "__name__", None)
    if type(name) is not str:
        inner = getattr(function, "func", None)
        name = getattr(inner, "__name__", type(function).__name__)
    return str(name).strip("<>") if type(name) is str else "thread"
