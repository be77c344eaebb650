"""Tasks on greenlets: a switch costs about a microsecond and no kernel call, so search runs on them.

Two things were paid for. A finished greenlet RETURNS to its hub instead of switching away, else it is never freed (40 kB an execution).
And a switch inside a `sys.monitoring` callback carries CPython's per-thread "a callback is running" counter into the other greenlet, which
then loses its events: PyThreadState_LeaveTracing before and EnterTracing after set it right (public C API, Python 3.11).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from playground.inside.beneath.task import Task

_leave = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyThreadState_LeaveTracing", ctypes.pythonapi))
_enter = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyThreadState_EnterTracing", ctypes.pythonapi))
_state = ctypes.PYFUNCTYPE(ctypes.c_void_p)(("PyThreadState_Get", ctypes.pythonapi))


class Greenlets:
    """The backend of search; everything runs in the thread that calls `run`."""

    def __init__(self) -> None:
        self._hub = getcurrent()
        self._me = ctypes.c_void_p(_state())

    def prepare(self, task: Task, body: Callable[[], Task | None]) -> None:
        task.vehicle = greenlet(body, self._hub)

    def switch(self, here: Task, there: Task) -> None:
        if here.traced:
            _leave(self._me)
            there.vehicle.switch()
            _enter(self._me)
        else:
            there.vehicle.switch()

    def run(self, first: Task) -> None:
        self._hub = getcurrent()
        self._me = ctypes.c_void_p(_state())
        first.vehicle.parent = self._hub
        after: Task | None = first
        while after is not None:
            after = after.vehicle.switch()
