"""Where every thread stands at a point of a run: what a slow socket gets instead of the messages it could not take.

Computed only when somebody is slow, over whole columns (no Python-level work per event), and remembered from there on.
"""

from __future__ import annotations

from itertools import compress

from playground import record as record_types

BLOCKED = 5
"""ThreadState.BLOCKED: the only state whose object still matters."""


class Standing:
    """State, line and object of each thread after the batches seen so far. Not thread-safe: its log holds the lock."""

    def __init__(self) -> None:
        self.at_ns = 0
        self._state: dict[int, tuple[int, int]] = {}
        self._line: dict[int, int] = {}

    def see(self, batch: record_types.Batch) -> None:
        """Move on over one batch."""
        if not len(batch):
            return
        self.at_ns = batch.at_ns[-1]
        self._state.update(compress(zip(batch.thread, zip(batch.to, batch.obj, strict=True), strict=True), batch.to))
        self._line.update(compress(zip(batch.thread, batch.line, strict=True), batch.line))

    def threads(self) -> list[list[int]]:
        """One [thread, state, line, obj] for each thread that has a state."""
        return [[thread, state, self._line.get(thread, 0), obj if state == BLOCKED else 0] for thread, (state, obj) in sorted(self._state.items())]
