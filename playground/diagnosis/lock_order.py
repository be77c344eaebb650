"""Lock order: two threads take the same locks in opposite orders. It did not bite this time; another time each may hold what the other wants.

A cycle in the graph of nestings, one thread for each, counts only if nothing keeps its threads apart: no lock that two of them held all the while
(a gate), and no order by start, join, queue, event, barrier, semaphore, condition or a lock used as a signal between any two of its nestings. An
acquire that may give up makes no edge. What was in fact stuck at the end is a deadlock, and told as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from playground.diagnosis.locks_held import LOCKING, LocksHeld, Nesting, Taking
from playground.diagnosis.names import Names, listed
from playground.diagnosis.order import ORDERING, EventOrder, StepOrder
from playground.diagnosis.speaking import speaking
from playground.model.clock import happened_before
from playground.model.event import KIND_ID, KINDS, Batch, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Choices, Gap, Record, ThreadInfo
from playground.model.spec import RunSpec

_ENDS = frozenset(number for number, kind in enumerate(KINDS) if kind.to in (ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED))
_ACQUIRED, _RELEASED = KIND_ID["lock.acquired"], KIND_ID["lock.released"]
_EVENT_LOOP = re.compile(r"\basyncio\b")
"""What a coroutine awaited comes before what it starts next, and no event of a free run tells what was awaited: nothing is told of such a program."""
_MOST, _LONGEST, _TRIES = 5, 8, 20_000
"""Findings of one run, threads of one cycle, and nestings that the search for cycles may look at."""


class LockOrder:
    """Collects nestings while the trace grows; cycles are looked for once, at the end."""

    def __init__(self, spec: RunSpec) -> None:
        self._names = Names()
        self._held = LocksHeld(spec.source)
        self._events, self._steps = EventOrder(), StepOrder(through_locks=False)
        self._controlled = spec.mode == "controlled"
        self._ordered_unseen = bool(_EVENT_LOOP.search(spec.source)) and not self._controlled
        self._nestings: dict[int, list[Nesting]] = {}
        self._tries = 0

    def see(self, record: Record) -> Sequence[Finding]:
        """Follow locks, and what orders threads."""
        self._names.see(record)
        match record:
            case Batch():
                self._follow(record)
            case Choices():
                for choice in record.choices:
                    self._steps.step(choice)
            case ThreadInfo():
                self._events.meet(record)
            case Gap() if record.hides_state or record.objects:
                self._held.gap(record)
                self._events.gap()
        return ()

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """An order of locks is no matter of time."""
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """Every cycle that nothing prevents."""
        if self._ordered_unseen:
            return []
        stuck = set(self._held.wanted.values())
        told: dict[frozenset[int], Finding] = {}
        for cycle in self._cycles():
            locks = frozenset(nesting.outer for nesting in cycle)
            if not locks & stuck and locks not in told:
                told[locks] = self._tell(cycle)
            if len(told) == _MOST:
                break
        return list(told.values())

    def _follow(self, batch: Batch) -> None:
        for at in speaking(batch.kind):
            kind, thread = batch.kind[at], batch.thread[at]
            if kind in LOCKING:
                self._signal(batch, at)
                if outers := self._held.event(batch, at):
                    self._nest(batch, at, outers)
            else:
                if kind in ORDERING and not self._controlled:
                    self._events.event(batch, at)
                if kind in _ENDS:
                    self._held.ended(thread)

    def _signal(self, batch: Batch, at: int) -> None:
        """A lock that is let go of by a thread that does not hold it comes before whoever takes it later."""
        kind, thread, obj = batch.kind[at], batch.thread[at], batch.obj[at]
        if kind == _ACQUIRED:
            (self._steps if self._controlled else self._events).take(thread, obj)
        elif kind == _RELEASED and not batch.value[at] and not self._held.holds(thread, obj):
            if self._controlled:
                self._steps.give(thread, obj, batch.step[at])
            else:
                self._events.give(thread, obj)

    def _nest(self, batch: Batch, at: int, outers: list[tuple[int, Taking]]) -> None:
        thread, inner, seq = batch.thread[at], batch.obj[at], batch.first_seq + at
        if not self._controlled:
            self._events.mark(thread, seq)
        own, clock = (batch.step[at], self._steps.clock(thread)) if self._controlled else (seq, self._events.clock(thread))
        held = self._held.under(thread, inner)
        for outer, taking in outers:
            self._nestings.setdefault(outer, []).append(
                Nesting(thread, outer, inner, held, taking.line, batch.line[at], taking.seq, seq, own, clock))

    def _cycles(self) -> Iterator[list[Nesting]]:
        """Paths that end where they began, each found from its lowest lock."""
        self._tries = _TRIES
        for start in sorted(self._nestings):
            for first in self._nestings[start]:
                yield from self._further([first], start)

    def _further(self, path: list[Nesting], start: int) -> Iterator[list[Nesting]]:
        if len(path) == _LONGEST:
            return
        for nesting in self._nestings.get(path[-1].inner, ()):
            self._tries -= 1
            if self._tries < 0:
                return
            if nesting.inner < start or any(_kept_apart(nesting, other) for other in path):
                continue
            if nesting.inner == start:
                yield [*path, nesting]
            elif all(nesting.inner != other.outer for other in path):
                yield from self._further([*path, nesting], start)

    def _tell(self, cycle: list[Nesting]) -> Finding:
        names = self._names
        threads = [names.thread(each.thread) for each in cycle]
        locks = [names.object(each.outer) for each in cycle]
        story = [self._sentence(each) for each in cycle]
        if len(cycle) == 2:
            story.append(f"This time the two did not meet. Another time {threads[0]} may hold {locks[0]} while {threads[1]} holds {locks[1]}: "
                         "then neither can go on.")
            title = f"{listed(threads)} take {listed(locks)} in opposite orders"
        else:
            story.append("This time they did not meet. Another time each of them may hold its first lock: then none of them can go on.")
            title = f"{listed(threads)} take {listed(locks)} in a circle"
        count = "two" if len(cycle) == 2 else str(len(cycle))
        return Finding("lock_order", f"Possible deadlock: {title}", tuple(story), tuple(each.thread for each in cycle),
                       tuple(each.outer for each in cycle), tuple(sorted({seq for each in cycle for seq in (each.outer_seq, each.inner_seq)})),
                       f"Let every thread take the {count} locks in the same order.", PossibleOn(gil=None, free_threaded=None), certain=False)

    def _sentence(self, nesting: Nesting) -> str:
        names = self._names
        lines = [str(line) for line in dict.fromkeys((nesting.outer_line, nesting.inner_line)) if line]
        where = f" (line{'s' if len(lines) > 1 else ''} {listed(lines)})" if lines else ""
        return f"{names.thread(nesting.thread)} took {names.object(nesting.outer)} and, holding it, {names.object(nesting.inner)}{where}."


def _kept_apart(one: Nesting, other: Nesting) -> bool:
    """The same thread, a lock that both held (a gate), or an order between the two."""
    return (one.thread == other.thread or not one.held.isdisjoint(other.held) or happened_before(one.thread, one.at, other.clock)
            or happened_before(other.thread, other.at, one.clock))
