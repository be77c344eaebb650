"""What can happen to a thread: the states it can be in, the kinds of event, and the table all of them live in.

The browser, the exports and the recorder inside the walls read these tables; nothing about a kind is written twice.
`KINDS[0]` is reserved so that id 0 never names an event.
"""

from __future__ import annotations

import enum
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

NO_CAUSE = 0xFFFF_FFFF
"""In the `cause` column: nobody woke this event's thread, or who did is not known."""
TIMEOUT_FOREVER = 0
"""In the `value` of a blocked event: the wait has no timeout."""


class ThreadState(enum.IntEnum):
    """What a thread is doing; the docstring of each member is the page's legend."""

    NONE = 0
    """The event says nothing about the thread's state."""
    NEW = 1
    """Started by Python, not yet running."""
    READY = 2
    """Could be chosen next (controlled mode)."""
    RUNNING = 3
    """Its line executes now."""
    WAITING_GIL = 4
    """Could run, but another thread has the interpreter."""
    BLOCKED = 5
    """Waits for a lock, queue, condition, event or thread; a timed wait too."""
    SLEEPING = 6
    """In time.sleep."""
    IO = 7
    """Waits for a file, socket or terminal."""
    DONE = 8
    """Its function returned."""
    CRASHED = 9
    """An exception left the thread."""
    KILLED = 10
    """A daemon cut off when the program ended, or a thread cut off with its process."""


LETS_GO = frozenset({ThreadState.BLOCKED, ThreadState.SLEEPING, ThreadState.IO, ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED})
"""States in which a thread has no use for the GIL."""
STATE_LEGEND: tuple[tuple[ThreadState, str, str], ...] = (
    (ThreadState.NEW, "new", "started by Python, not yet running"),
    (ThreadState.READY, "ready", "may be chosen next"),
    (ThreadState.RUNNING, "running", "its line executes now"),
    (ThreadState.WAITING_GIL, "waiting for GIL", "could run, another thread has the interpreter"),
    (ThreadState.BLOCKED, "blocked", "waits for a lock, queue, condition, event or thread"),
    (ThreadState.SLEEPING, "sleeping", "in time.sleep"),
    (ThreadState.IO, "I/O", "waits for a file, socket or terminal"),
    (ThreadState.DONE, "done", "its function returned"),
    (ThreadState.CRASHED, "crashed", "an exception left the thread"),
    (ThreadState.KILLED, "killed", "cut off when the program ended"),
)
"""State, its word on the page, its sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    `to` is the state it puts its thread in (NONE: unchanged). `woken_by` names the kinds that, on the same object and
    by another thread, end the wait that this event ends: the session turns the latest of them into `cause`.
    `sentence` is shown to people; `{thread} {obj} {line} {value} {note} {owner} {waker} {waited} {timeout}` are filled in and a
    [bracketed part] is dropped when a name in it is not known. `own` is False where somebody else tells it of the thread: on a GIL build a thread
    that tells an event of its own had the GIL at that moment.
    """

    name: str
    to: ThreadState
    sentence: str
    woken_by: tuple[str, ...] = ()
    own: bool = True


_S = ThreadState
KINDS: tuple[Kind, ...] = (
    Kind("none", _S.NONE, "", own=False),
    # source lines. `line.seen` is where a thread stood when the recorder last drained: it claims no state.
    Kind("line", _S.RUNNING, "{thread} reached line {line}"),
    Kind("line.seen", _S.NONE, "{thread} is at line {line}", own=False),
    # threads; obj is the Thread object
    Kind("thread.created", _S.NEW, "[{waker} started ]{thread}", own=False),
    Kind("thread.began", _S.RUNNING, "{thread} began to run", ("thread.created",)),
    Kind("thread.ended", _S.DONE, "{thread} ended"),
    Kind("thread.crashed", _S.CRASHED, "{thread} crashed: {note}"),
    Kind("thread.killed", _S.KILLED, "{thread} was cut off when the program ended", own=False),
    Kind("thread.joining", _S.BLOCKED, "{thread} waits for {obj} to end"),
    Kind("thread.joined", _S.RUNNING, "{thread} goes on because {obj} ended[ after waiting {waited}]", ("thread.ended", "thread.crashed")),
    Kind("thread.join_timed_out", _S.RUNNING, "{thread} stopped waiting for {obj} to end"),
    # locks: Lock, RLock, _thread.allocate_lock, and the lock inside a Condition. value of acquired/released: depth left
    Kind("lock.blocked", _S.BLOCKED, "{thread} waits for {obj}[, held by {owner}]"),
    Kind("lock.acquired", _S.RUNNING, "{thread} took {obj}[ after waiting {waited}][, when {waker} let go of it]",
         ("lock.released", "condition.waiting")),
    Kind("lock.held", _S.NONE, "{thread} was found holding {obj}, taken while it was not recorded", own=False),
    Kind("lock.released", _S.NONE, "{thread} let go of {obj}"),
    Kind("lock.refused", _S.RUNNING, "{thread} did not get {obj}[, held by {owner}]"),
    # conditions. value of waiting: timeout in us (0: none); of notified: how many were asked for
    Kind("condition.waiting", _S.BLOCKED, "{thread} waits on {obj}"),
    Kind("condition.woken", _S.RUNNING, "{thread} was woken on {obj}[ by {waker}][ after {waited}]", ("condition.notified",)),
    Kind("condition.timed_out", _S.RUNNING, "{thread} stopped waiting on {obj}: nobody notified it in time"),
    Kind("condition.notified", _S.NONE, "{thread} notified {obj}"),
    # semaphores. value of acquired/released: permits left
    Kind("semaphore.blocked", _S.BLOCKED, "{thread} waits for a permit of {obj}"),
    Kind("semaphore.acquired", _S.RUNNING, "{thread} took a permit of {obj}, {value} left[, after waiting {waited}]", ("semaphore.released",)),
    Kind("semaphore.released", _S.NONE, "{thread} gave back a permit of {obj}, {value} now"),
    Kind("semaphore.refused", _S.RUNNING, "{thread} got no permit of {obj}"),
    # events
    Kind("event.waiting", _S.BLOCKED, "{thread} waits for {obj} to be set"),
    Kind("event.woken", _S.RUNNING, "{thread} goes on because[ {waker} set] {obj}[ after {waited}]", ("event.set",)),
    Kind("event.timed_out", _S.RUNNING, "{thread} stopped waiting: {obj} was not set in time"),
    Kind("event.set", _S.NONE, "{thread} set {obj}"),
    Kind("event.cleared", _S.NONE, "{thread} cleared {obj}"),
    # barriers. value: how many are there now
    Kind("barrier.waiting", _S.BLOCKED, "{thread} waits at {obj}, {value} there"),
    Kind("barrier.tripped", _S.RUNNING, "{thread} came last to {obj}: everybody goes on"),
    Kind("barrier.passed", _S.RUNNING, "{thread} goes on from {obj}[ after {waited}]", ("barrier.tripped",)),
    Kind("barrier.broken", _S.RUNNING, "{thread} left {obj}: the barrier is broken", ("barrier.reset",)),
    Kind("barrier.reset", _S.NONE, "{thread} reset or aborted {obj}"),
    # timers: a Timer is a thread that waits, then calls
    Kind("timer.waiting", _S.BLOCKED, "{thread} waits {timeout} before it calls its function"),
    Kind("timer.fired", _S.RUNNING, "{thread} fired"),
    Kind("timer.cancelled", _S.RUNNING, "{thread} was cancelled[ by {waker}] before it fired", ("timer.cancel",)),
    Kind("timer.cancel", _S.NONE, "{thread} cancelled {obj}"),
    # queues: Queue, LifoQueue, PriorityQueue, SimpleQueue. value: size after the operation; note: the item
    Kind("queue.put_blocked", _S.BLOCKED, "{thread} wants to put on {obj}, which is full"),
    Kind("queue.put", _S.RUNNING, "{thread} put[ {note}] on {obj}, {value} in it[, after waiting {waited} for room]", ("queue.got",)),
    Kind("queue.get_blocked", _S.BLOCKED, "{thread} wants to take from {obj}, which is empty"),
    Kind("queue.got", _S.RUNNING, "{thread} took[ {note}] from {obj}, {value} left[, after waiting {waited}]", ("queue.put",)),
    Kind("queue.full", _S.RUNNING, "{thread} could not put on {obj}: full"),
    Kind("queue.empty", _S.RUNNING, "{thread} could not take from {obj}: empty"),
    Kind("queue.task_done", _S.NONE, "{thread} called task_done on {obj}, {value} unfinished"),
    Kind("queue.joining", _S.BLOCKED, "{thread} waits until every task of {obj} is done"),
    Kind("queue.joined", _S.RUNNING, "{thread} goes on: every task of {obj} is done", ("queue.task_done",)),
    Kind("queue.shut_down", _S.NONE, "{thread} shut {obj} down"),
    # sleeping. value: us asked for
    Kind("sleep.began", _S.SLEEPING, "{thread} sleeps {timeout}"),
    Kind("sleep.ended", _S.RUNNING, "{thread} woke after {waited} of sleep"),
    # pools and their futures
    Kind("pool.submitted", _S.NONE, "{thread} submitted[ {note}] to {obj}"),
    Kind("pool.idle", _S.BLOCKED, "{thread} waits for work from {obj}"),
    Kind("pool.task_began", _S.RUNNING, "{thread} took[ {note}] from {obj}", ("pool.submitted",)),
    Kind("pool.task_ended", _S.NONE, "{thread} finished[ {note}] for {obj}"),
    Kind("future.waiting", _S.BLOCKED, "{thread} waits for the result of {obj}"),
    Kind("future.resolved", _S.RUNNING, "{thread} has the result of {obj}[ after {waited}]", ("future.set",)),
    Kind("future.timed_out", _S.RUNNING, "{thread} stopped waiting for the result of {obj}"),
    Kind("future.set", _S.NONE, "{thread} finished {obj}"),
    # what threads print; value: characters
    Kind("output", _S.NONE, "{thread} printed"),
    # facts of the sampler, which watches from outside the process (source = SAMPLER)
    Kind("sampled", _S.NONE, "{thread} was seen in this state", own=False),
    Kind("gil.taken", _S.NONE, "{thread} has the GIL", own=False),
    Kind("gil.dropped", _S.NONE, "nobody has the GIL", own=False),
    # names given after the start
    Kind("thread.renamed", _S.NONE, "{thread} is called {note} from now on", own=False),
    # controlled mode. note of a step: what the thread then did; value: who could have been chosen, thread n as bit n (threads 0-31)
    Kind("step", _S.RUNNING, "{thread} was chosen[: {note}]"),
    Kind("step.paused", _S.READY, "{thread} could go on, but another was chosen", own=False),
    Kind("clock.moved", _S.NONE, "nobody was chosen: the clock moved to the next deadline", own=False),
)
KIND_ID: dict[str, int] = {kind.name: number for number, kind in enumerate(KINDS)}
"""Name of a kind to its id, its row in KINDS. Ids are of one version; files carry names."""

RECORDER, SAMPLER = 0, 1
"""The two sources of an event: the recorder inside the process, the sampler outside it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: the row view of one line of a Batch.

    `at_ns` counts from the start of the program. `thread` and `obj` are dense ids (main is 0; 0 is no object).
    `note` is text, never evaluated. `cause` is the seq of the event that woke this thread, or None.
    """

    seq: int
    at_ns: int
    kind: str
    thread: int
    to: ThreadState
    obj: int
    line: int
    value: int
    note: str
    step: int
    cause: int | None
    source: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of events as columns of equal length; event i has seq `first_seq + i` and at_ns never falls.

    Types by column: at_ns array('Q') · kind, to, source bytes · thread array('H') · obj, line, value, note, step, cause array('I').
    `note` holds text ids (0: none), defined by a Text record that came earlier.
    """

    first_seq: int
    at_ns: array[int]
    kind: bytes
    to: bytes
    source: bytes
    thread: array[int]
    obj: array[int]
    line: array[int]
    value: array[int]
    note: array[int]
    step: array[int]
    cause: array[int]

    def __len__(self) -> int:
        return len(self.kind)

    def events(self, texts: dict[int, str]) -> Iterator[Event]:
        """The same events as rows; `texts` resolves notes."""
        rows = zip(self.at_ns, self.kind, self.to, self.source, self.thread, self.obj, self.line, self.value, self.note,
                   self.step, self.cause, strict=True)
        for seq, (at_ns, kind, to, source, thread, obj, line, value, note, step, cause) in enumerate(rows, self.first_seq):
            yield Event(seq, at_ns, KINDS[kind].name, thread, ThreadState(to), obj, line, value, texts.get(note, ""), step,
                        None if cause == NO_CAUSE else cause, source)
