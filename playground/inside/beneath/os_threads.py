"""Tasks on real operating-system threads: what stepping, replay and every confirmed failure run on.

Each carrier thread owns one lock and sleeps in it; to switch is to release the other's lock and to sleep in one's own. Carriers are
kept between executions: making a thread costs about as much as ten switches.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable

from playground.inside.beneath.task import Task

_start, _lock = _thread.start_new_thread, _thread.allocate_lock


class _Carrier:
    """One real thread that runs one body after another."""

    def __init__(self, owner: OsThreads) -> None:
        self.go = _lock()
        self.go.acquire()
        self.body: Callable[[], Task | None] | None = None
        self._owner = owner
        _start(self._live, ())

    def _live(self) -> None:
        while True:
            self.go.acquire()
            body, self.body = self.body, None
            if body is None:
                return
            after = body()
            del body
            self._owner.idle.append(self)
            (after.vehicle.go if after is not None else self._owner.over).release()
            del after


class OsThreads:
    """The backend of record."""

    def __init__(self) -> None:
        self.idle: list[_Carrier] = []
        self.over = _lock()
        self.over.acquire()

    def prepare(self, task: Task, body: Callable[[], Task | None]) -> None:
        task.vehicle = self.idle.pop() if self.idle else _Carrier(self)
        task.vehicle.body = body

    def switch(self, here: Task, there: Task) -> None:
        there.vehicle.go.release()
        here.vehicle.go.acquire()

    def run(self, first: Task) -> None:
        first.vehicle.go.release()
        self.over.acquire()
