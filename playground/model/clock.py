"""Vector clocks: how far each thread's past reaches into the others (Mattern 1989).

A clock maps a thread to the number of its last step that is known to lie in the past. Clocks are plain dicts that are never changed once
they are stored: `joined` makes a new one where there is news, so that thousands of threads that know the same share one.
"""

from __future__ import annotations

type Clock = dict[int, int]


def joined(one: Clock, other: Clock) -> Clock:
    """The clock of a moment that comes after both."""
    if not other or one is other:
        return one
    if not one:
        return other
    news = {thread: step for thread, step in other.items() if one.get(thread, -1) < step}
    return {**one, **news} if news else one


def happened_before(thread: int, step: int, clock: Clock) -> bool:
    """True if that step of that thread lies in the past of the clock."""
    return clock.get(thread, -1) >= step
