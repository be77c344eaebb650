"""A Gap: what was not recorded, and what that puts in doubt (static/js/core/gaps.js says the same to the page)."""

from __future__ import annotations

from dataclasses import dataclass

GAP_FAMILIES = frozenset({"line", "lock", "queue", "condition", "semaphore", "event", "barrier", "sleep", "thread", "pool", "output", "other"})
_CARRIED = frozenset({"line", "output"})
"""Families whose gaps hide no state."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What was not recorded between two times, counted by family; empty `threads`/`objects` mean all of them."""

    from_ns: int
    to_ns: int
    counts: dict[str, int]
    threads: tuple[int, ...]
    objects: tuple[int, ...]
    reason: str

    @property
    def hides_state(self) -> bool:
        """Whether more than lines and output may be missing: what threads wait for, who has what."""
        return not self.counts or not self.counts.keys() <= _CARRIED
