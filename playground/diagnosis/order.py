"""What happened before what: the order that the program itself makes sure of, whatever the scheduler does (Lamport 1978, Mattern 1989).

Who starts a thread comes before all that it does; who gives something back (a lock, a permit, an item, a signal) comes before who takes it next.
`StepOrder` knows every step of a controlled run. `EventOrder` knows only what a free run's recorder told, so where an order may have gone unrecorded
it assumes one: it may call two moments ordered that are not, never the reverse.
"""

from __future__ import annotations

from playground.model.clock import Clock, joined
from playground.model.event import KIND_ID, KINDS, Batch, ThreadState
from playground.model.record import ThreadInfo
from playground.model.schedule import ACQUIRE, READ, RELEASE, WRITE
from playground.model.steps import Choice, Stand


class StepOrder:
    """Fed the steps of a controlled run in order; a thread's own time is the number of its step.

    `through_locks`: whether a lock's release comes before the next acquire. The two could have come the other way round, so who asks what locks
    themselves may do asks without it (those that the library made for itself order all the same).
    """

    def __init__(self, *, through_locks: bool) -> None:
        self._through_locks = through_locks
        self._clocks: dict[int, Clock] = {}
        self._left: dict[int, Clock] = {}
        self._everybody: Clock = {}
        self._stands: dict[int, Stand] = {}

    def step(self, choice: Choice) -> Stand | None:
        """Follow one step; what the chosen thread does in it."""
        for stand in choice.stands:
            self._stands[stand.thread] = stand
        chosen = choice.chosen
        stands = self._stands.get(chosen) if chosen >= 0 else None
        if (stands is not None and stands.kind not in ("read", "write") and (thing := stands.obj or stands.place)
                and (self._through_locks or not (stands.obj and stands.kind.startswith("lock.")))):
            self._meet(chosen, choice.step, stands, thing)
        return stands

    def clock(self, thread: int) -> Clock:
        """The others' steps that lie in this thread's past."""
        return joined(self._clocks.get(thread, {}), self._everybody)

    def give(self, thread: int, thing: int, step: int) -> None:
        """In this step the thread gives something back that others may take."""
        self._left[thing] = joined(self._left.get(thing, {}), self._after(thread, step))

    def take(self, thread: int, thing: int) -> None:
        """The thread takes what others may have given."""
        if left := self._left.get(thing):
            self._clocks[thread] = joined(self.clock(thread), left)

    def _after(self, thread: int, step: int) -> Clock:
        return {**self.clock(thread), thread: step}

    def _meet(self, thread: int, step: int, stands: Stand, thing: int) -> None:
        if stands.mode in (ACQUIRE, READ, WRITE):
            self.take(thread, thing)
        if stands.mode in (RELEASE, WRITE):
            self.give(thread, thing, step)
            if stands.kind == "condition.notify" and (not stands.name or not self._through_locks):
                # A library's own condition, such as a future's: whoever finds the news already there does not wait, and no step tells so.
                self._everybody = joined(self._everybody, self._after(thread, step))


_TAKES = frozenset(KIND_ID[name] for name in ("semaphore.acquired", "condition.woken", "barrier.tripped", "barrier.passed", "queue.got",
                                              "queue.joined", "pool.task_began", "future.resolved", "event.woken"))
_GIVES = frozenset(KIND_ID[name] for name in ("semaphore.released", "barrier.waiting", "barrier.tripped", "queue.put", "queue.got", "pool.submitted"))
_TELLS_ALL = frozenset(KIND_ID[name] for name in ("event.set", "condition.notified", "queue.task_done", "future.set", "queue.shut_down",
                                                  "barrier.reset"))
"""Who comes later may find these already done, and then no event tells that it looked."""
_CREATED, _JOINED = KIND_ID["thread.created"], KIND_ID["thread.joined"]
_ENDED = frozenset(number for number, kind in enumerate(KINDS) if kind.to in (ThreadState.DONE, ThreadState.CRASHED))
ORDERING = _TAKES | _GIVES | _TELLS_ALL | _ENDED | {_CREATED, _JOINED}
"""The kinds of event that `EventOrder.event` wants to see."""


class EventOrder:
    """Fed the ordering events of a free run. Locks order nothing here, unless they serve as signals.

    A thread's own time is the seq of its last `mark`, a moment that will be asked about. Clocks hold no other threads: the many short ones of a
    program that starts thousands would make each clock as long as their number.
    """

    def __init__(self) -> None:
        self._clocks: dict[int, Clock] = {}
        self._marks: Clock = {}
        self._left: dict[int, Clock] = {}
        self._everybody: Clock = {}
        self._ends: dict[int, Clock] = {}
        self._parents: dict[int, int] = {}
        self._thread_of: dict[int, int] = {}

    def meet(self, info: ThreadInfo) -> None:
        """A thread was announced."""
        self._parents[info.thread] = info.parent
        if info.obj:
            self._thread_of[info.obj] = info.thread

    def gap(self) -> None:
        """What was not recorded may have ordered everything before it before everything after it."""
        self._everybody = self._marks.copy()

    def mark(self, thread: int, seq: int) -> None:
        """Remember this moment of the thread: who comes after it will know."""
        self._marks[thread] = seq
        self._clocks[thread] = {**self._clocks.get(thread, {}), thread: seq}

    def clock(self, thread: int) -> Clock:
        """The marks that lie in this thread's past, and its own last one."""
        clock = self._clocks[thread] = joined(self._clocks.get(thread, {}), self._everybody)
        return clock

    def give(self, thread: int, thing: int) -> None:
        """The thread gives something back that others may take."""
        self._left[thing] = joined(self._left.get(thing, {}), self.clock(thread))

    def take(self, thread: int, thing: int) -> None:
        """The thread takes what others may have given."""
        if left := self._left.get(thing):
            self._clocks[thread] = joined(self._clocks.get(thread, {}), left)

    def event(self, batch: Batch, at: int) -> None:
        """Follow one event of a kind in ORDERING."""
        kind, thread, obj = batch.kind[at], batch.thread[at], batch.obj[at]
        if kind == _CREATED:
            parent = self._parents.get(thread, 0)
            self._clocks[thread] = joined(self._clocks.get(thread, {}), self.clock(parent))
        elif kind in _ENDED:
            # A join that finds the thread ended waits for nothing and leaves no event: its parent may have made it.
            self._ends[thread] = self.clock(thread)
            parent = self._parents.get(thread, 0)
            if parent != thread:
                self._clocks[parent] = joined(self._clocks.get(parent, {}), self._ends[thread])
        elif kind == _JOINED:
            self._clocks[thread] = joined(self._clocks.get(thread, {}), self._ends.get(self._thread_of.get(obj, -1), {}))
        else:
            if kind in _TAKES:
                self.take(thread, obj)
            if kind in _GIVES:
                self.give(thread, obj)
            if kind in _TELLS_ALL:
                self._everybody = joined(self._everybody, self.clock(thread))
