"""Who holds which locks, and in which order they were taken: the edges of the lock graph (Havelund 2000, Bensalem and Havelund 2005)."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
MOST_HELD, MOST_THREADS, MOST_NESTINGS = 64, 128, 10_000
"""Beyond so many locks held at once, threads that nest locks, and nestings of a run, no more nestings are made. Something may go untold, but nothing
that is told gets wrong, for who holds what is still known. Together they bound the memory: a nesting keeps a set of locks and a clock of threads."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """A thread that held `outer` took `inner`; `held` are all the locks that it had then, one set for all nestings of that taking.

    `at` is its own time then, `clock` the others'.
    """

    thread: int
    outer: int
    inner: int
    held: frozenset[int]
    outer_line: int
    inner_line: int
    outer_seq: int
    inner_seq: int
    at: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class Taking:
    """Where a lock was taken, and what the thread held then; None if that was too much to say."""

    line: int
    seq: int
    under: frozenset[int] | None


class LocksHeld:
    """Fed the events of locks; `event` answers with the nestings that one acquisition makes."""

    def __init__(self, source: str) -> None:
        self._patient = [not _MAY_GIVE_UP.search(line) for line in source.splitlines()]
        self._all_patient = all(self._patient)
        self._held: dict[int, dict[int, Taking]] = {}
        """By thread and lock."""
        self._counts: dict[tuple[int, int, int], int] = {}
        self._nested: set[int] = set()
        """The threads of the nestings that were made."""
        self._room = MOST_NESTINGS
        self.wanted: dict[int, int] = {}
        """The lock that a thread waits for."""

    def event(self, batch: Batch, at: int) -> list[tuple[int, Taking]]:
        """Follow one event of a kind in LOCKING; the outer locks, each with its taking, under which the thread took this lock."""
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

    def holds(self, thread: int, obj: int) -> bool:
        """Whether the thread is known to hold the lock."""
        return obj in self._held.get(thread, {})

    def under(self, thread: int, obj: int) -> frozenset[int]:
        """What the thread held when it took this lock."""
        return self._held[thread][obj].under or frozenset()

    def ended(self, thread: int) -> None:
        """The thread is over and takes no more locks; what it left locked stays locked."""
        self._held.pop(thread, None)
        self.wanted.pop(thread, None)

    def gap(self, gap: Gap) -> None:
        """Who holds those locks is not known any more."""
        for held in self._held.values():
            for obj in gap.objects or tuple(held):
                held.pop(obj, None)

    def _took(self, batch: Batch, at: int, thread: int, obj: int) -> list[tuple[int, Taking]]:
        held = self._held.setdefault(thread, {})
        if obj in held:
            return []
        taking = Taking(batch.line[at], batch.first_seq + at, frozenset(held) if len(held) < MOST_HELD else None)
        new = list(self._new(thread, obj, held)) if taking.under and self._waits_for_ever(taking.line) else []
        held[obj] = taking
        return new

    def _new(self, thread: int, obj: int, held: dict[int, Taking]) -> Iterator[tuple[int, Taking]]:
        if not self._room or (thread not in self._nested and len(self._nested) == MOST_THREADS):
            return
        for outer, taking in held.items():
            if taking.under is None or obj in taking.under:
                continue  # taken under this very lock and kept beyond it: it stands for a state that the other lock guards
            key = (thread, outer, obj)
            count = self._counts.get(key, 0)
            if count < EACH and self._room:
                self._room -= 1
                self._nested.add(thread)
                self._counts[key] = count + 1
                yield outer, taking

    def _waits_for_ever(self, line: int) -> bool:
        return self._patient[line - 1] if 0 < line <= len(self._patient) else self._all_patient
