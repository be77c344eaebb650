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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from playground.model.clock import Clock, happened_before
from playground.model.schedule import MOVE_CLOCK, PURE, READ, TICK, ChoicePoint, Pending, dependent, race
from playground.search.strategy import keep_going

_NO_CLOCK: Clock = {}
_NOBODY_SLEEPS: dict[int, Pending] = {}


@dataclass(slots=True)
class _Node:
    """One state on the current path and what happens next there."""

    step: int
    ready: list[int]
    """Who may go, TICK included."""
    operations: list[Pending]
    """What each of these would do."""
    sleep: dict[int, Pending]
    """Choices that lead nowhere new from here, with what they would do. Never changed: nodes share it."""
    chosen: int
    operation: Pending
    """What the chosen one does."""
    clock: Clock
    """What lies in the past of the chosen step, itself included; nothing until the execution is over."""
    backtrack: tuple[int, ...] = ()
    """Choices still to be tried. Invariant: none of them sleeps."""

    def turn(self, choice: int) -> None:
        """From now on the path goes on with this one."""
        self.chosen, self.operation = choice, self.operations[self.ready.index(choice)]


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
        while path and not path[-1].backtrack:
            path.pop()
        if not path:
            self.complete = True
            return False
        node = path[-1]
        self._forget(len(path) - 1)
        node.sleep = {**node.sleep, node.chosen: node.operation}
        node.turn(min(node.backtrack, key=_clock_last))
        node.backtrack = tuple(choice for choice in node.backtrack if choice != node.chosen)
        return True

    def choose(self, point: ChoicePoint) -> int | None:
        path, at = self._path, self._at
        if at < len(path) and path[at].step == point.step:
            return self._again(path[at], point)
        plain = _plain(point)
        if plain is not None:
            return plain
        if at < len(path):
            self.diverged = True
            return None
        return self._further(point)

    def _again(self, node: _Node, point: ChoicePoint) -> int | None:
        """The choice at a state that was met before; None if the program does not stand as it stood then."""
        _, _, ready, may_tick, pending = point
        self._at += 1
        chosen = node.chosen
        if node.ready == ([*ready, TICK] if may_tick else ready) and (chosen == TICK or node.operation[:5] == pending[chosen][:5]):
            return chosen
        self.diverged = True
        return None

    def _further(self, point: ChoicePoint) -> int | None:
        """The choice at a state that is new; None if all that could be done there sleeps."""
        step, _, threads, may_tick, pending = point
        path = self._path
        ready, operations = [*threads], [pending[thread] for thread in threads]
        if may_tick:
            ready.append(TICK)
            operations.append(MOVE_CLOCK)
        sleep = _NOBODY_SLEEPS
        chosen = keep_going(point)
        if path and path[-1].sleep:
            done = path[-1].operation
            sleep = {choice: operation for choice, operation in path[-1].sleep.items() if not dependent(operation, done)}
            if chosen in sleep:
                awake = next((choice for choice in ready if choice not in sleep), None)
                if awake is None:
                    return None
                chosen = awake
        path.append(_Node(step, ready, operations, sleep, chosen, MOVE_CLOCK if chosen == TICK else pending[chosen], _NO_CLOCK))
        self._at += 1
        return chosen

    def end(self, pending: Sequence[Pending | None]) -> None:
        """Look at the races of the execution that just ended."""
        if self.diverged:
            return
        path, history, steps_of = self._path, self._history, self._steps_of
        for at in range(self._fresh, len(path)):
            node = path[at]
            thread, operation = node.chosen, node.operation
            steps = steps_of.setdefault(thread, [])
            before = path[steps[-1]].clock if steps else _NO_CLOCK
            related = history.dependent_on(operation, path)
            if related:
                node.clock = self._joined(before, related, thread, at)
                self._races(at, thread, operation, before, related)
            else:
                node.clock = {**before, thread: at}
            if thread != TICK and node.ready[-1] == TICK and TICK not in node.sleep and dependent(MOVE_CLOCK, operation):
                node.backtrack = (*node.backtrack, TICK)
            history.add(at, operation)
            steps.append(at)
        self._fresh = len(path)
        for thread, waiting in enumerate(pending):
            if waiting is not None and waiting.mode != PURE:
                self._races(len(path), thread, waiting, self._past(thread), history.dependent_on(waiting, path))

    def _past(self, thread: int) -> Clock:
        """What lies in the past of the thread's last step."""
        steps = self._steps_of.get(thread)
        return self._path[steps[-1]].clock if steps else _NO_CLOCK

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

    def _forget(self, at: int) -> None:
        """The steps from this one on are taken back."""
        if at < self._fresh:
            self._history.cut(at)
            _cut(self._steps_of.values(), at)
            self._fresh = at

    def _races(self, at: int, thread: int, operation: Pending, before: Clock, related: list[int]) -> None:
        """For each other thread, the latest step that surely races with this one, and the younger ones that may.

        Surely: both were ready there. What waits for others (a lock, a permit, an item) and was not yet its thread's next step may not have been
        ready in truth: `Condition` asks its plain lock whether it is held, within the holding; the step that races is the taking before.
        """
        met: set[int] = {thread}
        steps = self._steps_of.get(thread)
        since = steps[-1] if steps else -1
        for earlier in reversed(related):
            node = self._path[earlier]
            other = node.chosen
            if other in met:
                continue
            surely = operation.part != 0 or (since < earlier and thread in node.ready)
            if before.get(other, -1) >= earlier or (race(node.operation, operation) and self._reverse(earlier, at, thread) and surely):
                met.add(other)

    def _reverse(self, earlier: int, at: int, thread: int) -> bool:
        """Make sure that the state before `earlier` will also be left towards the other order; False if that order is impossible there.

        It is impossible if `earlier` is what made the racing step ready (it released what the other wanted to take). Then an older step of
        the same thread may still race with it: the one that took it.
        """
        node = self._path[earlier]
        if len(node.ready) == 1:
            return False
        starts = [choice for choice in self._starts(earlier, at, thread) if choice in node.ready]
        if not starts:
            return False
        if not any(choice in node.backtrack or choice in node.sleep for choice in starts):
            node.backtrack = (*node.backtrack, thread if thread in starts else starts[0])
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
        self._changes: dict[tuple[int, bool], list[int]] = {}
        """The same without those that only read: all that a reading step can depend on."""
        self._others: dict[str, list[int]] = {"accesses": [], "unknown": [], "timed": []}

    def add(self, at: int, operation: Pending) -> None:
        _, obj, part, mode, timed, _ = operation
        touched = obj, part != 0
        self._by_object.setdefault(touched, []).append(at)
        if mode != READ:
            self._changes.setdefault(touched, []).append(at)
        if part:
            self._others["accesses" if obj else "unknown"].append(at)
        if timed:
            self._others["timed"].append(at)

    def cut(self, at: int) -> None:
        """Take the steps from this one on back."""
        for table in (self._by_object, self._changes, self._others):
            _cut(table.values(), at)

    def dependent_on(self, operation: Pending, path: Sequence[_Node]) -> list[int]:
        """Earlier steps that the operation depends on, rising."""
        _, obj, part, mode, timed, _ = operation
        others = self._others
        if part and not obj:
            steps = sorted(others["accesses"] + others["unknown"])
        else:
            steps = (self._changes if mode == READ else self._by_object).get((obj, part != 0), [])
            if part and others["unknown"]:
                steps = sorted(steps + others["unknown"])
        if timed:
            steps = sorted({*steps, *others["timed"]})
        return [step for step in steps if dependent(path[step].operation, operation)]


def _cut(rising: Iterable[list[int]], at: int) -> None:
    """Forget all steps from this one on."""
    for steps in rising:
        while steps and steps[-1] >= at:
            steps.pop()


def _plain(point: ChoicePoint) -> int | None:
    """A ready thread that stands before a step which touches nothing: the running one if it does, else the first."""
    _, current, ready, _, pending = point
    found = None
    for thread in ready:
        _, _, _, mode, timed, _ = pending[thread]
        if mode == PURE and not timed:
            if thread == current:
                return thread
            if found is None:
                found = thread
    return found


def _clock_last(choice: int) -> tuple[bool, int]:
    return choice == TICK, choice
