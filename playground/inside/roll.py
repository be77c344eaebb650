"""Dense numbers without a lock: a thing's number is its place in a list that only grows.

`list.append` is one atomic step, so two threads, a signal handler or a `__del__` in between can never disturb the order; a lock here
could be re-entered by the very thread that holds it.
"""

from __future__ import annotations

from playground.inside import real

__builtins__ = real.builtins
_LOOK_BACK = 8


class Roll[T]:
    """Things in the order in which they were entered; `most` bounds them."""

    __slots__ = ("announced", "entries", "most")

    def __init__(self, most: int) -> None:
        self.entries: list[T] = []
        self.most = most
        self.announced = 0
        """How many of them went down the pipe; only the flush moves it."""

    def enter(self, entry: T) -> int:
        """The entry's place, from 0; -1 when the roll is full. Entered twice at once by two threads, both get the first place."""
        entries = self.entries
        if len(entries) >= self.most:
            return -1
        entries.append(entry)
        place = len(entries) - 1
        while entries[place] is not entry:
            place -= 1
        for earlier in range(place - 1, max(-1, place - 1 - _LOOK_BACK), -1):
            if entries[earlier] is entry:
                place = earlier
        return place
