"""Who holds which locks, and in which order they were taken: the edges of the lock graph (Havelund 2000, Bensalem and Havelund 2005)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.model.clock import Clock
from playground.model.event import KIND_ID, Batch
from playground.model.record import Gap

LOCKING = frozenset(KIND_ID[name] for name in ("lock.acquired", "lock.released", "lock.blocked", "lock.refused"))
_ACQUIRED, _RELEASED, _BLOCKED = (KIND_ID[name] for name in ("lock.acquired", "lock.released", "lock.blocked"))
_MAY_GIVE_UP = re.compile(r"\.acquire\(\s*[^)\s]")
"""A call of acquire with an argument: it may return without the lock, and then nobody is stuck."""
EACH = 2
"""So many nestings of two locks by one thread are kept, the first ones."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """A thread that held `outer` took `inner`; `gates` are the other locks that it held. `at` is its own time then, `clock` the others'."""

    thread: int
    outer: int
    inner: int
    gates: frozenset[int]
    outer_line: int
    inner_line: int
    outer_seq: int
    inner_seq: int
    at: int
    clock: Clock


class LocksHeld:
    """Fed the events of locks; `took` answers with the nestings that one acquisition makes."""

    def __init__(self, source: str) -> None:
        self._patient = [not _MAY_GIVE_UP.search(line) for line in source.splitlines()]
        self._all_patient = all(self._patient)
        self._held: dict[int, dict[int, tuple[int, int, frozenset[int]]]] = {}
        """By thread and lock: line and seq of its taking, and what the thread held then."""
        self._counts: dict[tuple[int, int, int], int] = {}
        self.wanted: dict[int, int] = {}
        """The lock that a thread waits for."""

    def event(self, batch: Batch, at: int) -> list[tuple[int, int, int]]:
        """Follow one event of a kind in LOCKING; new pairs (outer lock, line, seq) under which the thread took this lock."""
        kind, thread, obj = batch.kind[at], batch.thread[at], batch.obj[at]
        self.wanted.pop(thread, None)
        if kind == _BLOCKED:
            self.wanted[thread] = obj
        elif kind == _RELEASED and not batch.value[at]:
            if self._held.get(thread, {}).pop(obj, None) is None:
                for held in self._held.values():
                    held.pop(obj, None)
        elif kind == _ACQUIRED:
            return self._took(batch, at, thread, obj)
        return []

    def gates(self, thread: int, *but: int) -> frozenset[int]:
        """The other locks that the thread holds."""
        return frozenset(self._held.get(thread, {})) - set(but)

    def ended(self, thread: int) -> None:
        """The thread is over and takes no more locks; what it left locked stays locked."""
        self._held.pop(thread, None)
        self.wanted.pop(thread, None)

    def gap(self, gap: Gap) -> None:
        """Who holds those locks is not known any more."""
        for held in self._held.values():
            for obj in gap.objects or tuple(held):
                held.pop(obj, None)

    def _took(self, batch: Batch, at: int, thread: int, obj: int) -> list[tuple[int, int, int]]:
        held = self._held.setdefault(thread, {})
        if obj in held:
            return []
        line = batch.line[at]
        new = []
        if held and self._waits_for_ever(line):
            for outer, (outer_line, seq, under) in held.items():
                if obj in under:
                    continue  # taken under this very lock and kept beyond it: it stands for a state that the other lock guards
                key = (thread, outer, obj)
                count = self._counts.get(key, 0)
                if count < EACH:
                    self._counts[key] = count + 1
                    new.append((outer, outer_line, seq))
        held[obj] = line, batch.first_seq + at, frozenset(held)
        return new

    def _waits_for_ever(self, line: int) -> bool:
        return self._patient[line - 1] if 0 < line <= len(self._patient) else self._all_patient
