"""The primitives of the syllabus: word, sentence and picture of each, one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Primitive:
    """A synchronisation object of the standard library, as the page speaks of it.

    `shape` says how the timeline draws it: owner (bars of who holds it), level (a count or size over time), waiters, none.
    """

    name: str
    where: str
    sentence: str
    shape: str
    icon: str


PRIMITIVES: tuple[Primitive, ...] = (
    Primitive("Thread", "threading", "One line of execution; join waits until it ends.", "none", "lanes"),
    Primitive("Lock", "threading", "One thread at a time may hold it; anybody may release it.", "owner", "lock"),
    Primitive("RLock", "threading", "A lock that its owner may take again.", "owner", "lock"),
    Primitive("Condition", "threading", "A lock with a waiting room: wait until somebody notifies.", "waiters", "cond"),
    Primitive("Semaphore", "threading", "A number of permits; acquire takes one, release gives one back.", "level", "lock"),
    Primitive("BoundedSemaphore", "threading", "A semaphore that refuses more releases than acquires.", "level", "lock"),
    Primitive("Event", "threading", "A flag that threads can wait for.", "waiters", "cond"),
    Primitive("Barrier", "threading", "Nobody goes on until all parties have come.", "waiters", "cond"),
    Primitive("Timer", "threading", "A thread that waits, then calls a function once.", "none", "lanes"),
    Primitive("Queue", "queue", "First in, first out; put waits for room, get waits for an item.", "level", "queue"),
    Primitive("LifoQueue", "queue", "Last in, first out: a stack that threads can share.", "level", "queue"),
    Primitive("PriorityQueue", "queue", "The smallest item comes out first.", "level", "queue"),
    Primitive("SimpleQueue", "queue", "An unbounded queue written in C.", "level", "queue"),
    Primitive("ThreadPoolExecutor", "concurrent.futures", "A fixed team of threads that takes tasks from one queue.", "none", "lanes"),
    Primitive("Future", "concurrent.futures", "The promise of a task's result.", "waiters", "cond"),
)
PRIMITIVE_NAMES = frozenset(primitive.name for primitive in PRIMITIVES)
