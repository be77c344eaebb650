"""The baton: the only place where a thread stops or starts.

Every modelled operation calls `point` with what it is about to do. The baton asks the strategy who goes next, passes the baton if it is
somebody else, and returns when the caller has been chosen: then, and only then, the operation happens. So all that a thread does between two
points is one indivisible step, and what each thread will do next is always known.
"""

from __future__ import annotations

import contextvars
from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.circle import STANDS_CERTAIN, STANDS_POSSIBLE, Circle, circle_of
from playground.inside.beneath.task import NEVER, SPINS, Gate, Task, Unwind
from playground.model.schedule import BEGIN, MAX_STEPS, TICK, ChoicePoint, Pending
from playground.search.strategy import Strategy

INTERRUPTED = "a loop that had to be interrupted"

_new_tuple = tuple.__new__
"""Half the time of ChoicePoint(...), once a step."""


def _nobody(point: ChoicePoint) -> int | None:
    """Chooses between executions: there is nothing to choose."""
    return None


class Emit(Protocol):
    """Where events go; nobody listens during a search."""

    def __call__(self, kind: str, thread: int, obj: Any = None, value: int = 0, note: str = "") -> None: ...


class Waiting(NamedTuple):
    """At a deadlock: a task, what it wants, and which task holds that."""

    task: Task
    pending: Pending
    holder: Task | None


def _holder(thing: Any) -> Task | None:
    for lock in (thing, getattr(thing, "_lock", None)):
        holder = getattr(lock, "holder", None)
        if isinstance(holder, Task):
            return holder
    return None


class _OthersFirst:
    """Opens as soon as anybody has made a step."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._step = baton.step

    @property
    def open(self) -> bool:
        return self._baton.step > self._step


class Baton:
    """One execution after another over the same backend; `begin` makes everything new."""

    def __init__(self, backend: Backend, max_threads: int = 256) -> None:
        self.backend = backend
        self.max_threads = max_threads
        self.max_steps = MAX_STEPS
        self.on_choice: Callable[[ChoicePoint, int], None] | None = None
        self.on_point: Callable[[Task, Pending], None] | None = None
        self.on_deadlock: Callable[[], None] | None = None
        self.on_import: Callable[[str], None] | None = None
        """Is told that a module of the library that is built on threads was executed afresh."""
        self.emit: Emit | None = None
        self.program = ""
        """The program's name, as its code objects have it."""
        self.holders_only = False
        """Nobody but its holder can release a lock of this program (`model/releasing.py`)."""
        self.execution = 0
        """How many executions have begun, the current one included."""
        self.begin(None)

    def begin(self, strategy: Strategy | None) -> None:
        """Forget the last execution."""
        self.strategy = strategy
        self._choose: Callable[[ChoicePoint], int | None] = strategy.choose if strategy is not None else _nobody
        self.execution += strategy is not None
        self.current = Task(0, False)
        self.tasks: list[Task] = []
        self.alive: list[Task] = []
        self._free: list[int] = []
        """Who stands without a gate, rising. Invariant: with `_gated` these are all that live."""
        self._gated: list[Task] = []
        self.pending: list[Pending] = []
        self.choices: list[int] = []
        self.step = 0
        self.over = ""
        """Why no step follows: end, deadlock, steps, pruned, left. While it is set every point raises Unwind."""
        self.detail = ""
        self.now = 0
        self.unproven: set[str] = set()
        """What keeps this execution from counting towards a proof (each a few words)."""
        self.failures: list[tuple[int, BaseException]] = []
        self.waits: list[Waiting] = []
        self.circle: Circle | None = None
        """Threads that wait for each other while others go on."""
        self._last = self.max_steps
        """The step before which to ask whether this goes on for ever."""
        self._serials = 0
        self._numbers: dict[int, int] = {}
        self._parts: dict[object, int] = {}
        self.parts: list[Any] = [None]
        self.objects: list[Any] = [None]

    # what tasks call -------------------------------------------------------------------------------------------------------------------

    def point(self, pending: Pending, gate: Gate | None = None, deadline: int = NEVER) -> None:
        """Stand before an operation; returns when the caller was chosen and its gate is open or its deadline past."""
        me = self.current
        if self.over:
            raise Unwind
        if me.spins >= me.rests and self._others_ready(me):
            self._rest(me)
        self.pending[me.id] = pending
        if self.on_point is not None:
            self.on_point(me, pending)
        if gate is not None:
            me.gate = gate
            me.deadline = deadline
            self._free.remove(me.id)
            self._gated.append(me)
            if deadline == NEVER and self.circle is None and not gate.open:
                self._look_for_circle(me)
        there = self._decide()
        if there is not me:
            if there is None:
                raise Unwind
            me.spins, me.rests = 0, SPINS
            self.current = there
            self.backend.switch(me, there)
            if self.over:
                raise Unwind
        if gate is not None:
            self._gated.remove(me)
            insort(self._free, me.id)
            me.gate = None
            me.deadline = NEVER

    def jumped(self) -> None:
        """A loop of the program went round: after SPINS rounds the others go first, after `max_steps` it is endless."""
        me = self.current
        if self.over:
            raise Unwind
        me.spins += 1
        if me.spins % SPINS:
            return
        if me.spins >= self.max_steps:
            self.stop("steps")
        if len(self.alive) > 1 and (self._others_ready(me) or self._next_deadline() < NEVER):
            self._rest(me)

    def _rest(self, me: Task) -> None:
        """Let the others go first, once in SPINS rounds: at once, or where the one who goes round lets go of what they all wait for."""
        self.unproven.add(INTERRUPTED)
        spins = me.spins
        me.rests = rests = spins - spins % SPINS + SPINS
        self.point(Pending("yield"), _OthersFirst(self))
        me.spins, me.rests = spins, rests

    def stop(self, reason: str, detail: str = "") -> None:
        """End this execution here and now (raises Unwind)."""
        if not self.over:
            self.over, self.detail = reason, detail
        raise Unwind

    def spawn(self, body: Callable[[], None], daemon: bool) -> Task:
        """A new task that stands before its beginning."""
        if len(self.alive) >= self.max_threads:
            self.stop("left", f"the program has more than {self.max_threads} threads at once")
        task = Task(len(self.tasks), daemon)
        self.tasks.append(task)
        self.alive.append(task)
        self._free.append(task.id)
        self.pending.append(BEGIN)
        context = contextvars.Context()
        self.backend.prepare(task, lambda: self._live(task, context, body))
        return task

    def boot(self, child: Task) -> None:
        """Let a new task do its private preliminaries at once: they are no step, nobody can see them."""
        me = self.current
        child.booted_by = me
        self.current = child
        self.backend.switch(me, child)
        if self.over:
            raise Unwind

    def booted(self) -> None:
        """The preliminaries are over: back to whoever started this task; returns when it is chosen for the first time."""
        child = self.current
        parent, child.booted_by = child.booted_by, None
        if parent is None:
            return
        self.current = parent
        self.backend.switch(child, parent)
        if self.over:
            raise Unwind

    def number(self, thing: object) -> int:
        """The dense id of an object, in order of first use; the object is kept so that its address stays its own."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self.objects)
            self.objects.append(thing)
        return number

    def numbered(self, thing: object) -> int:
        """The object's id if it has one, else 0."""
        return self._numbers.get(id(thing), 0)

    def part(self, key: object) -> int:
        """The dense id of an attribute's name, a global's name or an item's key."""
        number = self._parts.get(key)
        if number is None:
            number = self._parts[key] = len(self.parts)
            self.parts.append(key)
        return number

    def serial(self, thing: Any) -> int:
        """A hash that is the same in every run: sets of threads or futures then have an order that a schedule can rely on."""
        space = thing.__dict__
        number: int | None = space.get("_serial")
        if number is None:
            self._serials += 1
            number = space["_serial"] = self._serials
        return number

    # inside ----------------------------------------------------------------------------------------------------------------------------

    def _live(self, task: Task, context: contextvars.Context, body: Callable[[], None]) -> Task | None:
        if not self.over:
            try:
                context.run(body)
            except Unwind:
                pass
            except BaseException as error:  # noqa: BLE001  the last door of a task: whatever comes here is the program's failure
                self.failures.append((task.id, error))
        return self._finish(task)

    def _finish(self, me: Task) -> Task | None:
        me.done = True
        me.gate, me.deadline = None, NEVER
        self.alive.remove(me)
        if not self.over:
            self._free.remove(me.id)
        if me.booted_by is not None:
            self.current = me.booted_by
            return self.current
        if me.id == 0 and not self.over:
            self.over = "end"
            if self.alive:
                self.unproven.add("daemon threads being cut off at the end")
        there = None if self.over else self._decide()
        if there is None:
            there = self.alive[0] if self.alive else None
        if there is not None:
            self.current = there
        return there

    def _decide(self) -> Task | None:
        """Ask the strategy; None when the execution is over."""
        while True:
            ready, deadline = self._free, NEVER
            if self._gated:
                now, opened = self.now, []
                for task in self._gated:
                    if task.gate.open or task.deadline <= now:  # type: ignore[union-attr]
                        opened.append(task.id)
                    if now < task.deadline < deadline:
                        deadline = task.deadline
                if opened:
                    ready = sorted((*ready, *opened))
            if not ready and deadline == NEVER:
                self._deadlock(self.alive)
                return None
            if self.step >= self._last and self._is_over():
                return None
            point = _new_tuple(ChoicePoint, (self.step, self.current.id, ready, deadline != NEVER, self.pending))
            chosen = self._choose(point)
            if chosen is None:
                self.over = "pruned"
                return None
            if self.on_choice is not None:
                self.on_choice(point, chosen)
            self.choices.append(chosen)
            self.step += 1
            if chosen != TICK:
                return self.tasks[chosen]
            self.now = deadline

    def _deadlock(self, tasks: Sequence[Task]) -> None:
        self.over = "deadlock"
        self.waits = [Waiting(task, self.pending[task.id], _holder(self.objects[self.pending[task.id].obj])) for task in tasks]
        if self.on_deadlock is not None:
            self.on_deadlock()

    def _look_for_circle(self, me: Task) -> None:
        self.circle = circle_of(me, self.holders_only)
        if self.circle is not None:
            self._last = min(self.max_steps, self.step + (STANDS_CERTAIN if self.circle.certain else STANDS_POSSIBLE))

    def _is_over(self) -> bool:
        """So many steps, and no end: why it is ended here, if it is."""
        circle = self.circle if self.circle is not None and self.circle.stands else None
        if circle is not None and circle.certain:
            self.unproven.add("what threads do beside a deadlock of others")
            self._deadlock(sorted(circle.tasks, key=lambda task: task.id))
        elif circle is not None:
            self.over = "circle"
        elif self.step >= self.max_steps:
            self.over = "steps"
        else:
            self.circle, self._last = None, self.max_steps
        return bool(self.over)

    def _others_ready(self, me: Task) -> bool:
        return any(task is not me and (task.gate is None or task.gate.open or task.deadline <= self.now) for task in self.alive)

    def _next_deadline(self) -> int:
        return min((task.deadline for task in self.alive if task.deadline > self.now), default=NEVER)
