"""Tasks on greenlets: a switch costs about a microsecond and no kernel call, so search runs on them.

Two things were paid for. A greenlet whose body is over goes back to its hub and waits there for the next body: one that switched away would never be
freed (40 kB an execution), and a fresh one costs 8 us more than one that is used again.
And a switch inside a `sys.monitoring` callback carries CPython's per-thread "a callback is running" counter into the other greenlet, which
then loses its events: PyThreadState_LeaveTracing before and EnterTracing after set it right (public C API, Python 3.11).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from playground.inside.beneath.task import Task

_leave = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyThreadState_LeaveTracing", ctypes.pythonapi))
_enter = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyThreadState_EnterTracing", ctypes.pythonapi))
_state = ctypes.PYFUNCTYPE(ctypes.c_void_p)(("PyThreadState_Get", ctypes.pythonapi))


class _Carrier:
    """One greenlet that runs one body after another: a fresh one costs 8 us, since CPython maps a frame chunk for each."""

    __slots__ = ("body", "go")

    def __init__(self, owner: Greenlets) -> None:
        self.body: Callable[[], Task | None] | None = None
        self.go = greenlet(partial(_live, self, owner._idle, owner._hub.switch), owner._hub).switch


def _live(carrier: _Carrier, idle: list[_Carrier], home: Callable[[Task | None], None]) -> None:
    """Never finishes; when its body is over it waits at the hub to be given another."""
    while True:
        body, carrier.body = carrier.body, None
        assert body is not None
        after = body()
        del body
        idle.append(carrier)
        home(after)
        del after


class Greenlets:
    """The backend of search; everything runs in the thread that calls `run`."""

    def __init__(self) -> None:
        self._hub = getcurrent()
        self._me = ctypes.c_void_p(_state())
        self._idle: list[_Carrier] = []

    def prepare(self, task: Task, body: Callable[[], Task | None]) -> None:
        carrier = self._idle.pop() if self._idle else _Carrier(self)
        carrier.body = body
        task.vehicle = carrier

    def switch(self, here: Task, there: Task) -> None:
        if here.traced:
            _leave(self._me)
            there.vehicle.go()
            _enter(self._me)
        else:
            there.vehicle.go()

    def run(self, first: Task) -> None:
        hub = getcurrent()
        if hub is not self._hub:
            self._idle.clear()
            self._hub = hub
        self._me = ctypes.c_void_p(_state())
        after: Task | None = first
        while after is not None:
            after = after.vehicle.go()
