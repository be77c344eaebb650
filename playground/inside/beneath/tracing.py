"""`sys.settrace` and `sys.setprofile` belong to a thread; where threads are greenlets, each must find its own again after a switch.

Nothing of this costs anything until a program sets one: only then is the backend's `switch` wrapped, for the rest of that execution.
"""

from __future__ import annotations

import sys
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.task import Task

_NAMES = ("settrace", "setprofile", "_settraceallthreads", "_setprofileallthreads")


class Tracing:
    """`enter` before and `leave` after each execution; `stop` where a thread ends."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._real: dict[str, Any] = {name: getattr(sys, name) for name in _NAMES}
        self._mine = {name: self._noticing(self._real[name], name.startswith("_")) for name in _NAMES}
        self._used = False
        self._switch: Any = None

    def enter(self) -> None:
        """Nobody traces yet."""
        self._used = False
        vars(sys).update(self._mine)

    def leave(self) -> None:
        """The real functions, and the backend's own switch."""
        vars(sys).update(self._real)
        if self._used:
            del self._baton.backend.switch
            self._used = False

    def stop(self) -> None:
        """A thread that is over is traced no more."""
        if self._used:
            self._real["settrace"](None)
            self._real["setprofile"](None)

    def _noticing(self, original: Any, reaches_all: bool) -> Any:
        def set_function(function: Any, /) -> None:
            if not self._used and function is not None:
                self._used = True
                self._switch = self._baton.backend.switch
                self._baton.backend.switch = self._switch_each_with_its_own  # type: ignore[method-assign]
            if reaches_all and len(self._baton.alive) > 1:
                self._baton.stop("left", "a trace function for all threads reaches into threads that stand still, which no step can do")
            original(function)

        return set_function

    def _switch_each_with_its_own(self, here: Task, there: Task) -> None:
        trace, profile = sys.gettrace(), sys.getprofile()
        self.stop()
        self._switch(here, there)
        if trace is not None:
            self._real["settrace"](trace)
        if profile is not None:
            self._real["setprofile"](profile)
