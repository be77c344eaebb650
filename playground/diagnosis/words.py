"""How the stories of waits are worded: one row for each kind of wait."""

from __future__ import annotations

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
SIGNAL_WAIT = "waits for a permit of {obj} to be released"
"""The same of a semaphore that is a signal: there are no permits that anybody holds."""
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
NOBODY_RELEASES = "Nobody is left to release {obj}."
FIXES: tuple[tuple[str, str], ...] = (
    ("condition.waiting", "Hold the condition's lock while you change and while you test what is waited for, and wait in a `while` loop on that "
                          "test: then a notify that came first is not missed."),
    ("semaphore.blocked", "Give every permit back in a `with` block, and let every thread take several semaphores in the same order."),
    ("queue.get_blocked", "Tell every consumer that nothing more will come: one sentinel each, or shutdown()."),
    ("queue.put_blocked", "Let the consumers go on until the producers have ended, or give the queue more room."),
    ("queue.joining", "Call task_done once for every item taken, also when its work failed."),
    ("barrier.waiting", "Give the barrier as many parties as there are threads that come to it."),
    ("event.waiting", "Set the event on every path, also when the work before it fails."),
    ("future.waiting", "Do not wait for a task from within a worker of the same pool: once every worker waits so, none is left to run it. Of "
                       "a future of your own set the result or exception on every path."),
    ("lock.blocked", "Take the lock in a `with` block, so that it is released on every path."),
    ("thread.joining", "Do not let threads wait for each other's end."),
)
"""Kind of wait to its mend; the first that occurs is told."""
PROVIDES: dict[str, tuple[str, str]] = {
    "condition.notified": ("condition.waiting", "notified it"),
    "semaphore.released": ("semaphore.blocked", "gave one back"),
    "event.set": ("event.waiting", "set it"),
    "queue.got": ("queue.put_blocked", "took from it"),
    "queue.put": ("queue.get_blocked", "put on it"),
    "queue.task_done": ("queue.joining", "called task_done"),
    "future.set": ("future.waiting", "finished it"),
}
"""What ends a wait: the kind of wait, and how a story speaks of it."""
NEVER_DONE: dict[str, str] = {
    "condition.waiting": "Nobody ever notified it.",
    "event.waiting": "Nobody ever set it.",
    "queue.put_blocked": "Nobody ever took from it.",
    "queue.get_blocked": "Nobody ever put on it.",
    "queue.joining": "Nobody ever called task_done.",
}
SIGNAL_FIX = ("A semaphore that threads release for others is a signal: release it once for every time that somebody acquires it, on every path. "
              "Each acquire uses one up, so threads that wait for different things need a semaphore each.")
SAME_ORDER = "Let every thread take {things} in the same order."
TAKEN_TWICE = "A Lock cannot be taken twice by the thread that holds it: use an RLock, or call the inner function without the lock."
JOINED_WHILE_HELD = "Let go of a lock before waiting for a thread that needs it."


def where(line: int, step: int = 0) -> str:
    """` (line 9, step 4)`, as far as it is known."""
    place = [f"line {line}"] if line else []
    place += [f"step {step}"] if step else []
    return f" ({', '.join(place)})" if place else ""
