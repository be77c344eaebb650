"""Dynamic partial-order reduction: one execution for each essentially different interleaving, and a proof when none is left.

Two executions are the same (one Mazurkiewicz class) if one becomes the other by swapping neighbouring independent steps. After each execution
its races are looked at: two dependent steps of different threads that nothing else orders. For each race the other order is put on the list of
its earlier state, unless that state's list already holds a first step that leads there: *source sets* (Abdulla, Aronis, Jonsson, Sagonas,
POPL 2014). *Sleep sets* (Godefroid 1996) then stop every execution that has turned into one already seen. What a thread waits for at a deadlock
takes part as if it came next; the clock, which a step may disable for good, is tried before each step that depends on it.
That a step depends on an other is decided by `model.schedule.dependent` alone; each thread's next operation is known before it runs.
A step that touches nothing depends on nothing: it is taken at once, wherever a thread stands before one, and no state is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from playground.model.clock import Clock, happened_before
from playground.model.schedule import MOVE_CLOCK, PURE, TICK, ChoicePoint, Pending, dependent, race
from playground.search.strategy import keep_going


@dataclass(slots=True)
class _Node:
    """One state on the current path and what happens next there."""

    ready: tuple[int, ...]
    operations: dict[int, Pending]
    """What each ready choice would do. Invariant: keys are `ready`."""
    sleep: dict[int, Pending]
    """Choices that lead nowhere new from here, with what they would do."""
    chosen: int
    backtrack: set[int] = field(default_factory=set)
    clock: Clock = field(default_factory=dict)
    """What lies in the past of the chosen step, itself included."""


class Dpor:
    """Explores until nothing is left; then `complete` is True. `diverged` is True if the program did not repeat itself: then nothing is proved."""

    def __init__(self, executions: int = 1 << 60) -> None:
        self._left = executions
        self._path: list[_Node] = []
        self._fresh = 0
        """Steps from this one on belong to the current execution only."""
        self._first = True
        self._at = 0
        """The node of the next choice."""
        self._history = _History()
        """Invariant between executions: the steps before `_fresh`."""
        self._steps_of: dict[int, list[int]] = {}
        """The same steps by thread."""
        self.complete = False
        self.diverged = False

    def allow(self, executions: int) -> None:
        """Go on later with so many more executions."""
        self._left = executions

    def begin(self) -> bool:
        if self._left <= 0:
            return False
        self._left -= 1
        self._at = 0
        if self._first:
            self._first = False
            return True
        if self.diverged:
            return False
        path = self._path
        while path:
            node = path[-1]
            self._forget(len(path) - 1, node)
            node.sleep[node.chosen] = node.operations[node.chosen]
            rest = sorted(node.backtrack - node.sleep.keys(), key=lambda choice: (choice == TICK, choice))
            if rest:
                node.chosen = rest[0]
                return True
            path.pop()
        self.complete = True
        return False

    def choose(self, point: ChoicePoint) -> int | None:
        plain = _plain(point)
        if plain is not None:
            return plain
        path, at = self._path, self._at
        self._at += 1
        if at < len(path):
            node = path[at]
            chosen = node.chosen
            if node.ready != _ready(point) or (chosen != TICK and node.operations[chosen][:5] != point.pending[chosen][:5]):
                self.diverged = True
                return None
            return chosen
        ready, pending = _ready(point), point.pending
        operations = {choice: MOVE_CLOCK if choice == TICK else pending[choice] for choice in ready}
        sleep: dict[int, Pending] = {}
        chosen = keep_going(point)
        if path and path[-1].sleep:
            last = path[-1]
            done = last.operations[last.chosen]
            sleep = {choice: op for choice, op in last.sleep.items() if not dependent(op, done)}
            if chosen in sleep:
                awake = [choice for choice in ready if choice not in sleep]
                if not awake:
                    return None
                chosen = awake[0]
        path.append(_Node(ready, operations, sleep, chosen, {chosen}))
        return chosen

    def end(self, pending: Sequence[Pending | None]) -> None:
        """Look at the races of the execution that just ended."""
        if self.diverged:
            return
        path, history, steps_of = self._path, self._history, self._steps_of
        for at in range(self._fresh, len(path)):
            node = path[at]
            thread, operation = node.chosen, node.operations[node.chosen]
            before = self._past(thread)
            related = list(history.dependent_on(operation, path))
            node.clock = self._joined(before, related, thread, at)
            self._races(at, thread, operation, before, related)
            if thread != TICK and TICK in node.operations and dependent(MOVE_CLOCK, operation):
                node.backtrack.add(TICK)
            history.add(at, operation)
            steps_of.setdefault(thread, []).append(at)
        self._fresh = len(path)
        for thread, waiting in enumerate(pending):
            if waiting is not None and waiting.mode != PURE:
                self._races(len(path), thread, waiting, self._past(thread), list(history.dependent_on(waiting, path)))

    def _past(self, thread: int) -> Clock:
        """What lies in the past of the thread's last step."""
        steps = self._steps_of.get(thread)
        return self._path[steps[-1]].clock if steps else {}

    def _joined(self, before: Clock, related: list[int], thread: int, at: int) -> Clock:
        """The clock of a step that comes after all of these; what a later one already knows of is not looked at again."""
        clock = dict(before)
        path = self._path
        for earlier in reversed(related):
            node = path[earlier]
            if clock.get(node.chosen, -1) < earlier:
                for who, step in node.clock.items():
                    if clock.get(who, -1) < step:
                        clock[who] = step
        clock[thread] = at
        return clock

    def _forget(self, at: int, node: _Node) -> None:
        """The step of this node is taken back."""
        if at < self._fresh:
            self._history.remove(node.operations[node.chosen])
            self._steps_of[node.chosen].pop()
            self._fresh = at

    def _races(self, at: int, thread: int, operation: Pending, before: Clock, related: list[int]) -> None:
        """For each other thread, the latest step that races with this one."""
        met: set[int] = {thread}
        for earlier in reversed(related):
            node = self._path[earlier]
            other = node.chosen
            if other in met:
                continue
            if happened_before(other, earlier, before) or (race(node.operations[other], operation) and self._reverse(earlier, at, thread)):
                met.add(other)

    def _reverse(self, earlier: int, at: int, thread: int) -> bool:
        """Make sure that the state before `earlier` will also be left towards the other order; False if that order is impossible there.

        It is impossible if `earlier` is what made the racing step ready (it released what the other wanted to take). Then an older step of
        the same thread may still race with it: the one that took it.
        """
        node = self._path[earlier]
        starts = [choice for choice in self._starts(earlier, at, thread) if choice in node.operations]
        if not starts:
            return False
        if not node.backtrack.isdisjoint(starts):
            return True
        awake = [choice for choice in starts if choice not in node.sleep]
        if awake and len(awake) == len(starts):
            node.backtrack.add(thread if thread in awake else awake[0])
        return True

    def _starts(self, earlier: int, at: int, thread: int) -> Iterator[int]:
        """Threads that can make the first step of: all that did not depend on `earlier`, then the racing step."""
        path = self._path
        cause = path[earlier].chosen
        free = [step for step in range(earlier + 1, at) if not happened_before(cause, earlier, path[step].clock)]
        seen: set[int] = set()
        for index, step in enumerate(free):
            who = path[step].chosen
            if who not in seen:
                seen.add(who)
                clock = path[step].clock
                if not any(happened_before(path[other].chosen, other, clock) for other in free[:index]):
                    yield who
        if thread not in seen:
            clock = path[at].clock if at < len(path) else self._past(thread)
            if not any(happened_before(path[other].chosen, other, clock) for other in free):
                yield thread


class _History:
    """Steps so far, found by what they touched."""

    def __init__(self) -> None:
        self._by_object: dict[tuple[int, bool], list[int]] = {}
        self._accesses: list[int] = []
        self._unknown: list[int] = []
        self._timed: list[int] = []

    def add(self, at: int, operation: Pending) -> None:
        memory = operation.part != 0
        self._by_object.setdefault((operation.obj, memory), []).append(at)
        if memory:
            (self._accesses if operation.obj else self._unknown).append(at)
        if operation.timed:
            self._timed.append(at)

    def remove(self, operation: Pending) -> None:
        """Take the latest step back, which did this."""
        memory = operation.part != 0
        self._by_object[operation.obj, memory].pop()
        if memory:
            (self._accesses if operation.obj else self._unknown).pop()
        if operation.timed:
            self._timed.pop()

    def dependent_on(self, operation: Pending, path: Sequence[_Node]) -> Iterator[int]:
        """Earlier steps that the operation depends on, rising."""
        memory = operation.part != 0
        if memory and not operation.obj:
            steps = sorted(self._accesses + self._unknown)
        elif memory:
            own = self._by_object.get((operation.obj, True), [])
            steps = sorted(own + self._unknown) if self._unknown else own
        else:
            steps = self._by_object.get((operation.obj, False), [])
        if operation.timed:
            steps = sorted({*steps, *self._timed})
        for step in steps:
            node = path[step]
            if dependent(node.operations[node.chosen], operation):
                yield step


def _plain(point: ChoicePoint) -> int | None:
    """A ready thread that stands before a step which touches nothing: the running one if it does, else the first."""
    pending = point.pending
    current = point.current
    found = None
    for thread in point.ready:
        operation = pending[thread]
        if operation.mode == PURE and not operation.timed:
            if thread == current:
                return thread
            if found is None:
                found = thread
    return found


def _ready(point: ChoicePoint) -> tuple[int, ...]:
    return (*point.ready, TICK) if point.may_tick else tuple(point.ready)
