"""Lost wake-up: a notify, or a set that was cleared again, came before the wait began, and nobody is left to do it once more.

A notify wakes only those that wait already. Told only at a standstill (`standstill.py`), and of a condition only if the waiter is the first to take
its lock after the notify: had somebody come between, that one may have had what the notify was about.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from playground.diagnosis.speaking import speaking
from playground.diagnosis.standstill import Standstill, Stuck
from playground.diagnosis.waits import Wait
from playground.diagnosis.words import where
from playground.model.event import KIND_ID, KINDS, Batch
from playground.model.finding import Finding
from playground.model.record import Gap, Record

_WANTED = frozenset(KIND_ID[name] for name in (
    "condition.notified", "condition.waiting", "condition.woken", "condition.timed_out", "event.set", "event.cleared", "event.waiting",
    "event.woken", "event.timed_out", "lock.acquired"))
_KEPT = 64
"""So many takings of one lock are remembered."""
_FIX_CONDITION = ("Change what is waited for and notify while holding the condition's lock, and before waiting test it in a `while` loop, holding "
                  "the same lock: then a notify that came first is not missed.")
_FIX_EVENT = "Do not clear the event before everybody who waits for it has seen it set; use a Condition or a Queue for what happens more than once."


@dataclass(frozen=True, slots=True)
class _Signal:
    """A notify that nobody was there to hear, or a set; `cleared` is the clear that undid it."""

    thread: int
    line: int
    seq: int
    step: int
    cleared: _Signal | None = None


class LostWakeup:
    """Remembers the last signal of each condition and event that woke nobody."""

    def __init__(self, stand: Standstill) -> None:
        self._stand = stand
        self._waiting: dict[int, set[int]] = {}
        self._unheard: dict[int, _Signal] = {}
        self._begun: dict[int, _Signal] = {}
        self._taken: dict[int, deque[tuple[int, int]]] = {}
        self._last_taken: dict[int, tuple[int, int]] = {}
        self._under: dict[int, tuple[int, int]] = {}
        """The lock under which a thread began its wait, and when it took it."""
        self._thinned = False
        self._told: set[int] = set()

    def follow(self, record: Record) -> None:
        """Follow signals and waits."""
        if isinstance(record, Gap):
            self._thinned |= record.hides_state
        if isinstance(record, Batch):
            for at in speaking(record.kind):
                if record.kind[at] in _WANTED:
                    self._follow(record, at)

    def _follow(self, batch: Batch, at: int) -> None:
        kind, thread, obj = KINDS[batch.kind[at]].name, batch.thread[at], batch.obj[at]
        if kind == "lock.acquired":
            self._taken.setdefault(obj, deque(maxlen=_KEPT)).append((batch.first_seq + at, thread))
            self._last_taken[thread] = obj, batch.first_seq + at
            return
        signal = _Signal(thread, batch.line[at], batch.first_seq + at, batch.step[at])
        waiting = self._waiting.setdefault(obj, set())
        match kind:
            case "condition.waiting" | "event.waiting":
                waiting.add(thread)
                self._begun[thread] = signal
                if thread in self._last_taken:
                    self._under[thread] = self._last_taken[thread]
            case "condition.notified" | "event.set":
                self._unheard.pop(obj, None)
                if not waiting:
                    self._unheard[obj] = signal
            case "event.cleared":
                if (heard := self._unheard.get(obj)) is not None and heard.cleared is None:
                    self._unheard[obj] = _Signal(heard.thread, heard.line, heard.seq, heard.step, signal)
            case _:
                waiting.discard(thread)

    def judge(self, stuck: Stuck) -> list[Finding]:
        """Waits that began after the signal they are for."""
        if not stuck.still or self._stand.woken_from_outside or self._thinned:
            return []
        found = []
        for thread, wait in stuck.waits.items():
            signal = self._unheard.get(wait.obj)
            if signal is None or wait.seq in self._told or signal.seq > wait.seq or not self._stand.certain({thread: wait}):
                continue
            name = self._stand.names.object(wait.obj)
            if wait.kind == "condition.waiting" and self._first_after(signal, thread):
                found.append(self._tell(thread, wait, signal, "notified", f"Nobody is left to notify {name}.", _FIX_CONDITION))
            elif wait.kind == "event.waiting" and signal.cleared is not None:
                found.append(self._tell(thread, wait, signal, "set", f"Nobody is left to set {name} again.", _FIX_EVENT))
        self._told.update(stuck.waits[finding.threads[-1]].seq for finding in found)
        return found

    def _first_after(self, signal: _Signal, waiter: int) -> bool:
        """Nobody but the notifier took the condition's lock between the notify and the taking under which the wait began."""
        lock, seq = self._under.get(waiter, (0, 0))
        taken = self._taken.get(lock, deque())
        known = len(taken) < _KEPT or (bool(taken) and taken[0][0] < signal.seq)
        return known and seq > signal.seq and all(thread == signal.thread for at, thread in taken if signal.seq < at < seq)

    def _tell(self, thread: int, wait: Wait, signal: _Signal, word: str, nobody: str, fix: str) -> Finding:
        names = self._stand.names
        obj, waiter = names.object(wait.obj), names.thread(thread)
        begun = self._begun.get(thread)
        story = [f"{names.thread(signal.thread)} {word} {obj}{where(signal.line, signal.step)}; nobody was waiting."]
        steps = {signal.seq, wait.seq}
        if signal.cleared is not None:
            story.append(f"{names.thread(signal.cleared.thread)} cleared it again{where(signal.cleared.line, signal.cleared.step)}.")
            steps.add(signal.cleared.seq)
        story.append(f"{waiter} began to wait {'on' if word == 'notified' else 'for'} {obj} only after that"
                     f"{where(begun.line, begun.step) if begun is not None else ''}.")
        return Finding("lost_wakeup", f"Lost wake-up: {waiter} began to wait for {obj} after it was {word}", (*story, nobody),
                       (signal.thread, thread), (wait.obj,), tuple(sorted(steps)), fix, self._stand.possible_on())
