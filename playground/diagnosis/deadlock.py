"""Deadlock: threads that wait for each other, or a standstill in which nobody is left to wake anybody.

Two rules over the wait-for graph, both only about waits without a timeout that have lasted CONFIRM_NS with no sign of life:

cycle       each thread waits for a lock that the next one holds (Coffman, Elphick, Shoshani 1971, condition 4). A plain Lock may be released by
            anybody, so while some thread outside the cycle still runs, a cycle of plain locks is called possible; a lock that was ever released
            by a thread that did not hold it is a signal, not a lock, and makes no cycle.
standstill  every thread that lives waits, and each wait is known: a lost wake-up, a join of oneself, a missing sentinel, permits never given back.

A program that uses `signal` can be woken from outside the trace: its standstill tells nothing. Where events were thinned it is only possible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.diagnosis.names import Names, listed
from playground.diagnosis.waits import TIMED_NOTE, Wait, WaitsForGraph
from playground.model.event import Batch
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Gap, Hello, Record, Text, ThreadInfo
from playground.model.spec import RunSpec

CONFIRM_NS = 60_000_000
"""Three windows of the recorder: what it knew when the wait began has been told by then."""
POSSIBLE_NS = 500_000_000
"""A cycle that is not certain is told only after this long: if the rest of the program comes to a stop too, it is certain."""
_OUTSIDE_WAKERS = re.compile(r"\b(signal|ctypes|faulthandler|setitimer)\b")

WAIT_WORDS: dict[str, str] = {
    "lock.blocked": "waits for {obj}",
    "thread.joining": "waits for {obj} to end",
    "condition.waiting": "waits on {obj}",
    "semaphore.blocked": "waits for a permit of {obj}",
    "event.waiting": "waits for {obj} to be set",
    "barrier.waiting": "waits at {obj}",
    "queue.put_blocked": "waits for room in {obj}",
    "queue.get_blocked": "waits for an item in {obj}",
    "queue.joining": "waits until every task of {obj} is done",
    "pool.idle": "waits for work from {obj}",
    "future.waiting": "waits for the result of {obj}",
}
"""How a story speaks of a wait; a kind that is not here can end by itself."""
NOBODY_LEFT: dict[str, str] = {
    "condition.waiting": "Nobody is left to notify {obj}.",
    "semaphore.blocked": "Nobody is left to give back a permit of {obj}.",
    "event.waiting": "Nobody is left to set {obj}.",
    "barrier.waiting": "Nobody else is left to come to {obj}.",
    "queue.put_blocked": "Nobody is left to take from {obj}.",
    "queue.get_blocked": "Nobody is left to put on {obj}.",
    "queue.joining": "Nobody is left to call task_done on {obj}.",
    "future.waiting": "Nobody is left to finish {obj}.",
}
FIXES: tuple[tuple[str, str], ...] = (
    ("condition.waiting", "Hold the condition's lock while you change and while you test what is waited for, and wait in a `while` loop on that "
                          "test: then a notify that came first is not missed."),
    ("semaphore.blocked", "Give every permit back in a `with` block, and let every thread take several semaphores in the same order."),
    ("queue.get_blocked", "Tell every consumer that nothing more will come: one sentinel each, or shutdown()."),
    ("queue.put_blocked", "Let the consumers go on until the producers have ended, or give the queue more room."),
    ("queue.joining", "Call task_done once for every item taken, also when its work failed."),
    ("barrier.waiting", "Give the barrier as many parties as there are threads that come to it."),
    ("event.waiting", "Set the event on every path, also when the work before it fails."),
    ("future.waiting", "Do not wait for a task from within the only worker that could run it."),
    ("lock.blocked", "Take the lock in a `with` block, so that it is released on every path."),
    ("thread.joining", "Do not let threads wait for each other's end."),
)
"""Kind of wait to its mend; the first that occurs is told."""
_SAME_ORDER = "Let every thread take {locks} in the same order."
_TAKEN_TWICE = "A Lock cannot be taken twice by the thread that holds it: use an RLock, or call the inner function without the lock."


class Deadlock:
    """Feeds the graph and looks for the two shapes whenever it has changed and then stayed unchanged long enough."""

    def __init__(self, spec: RunSpec) -> None:
        self._names = Names()
        self._graph = WaitsForGraph()
        self._woken_from_outside = bool(_OUTSIDE_WAKERS.search(spec.source))
        self._gil = True
        self._timed_notes: set[int] = set()
        self._dirty = False
        self._told: set[frozenset[int]] = set()

    def see(self, record: Record) -> Sequence[Finding]:
        """Follow the record; older shapes may be old enough now."""
        self._names.see(record)
        match record:
            case Hello():
                self._gil = record.gil
            case ThreadInfo():
                self._graph.meet(record)
            case Gap():
                self._graph.gap(record)
            case Text() if record.text == TIMED_NOTE:
                self._timed_notes.add(record.id)
            case Batch():
                self._dirty |= self._graph.batch(record, self._timed_notes)
                return self._judge(self._graph.now_ns)
        return ()

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Silence lets a standstill ripen."""
        return self._judge(at_ns)

    def end(self, at_ns: int) -> Sequence[Finding]:
        """What stood when the trace ended is not judged any more: a thread cut off is not a thread stuck."""
        return ()

    def _judge(self, now_ns: int) -> list[Finding]:
        waits = self._graph.waits
        if not self._dirty or not waits:
            return []
        stuck = {thread: wait for thread, wait in waits.items()
                 if not wait.timed and not wait.unsettled and wait.kind in WAIT_WORDS and wait.at_ns <= now_ns - CONFIRM_NS}
        still = stuck.keys() >= self._graph.live.keys() and all(self._graph.live.values())
        cycles = self._cycles(stuck)
        told = [self._tell(cycle, stuck, still) for cycle in cycles
                if still or self._holds_alone(cycle, stuck) or all(stuck[each].at_ns <= now_ns - POSSIBLE_NS for each in cycle)]
        if still and not cycles:
            told.append(self._tell([], stuck, still))
        self._dirty = any(wait.unsettled or wait.at_ns > now_ns - POSSIBLE_NS for wait in waits.values())
        return [finding for finding in told if finding is not None]

    def _holds_alone(self, cycle: list[int], stuck: dict[int, Wait]) -> bool:
        """Nobody outside can open this cycle: an RLock is released by its owner or not at all."""
        return all(self._names.primitive(stuck[each].obj) == "RLock" for each in cycle)

    def _cycles(self, stuck: dict[int, Wait]) -> list[list[int]]:
        """Each cycle of threads, once, beginning with its lowest thread."""
        after: dict[int, int] = {}
        for thread, wait in stuck.items():
            hold = self._graph.holds.get(wait.obj)
            if wait.kind == "lock.blocked" and hold is not None and hold.thread != thread and wait.obj not in self._graph.foreign:
                after[thread] = hold.thread
        cycles: dict[int, list[int]] = {}
        for start in sorted(after):
            path = [start]
            while (following := after.get(path[-1])) is not None and following not in path:
                path.append(following)
            if following == start and min(path) == start:
                cycles[start] = path
        return list(cycles.values())

    def _tell(self, cycle: list[int], stuck: dict[int, Wait], still: bool) -> Finding | None:
        others = sorted(stuck.keys() - set(cycle)) if still else []
        if self._woken_from_outside and not cycle:
            return None
        threads = [*cycle, *others]
        key = frozenset(stuck[thread].seq for thread in threads)
        if key in self._told:
            return None
        self._told.add(key)
        graph, names = self._graph, self._names
        steps = {stuck[thread].seq for thread in threads} | {graph.holds[stuck[thread].obj].seq for thread in cycle}
        certain = not any(graph.doubtful(each, stuck[each]) for each in threads)
        story = [self._sentence(thread, stuck[thread]) for thread in cycle or others]
        if cycle:
            story.append(f"{'Neither' if len(cycle) == 2 else 'None of them'} can go on.")
            if not still and not self._holds_alone(cycle, stuck):
                certain = False
                story.append("Only a thread that releases a lock which it does not hold could free them.")
            story += [self._sentence(thread, stuck[thread]) for thread in others]
        story += [NOBODY_LEFT[kind].format(obj=names.object(obj)) for kind, obj in
                  dict.fromkeys((stuck[each].kind, stuck[each].obj) for each in others) if kind in NOBODY_LEFT]
        story += self._left_locked(others, stuck)
        title = (f"{listed([names.thread(each) for each in cycle])} wait for each other" if cycle else self._standstill_title(others, stuck))
        objects = tuple(dict.fromkeys(stuck[each].obj for each in threads))
        return Finding("deadlock", f"Deadlock: {title}" if certain else f"Possible deadlock: {title}", tuple(story), tuple(threads), objects,
                       tuple(sorted(steps)), self._fix(cycle, others, stuck), self._possible_on(), certain)

    def _sentence(self, thread: int, wait: Wait) -> str:
        """`transfer-1 holds a.lock and waits for b.lock (line 12).`"""
        names, graph = self._names, self._graph
        held = [names.object(obj) for obj, hold in graph.holds.items() if hold.thread == thread and obj != wait.obj]
        held += [f"a permit of {names.object(obj)}" for obj, count in graph.permits.items() if count[thread] > 0]
        waits = WAIT_WORDS[wait.kind].format(obj=names.object(wait.obj))
        hold = graph.holds.get(wait.obj)
        if hold is not None and hold.thread == thread and wait.kind == "lock.blocked":
            waits = f"waits for {names.object(wait.obj)}, which it holds itself"
        where = f" (line {wait.line})" if wait.line else ""
        return f"{names.thread(thread)} {f'holds {listed(held[:4])} and ' if held else ''}{waits}{where}."

    def _left_locked(self, others: list[int], stuck: dict[int, Wait]) -> list[str]:
        """Locks that are waited for and whose holder has ended."""
        wanted = dict.fromkeys(stuck[each].obj for each in others if stuck[each].kind == "lock.blocked")
        return [f"{self._names.thread(hold.thread)} ended without letting go of {self._names.object(obj)}."
                for obj in wanted if (hold := self._graph.holds.get(obj)) is not None and hold.thread in self._graph.ended]

    def _standstill_title(self, threads: list[int], stuck: dict[int, Wait]) -> str:
        first = [each for each in threads if stuck[each].kind != "thread.joining"] or threads
        if len(first) == 1:
            wait = stuck[first[0]]
            return f"{self._names.thread(first[0])} {WAIT_WORDS[wait.kind].format(obj=self._names.object(wait.obj))} for ever"
        return f"{listed([self._names.thread(each) for each in first]) if len(first) < 5 else f'all {len(first)} threads'} wait for ever"

    def _fix(self, cycle: list[int], others: list[int], stuck: dict[int, Wait]) -> str:
        if cycle:
            locks = "the two locks" if len(cycle) == 2 else f"these {len(cycle)} locks"
            return _SAME_ORDER.format(locks=locks)
        for each in others:
            hold = self._graph.holds.get(stuck[each].obj)
            if stuck[each].kind == "lock.blocked" and hold is not None and hold.thread == each:
                return _TAKEN_TWICE
        kinds = {stuck[each].kind for each in others}
        return next((fix for kind, fix in FIXES if kind in kinds), "")

    def _possible_on(self) -> PossibleOn:
        """Without the GIL every order that the GIL allows can happen too; the reverse is not settled by one run."""
        return PossibleOn(gil=True if self._gil else None, free_threaded=True)
