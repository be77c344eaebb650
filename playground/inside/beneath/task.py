"""A task: one thread of the program as the baton sees it."""

from __future__ import annotations

from typing import Any, Protocol

NEVER = 1 << 62
"""A deadline that does not come (microseconds of virtual time)."""
SPINS = 300
"""So many backward jumps without a switch, and a thread must let the others go first."""


class Gate(Protocol):
    """What a waiting task waits for."""

    @property
    def open(self) -> bool:
        """True while the task may pass."""


class Task:
    """Where a thread stands. Only the baton writes to it, except `traced`, which says that a monitoring callback is on its stack."""

    __slots__ = ("booted_by", "context", "daemon", "deadline", "done", "gate", "id", "line", "locals", "rests", "spins", "thread", "traced",
                 "vehicle", "within")

    def __init__(self, number: int, daemon: bool) -> None:
        self.id = number
        self.daemon = daemon
        self.gate: Gate | None = None
        """None: ready. Invariant: a task with a gate is suspended in `Baton.point`."""
        self.deadline = NEVER
        self.done = False
        self.traced = False
        self.booted_by: Task | None = None
        self.spins = 0
        """How often a loop of the program went round while nobody else made a step."""
        self.rests = SPINS
        """After so many rounds the others go first."""
        self.within: tuple[str, int] | None = None
        """The standard library's operation that is going on (its kind, its object's id): what lies inside it is no choice of its own."""
        self.thread: Any = None
        self.vehicle: Any = None
        self.context: Any = None
        self.locals: list[Any] | None = None
        """Weak references to the threading.locals that hold something for this task."""
        self.line = 0


class Unwind(BaseException):
    """Takes a task off its stack when its execution is over; a program that swallows it meets it again at its next point."""
