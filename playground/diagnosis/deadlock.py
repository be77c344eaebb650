"""Deadlock: threads that wait for each other, or a standstill in which nobody is left to wake anybody.

Two rules over the wait-for graph, both only about waits without a timeout that have lasted long enough (`standstill.py`):

cycle       each thread waits for what the next one has: a lock, its end (join), or, in a standstill, a permit (Coffman, Elphick, Shoshani 1971,
            condition 4). A plain Lock may be released by anybody, so while some thread outside the cycle still runs, a cycle of plain locks is
            called possible, unless the program's text has no means to (`model/releasing.py`); a lock that was ever released by a thread that did
            not hold it is a signal, not a lock, and makes no cycle; so is a semaphore that one released who had not taken it.
standstill  every thread that lives waits, and each wait is known: a lost wake-up, a join of oneself, a missing sentinel, permits never given back.

A program that uses `signal` can be woken from outside the trace: its standstill tells nothing. Where events were thinned it is only possible.
"""

from __future__ import annotations

from playground.diagnosis.names import listed
from playground.diagnosis.rescuers import Rescuers
from playground.diagnosis.standstill import Standstill, Stuck
from playground.diagnosis.waits import Wait
from playground.diagnosis.words import FIXES, JOINED_WHILE_HELD, SAME_ORDER, SIGNAL_FIX, SIGNAL_WAIT, TAKEN_TWICE, WAIT_WORDS, where
from playground.model.finding import Finding
from playground.model.record import Record, ThreadInfo

_ALONE = frozenset({"RLock", "Thread"})
"""An RLock is released by its owner or not at all; a thread ends by itself or not at all."""


class Deadlock:
    """Looks for the two shapes whenever waits have become ripe."""

    def __init__(self, stand: Standstill) -> None:
        self._stand = stand
        self._rescuers = Rescuers()
        self._thread_of: dict[int, int] = {}
        self._told: set[frozenset[int]] = set()

    def follow(self, record: Record) -> None:
        """Remember who could help, and which object is which thread."""
        self._rescuers.see(record)
        if isinstance(record, ThreadInfo) and record.obj:
            self._thread_of[record.obj] = record.thread

    def judge(self, stuck: Stuck) -> list[Finding]:
        """The cycles and the standstill among these waits."""
        cycles = self._cycles(stuck)
        told = [self._tell(cycle, stuck) for cycle in cycles
                if stuck.still or self._holds_alone(cycle, stuck) or stuck.old.issuperset(cycle)]
        if stuck.still and not cycles:
            told.append(self._tell([], stuck))
        return [finding for finding in told if finding is not None]

    def _holds_alone(self, cycle: list[int], stuck: Stuck) -> bool:
        """Nobody outside can open this cycle."""
        alone = _ALONE | {"Lock"} if self._stand.holders_only else _ALONE
        return all(stuck.waits[each].kind == "thread.joining" or self._stand.names.primitive(stuck.waits[each].obj) in alone for each in cycle)

    def _cycles(self, stuck: Stuck) -> list[list[int]]:
        """Cycles of threads, each thread in one at most, beginning with its lowest thread."""
        after = {thread: [each for each in self._owners(wait, thread, still=stuck.still) if each in stuck.waits]
                 for thread, wait in stuck.waits.items()}
        cycles: list[list[int]] = []
        taken: set[int] = set()
        for start in sorted(after):
            if start not in taken and (cycle := _way_back(start, after)):
                cycles.append(cycle)
                taken.update(cycle)
        return cycles

    def _owners(self, wait: Wait, thread: int, *, still: bool) -> list[int]:
        """The threads that have what is waited for."""
        graph = self._stand.graph
        if wait.kind == "thread.joining":
            return [self._thread_of[wait.obj]] if wait.obj in self._thread_of else []
        if wait.kind == "semaphore.blocked" and still and wait.obj not in graph.signals:
            return sorted(each for each, count in graph.permits.get(wait.obj, {}).items() if count > 0 and each != thread)
        hold = graph.holds.get(wait.obj)
        if wait.kind != "lock.blocked" or hold is None or hold.thread == thread or wait.obj in graph.foreign:
            return []
        return [hold.thread]

    def _tell(self, cycle: list[int], stuck: Stuck) -> Finding | None:
        others = sorted(stuck.waits.keys() - set(cycle)) if stuck.still else []
        if self._stand.woken_from_outside and not cycle:
            return None
        threads = [*cycle, *others]
        waits = {thread: stuck.waits[thread] for thread in threads}
        key = frozenset(wait.seq for wait in waits.values())
        if key in self._told:
            return None
        self._told.add(key)
        graph, names = self._stand.graph, self._stand.names
        steps = {wait.seq for wait in waits.values()} | {graph.holds[waits[each].obj].seq for each in cycle if waits[each].obj in graph.holds}
        certain = self._stand.certain(waits)
        story = [self._sentence(thread, waits[thread]) for thread in cycle or others]
        if cycle:
            story.append(f"{'Neither' if len(cycle) == 2 else 'None of them'} can go on.")
            if not stuck.still and not self._holds_alone(cycle, stuck):
                certain = False
                story.append("Only a thread that releases a lock which it does not hold could free them.")
            story += [self._sentence(thread, waits[thread]) for thread in others]
        for kind, obj in dict.fromkeys((waits[each].kind, waits[each].obj) for each in others):
            story += self._rescuers.why(kind, obj, waits, names, graph)
        story += self._left_locked(others, waits)
        title = f"{listed([names.thread(each) for each in cycle])} wait for each other" if cycle else self._standstill_title(others, waits)
        return Finding("deadlock", f"Deadlock: {title}" if certain else f"Possible deadlock: {title}", tuple(story), tuple(threads),
                       tuple(dict.fromkeys(wait.obj for wait in waits.values())), tuple(sorted(steps)), self._fix(cycle, others, waits),
                       self._stand.possible_on(), certain)

    def _sentence(self, thread: int, wait: Wait) -> str:
        """`transfer-1 holds a.lock and waits for b.lock (line 12).`"""
        names, graph = self._stand.names, self._stand.graph
        held = [names.object(obj) for obj, hold in graph.holds.items() if hold.thread == thread and obj != wait.obj]
        held += [f"a permit of {names.object(obj)}" for obj, count in graph.permits.items() if count[thread] > 0 and obj not in graph.signals]
        waits = self._words(wait)
        hold = graph.holds.get(wait.obj)
        if hold is not None and hold.thread == thread and wait.kind == "lock.blocked":
            waits = f"waits for {names.object(wait.obj)}, which it holds itself"
        return f"{names.thread(thread)} {f'holds {listed(held[:4])} and ' if held else ''}{waits}{where(wait.line)}."

    def _words(self, wait: Wait) -> str:
        signal = wait.kind == "semaphore.blocked" and wait.obj in self._stand.graph.signals
        return (SIGNAL_WAIT if signal else WAIT_WORDS[wait.kind]).format(obj=self._stand.names.object(wait.obj))

    def _left_locked(self, others: list[int], waits: dict[int, Wait]) -> list[str]:
        """Locks that are waited for and whose holder has ended."""
        names, graph = self._stand.names, self._stand.graph
        wanted = dict.fromkeys(waits[each].obj for each in others if waits[each].kind == "lock.blocked")
        return [f"{names.thread(hold.thread)} ended without letting go of {names.object(obj)}."
                for obj in wanted if (hold := graph.holds.get(obj)) is not None and hold.thread in graph.ended]

    def _standstill_title(self, threads: list[int], waits: dict[int, Wait]) -> str:
        names = self._stand.names
        first = [each for each in threads if waits[each].kind != "thread.joining"] or threads
        if len(first) == 1:
            wait = waits[first[0]]
            return f"{names.thread(first[0])} {self._words(wait)} for ever"
        return f"{listed([names.thread(each) for each in first]) if len(first) < 5 else f'all {len(first)} threads'} wait for ever"

    def _fix(self, cycle: list[int], others: list[int], waits: dict[int, Wait]) -> str:
        if cycle:
            kinds = {waits[each].kind for each in cycle}
            if "thread.joining" in kinds:
                return JOINED_WHILE_HELD if len(kinds) > 1 else dict(FIXES)["thread.joining"]
            word = "locks" if kinds == {"lock.blocked"} else "semaphores" if kinds == {"semaphore.blocked"} else "locks and semaphores"
            return SAME_ORDER.format(things=f"the two {word}" if len(cycle) == 2 else f"these {len(cycle)} {word}")
        for each in others:
            hold = self._stand.graph.holds.get(waits[each].obj)
            if waits[each].kind == "lock.blocked" and hold is not None and hold.thread == each:
                return TAKEN_TWICE
        kinds = {waits[each].kind for each in others}
        kind, fix = next(((kind, fix) for kind, fix in FIXES if kind in kinds), ("", ""))
        signals = self._stand.graph.signals
        if kind == "semaphore.blocked" and all(waits[each].obj in signals for each in others if waits[each].kind == kind):
            return SIGNAL_FIX
        return fix


def _way_back(start: int, after: dict[int, list[int]]) -> list[int]:
    """A shortest way from a thread to itself; empty if there is none."""
    came_from: dict[int, int] = {}
    queue = [start]
    for thread in queue:
        for following in after.get(thread, ()):
            if following == start:
                path = [thread]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if following not in came_from:
                came_from[following] = thread
                queue.append(following)
    return []
