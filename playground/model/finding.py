"""A diagnosis as people read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PossibleOn:
    """Where a failure can happen: True, False (proved), or None (not settled)."""

    gil: bool | None
    free_threaded: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector concluded: a title, a story in plain sentences, and the events that show it.

    `certain` is True only where the trace proves it. `steps` are event seqs. `threads`, `objects` are ids.
    """

    kind: str
    title: str
    story: tuple[str, ...]
    threads: tuple[int, ...]
    objects: tuple[int, ...]
    steps: tuple[int, ...]
    fix: str
    possible_on: PossibleOn
    certain: bool = True


FINDING_LEGEND: tuple[tuple[str, str, str], ...] = (
    ("deadlock", "deadlock", "threads wait for each other, or for somebody who will never come"),
    ("crash", "crash", "an exception that nobody caught left a thread"),
    ("lost_wakeup", "lost wake-up", "a notify came before the wait began, or woke another thread, and nobody is left to notify again"),
    ("forgotten_release", "forgotten release", "a thread ended with a lock or a permit that others wait for"),
    ("data_race", "data race", "two threads use the same variable, one of them writes, and nothing says who is first"),
    ("lock_order", "lock order", "threads take the same locks in opposite orders: it went well this time"),
    ("starvation", "starvation", "a thread could go on again and again and never gets its turn"),
    ("gil_contention", "GIL contention", "threads that compute take turns at the interpreter and are no faster than one"),
)
"""Kind of finding, its word on the page, its sentence."""
