"""Threads that are stuck: one detector that watches the waits, and asks several tellers what they make of those that have become ripe.

They share the graph of waits because keeping it is what costs: about 3 us for each event of a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from playground.diagnosis.deadlock import Deadlock
from playground.diagnosis.forgotten_release import ForgottenRelease
from playground.diagnosis.lost_wakeup import LostWakeup
from playground.diagnosis.standstill import Standstill, Stuck
from playground.diagnosis.wrong_waiter import WrongWaiter
from playground.model.finding import Finding
from playground.model.record import Record
from playground.model.spec import RunSpec


class Teller(Protocol):
    """Knows one kind of story about stuck threads."""

    def follow(self, record: Record) -> None:
        """Remember what the story may need."""

    def judge(self, stuck: Stuck) -> list[Finding]:
        """What is to be told now, each story once."""


TELLERS: tuple[Callable[[Standstill], Teller], ...] = (Deadlock, LostWakeup, WrongWaiter, ForgottenRelease)


class StuckThreads:
    """Feeds the graph and the tellers; the tellers judge when waits have become ripe."""

    def __init__(self, spec: RunSpec, tellers: Sequence[Callable[[Standstill], Teller]] = TELLERS) -> None:
        self._stand = Standstill(spec)
        self._tellers = [make(self._stand) for make in tellers]

    def see(self, record: Record) -> Sequence[Finding]:
        """Follow the record; older waits may be old enough now."""
        for teller in self._tellers:
            teller.follow(record)
        return self._judge(self._stand.see(record))

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Silence lets a standstill ripen."""
        return self._judge(self._stand.quiet(at_ns))

    def end(self, at_ns: int) -> Sequence[Finding]:
        """What stood when the trace ended is not judged any more: a thread cut off is not a thread stuck."""
        return ()

    def _judge(self, stuck: Stuck | None) -> list[Finding]:
        return [] if stuck is None else [finding for teller in self._tellers for finding in teller.judge(stuck)]
