"""The contract of whatever carries the tasks: real threads or greenlets. Both give the same trace for the same schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from playground.inside.beneath.task import Task


class Backend(Protocol):
    """Exactly one task runs at a time; the baton says which."""

    def prepare(self, task: Task, body: Callable[[], Task | None]) -> None:
        """Give the task something to run on. It does not run yet. `body` returns who goes on after it (None: nobody is left)."""

    def switch(self, here: Task, there: Task) -> None:
        """`here`, which is the caller, stops; `there` goes on. Returns when somebody switches back."""

    def run(self, first: Task) -> None:
        """Let the first task go; returns when a body said that nobody is left."""
