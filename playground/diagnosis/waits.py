"""Who waits for what, and who has it: the wait-for graph of a trace as it stands at its newest event.

Only what the recorder said counts as a wait; what the sampler saw can put a wait in doubt (`unsettled`) but never make one.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, replace

from playground.diagnosis.speaking import speaking
from playground.model.event import KIND_ID, KINDS, TIMEOUT_FOREVER, Batch, ThreadState
from playground.model.record import Gap, ObjectInfo, ThreadInfo

_S = ThreadState
_ENDED = (_S.DONE, _S.CRASHED, _S.KILLED)
_SEMAPHORES = ("Semaphore", "BoundedSemaphore")
TIMED_NOTE = "timed"
"""The note of a barrier's wait that has a timeout (its value says how many are there)."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that has begun and not ended. `unsettled`: the sampler saw the thread doing something else meanwhile."""

    kind: str
    obj: int
    line: int
    seq: int
    at_ns: int
    timed: bool
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock is held by `thread` since event `seq`, which was at `line`."""

    thread: int
    seq: int
    at_ns: int
    line: int = 0


class WaitsForGraph:
    """`live`: threads started and not ended, with whether they began. `foreign`: locks once released by a thread that did not hold them.

    `stirred`: when a thread last did something to an object, or ended, beside beginning to wait; who waits for it may be about to go on.
    """

    def __init__(self) -> None:
        self.live: dict[int, bool] = {}
        self.waits: dict[int, Wait] = {}
        self.holds: dict[int, Hold] = {}
        self.permits: dict[int, Counter[int]] = {}
        self.signals: set[int] = set()
        """Semaphores that a thread released without having taken the permit, or that begin with none: who acquires one holds nothing."""
        self.foreign: set[int] = set()
        self.ended: dict[int, int] = {}
        self.over: set[int] = set()
        """The Thread objects of the ended: who joins one goes on, though the machine or the thread's last `__del__` may be slow."""
        self.thinned: list[Gap] = []
        self.stirred: dict[int, int] = {}
        self.freed: dict[int, int] = {}
        """Locks that were let go of and not taken since, as far as is known: who waits for one goes on, though perhaps nobody tells."""
        self.now_ns = 0
        self.last_end_ns = -(1 << 62)
        """When a thread last ended: who it set free may be slow to say so."""
        self._object_of: dict[int, int] = {}
        self._levels: dict[int, int] = {}
        """How many permits a semaphore had after its last event."""

    def created(self, info: ObjectInfo) -> None:
        """A thing was announced; a semaphore that begins with no permit is there to be released by others."""
        if info.primitive in _SEMAPHORES and not info.capacity:
            self.signals.add(info.obj)

    def meet(self, info: ThreadInfo) -> None:
        """A thread was announced; one with a native id runs already, whether or not an event says so."""
        self._object_of[info.thread] = info.obj
        if info.tid:
            self.live[info.thread] = True

    def gap(self, gap: Gap) -> None:
        """Something was not recorded: who holds those locks is not known unless they were taken after it.

        Lines and output that were left out change nothing here.
        """
        if not gap.hides_state and not gap.objects:
            return
        self.thinned = [*self.thinned[-50:], gap]
        for obj in gap.objects or (*self.holds, *self.permits):
            hold = self.holds.get(obj)
            if hold is not None and hold.at_ns <= gap.to_ns:
                del self.holds[obj]
            self.permits.pop(obj, None)
            self._levels.pop(obj, None)

    def stirred_since(self, wait: Wait, at_ns: int) -> bool:
        """Whether anything was done to what is waited for, since the wait began and since then."""
        return self.stirred.get(wait.obj, -1) >= max(wait.at_ns, at_ns)

    def doubtful(self, thread: int, wait: Wait) -> bool:
        """Whether events about this wait may be missing since it began."""
        return any(gap.to_ns >= wait.at_ns and (wait.obj in gap.objects or thread in gap.threads or not (gap.objects or gap.threads))
                   for gap in self.thinned)

    def batch(self, batch: Batch, timed_notes: set[int]) -> bool:
        """Follow these events; True if the graph may have changed."""
        if not batch.kind:
            return False
        self.now_ns = batch.at_ns[-1]
        places = speaking(batch.kind)
        for at in places:
            self._follow(batch, at, timed_notes)
        changed = bool(places)
        if self.waits:
            changed |= self._forget_waits_that_lines_ended(batch)
        return changed

    def _follow(self, batch: Batch, at: int, timed_notes: set[int]) -> None:
        kind, thread, obj, to = KINDS[batch.kind[at]].name, batch.thread[at], batch.obj[at], batch.to[at]
        if kind == "sampled":
            self._doubt(thread, to)
            return
        if kind == "thread.created":
            self.live.setdefault(thread, False)
            return
        if to in _ENDED:
            self.live.pop(thread, None)
            over = self.waits.pop(thread, None)  # a worker of a pool ends out of its wait: the pool was shut down
            for each in (self._object_of.get(thread, 0), over.obj if over else 0):
                self.stirred[each] = batch.at_ns[at]
            self.ended[thread] = batch.first_seq + at
            self.over.add(obj or self._object_of.get(thread, 0))
            self.last_end_ns = batch.at_ns[at]
            return
        if to == _S.RUNNING:
            self.live[thread] = True
            self.waits.pop(thread, None)
        elif to in (_S.BLOCKED, _S.SLEEPING):
            self.live[thread] = True
            value = batch.value[at]
            timed = to == _S.SLEEPING or (batch.note[at] in timed_notes if kind == "barrier.waiting" else value != TIMEOUT_FOREVER)
            self.waits[thread] = Wait(kind, obj, batch.line[at], batch.first_seq + at, batch.at_ns[at], timed)
        if thread not in self.waits:
            self.stirred[obj] = batch.at_ns[at]
        self._hand(kind, obj, batch.value[at], Hold(thread, batch.first_seq + at, batch.at_ns[at], batch.line[at]))

    def _hand(self, kind: str, obj: int, value: int, new: Hold) -> None:
        thread = new.thread
        match kind:
            case "lock.acquired" | "lock.held" | "condition.woken" | "condition.timed_out":
                self.holds[obj] = new
                self.freed.pop(obj, None)
            case "lock.released":
                hold = self.holds.get(obj)
                if hold is not None and hold.thread != thread:
                    self.foreign.add(obj)
                if value == 0:
                    self.holds.pop(obj, None)
                    self.freed[obj] = new.at_ns
            case "condition.waiting":
                self.holds.pop(obj, None)
            case "semaphore.acquired":
                if obj not in self.permits:
                    self.signals.discard(obj)  # nobody had released it: it began with permits, whatever was known of it
                self.permits.setdefault(obj, Counter())[thread] += 1
                self._levels[obj] = value
            case "semaphore.released":
                count = max(1, value - self._levels.get(obj, value))
                permits = self.permits.setdefault(obj, Counter())
                if permits[thread] < count:
                    self.signals.add(obj)
                permits[thread] -= count
                self._levels[obj] = value

    def _doubt(self, thread: int, to: int) -> None:
        wait = self.waits.get(thread)
        if wait is not None:
            self.waits[thread] = replace(wait, unsettled=to not in (_S.BLOCKED, _S.SLEEPING))

    def _forget_waits_that_lines_ended(self, batch: Batch) -> bool:
        """A thread that reached a line waits no more, though the end of its wait was not recorded."""
        column = batch.thread.tobytes()
        over = [thread for thread, wait in self.waits.items() if _last_line(batch, column, thread) > wait.seq]
        for thread in over:
            del self.waits[thread]
        return bool(over)


def _last_line(batch: Batch, column: bytes, thread: int) -> int:
    """The seq of the thread's last line among these events, -1 if there is none; searched for in C, for most batches have none."""
    sought, size = array("H", [thread]).tobytes(), batch.thread.itemsize
    end = len(column)
    while (at := column.rfind(sought, 0, end)) >= 0:
        place, odd = divmod(at, size)
        if not odd and batch.kind[place] == _LINE:
            return batch.first_seq + place
        end = at + size - 1
    return -1


_LINE = KIND_ID["line"]
