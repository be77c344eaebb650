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
