"""Where events wait for the flush: one array under the GIL, one list per thread without it. This choice is made here and nowhere else.

Under the GIL `array.extend(tuple of ints)` runs no Python code and is atomic: 140 ns, and the order of the log is the order of the facts.
Without a GIL one shared log falls to 0.5 M events/s and an array is not safe to share; there each thread has a list, merged by time.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from typing import Protocol

from playground.inside import real

__builtins__ = real.builtins
type Words = tuple[int, int, int, int]


class Log(Protocol):
    """Events on their way to the flush."""

    @property
    def append(self) -> Callable[[Words], None]:
        """Put one event in; atomic."""
        ...

    def take(self) -> tuple[bytes, int]:
        """The bytes of all events so far, and how many; they leave the log."""
        ...

    def __len__(self) -> int:
        """How many events wait."""
        ...


class SharedLog:
    """One array for all threads: its order is the total order."""

    __slots__ = ("_words", "append")

    def __init__(self) -> None:
        self._words: array[int] = array("Q")
        self.append: Callable[[Words], None] = self._words.extend

    def take(self) -> tuple[bytes, int]:
        """See Log. Only whole events are in the array, because an extend is never seen half done."""
        words = self._words
        length = len(words)
        data = words[:length].tobytes()
        del words[:length]
        return data, length // 4

    def __len__(self) -> int:
        return len(self._words) // 4


class SplitLog:
    """A list for each thread, merged by time when taken."""

    __slots__ = ("_lists", "append")

    def __init__(self) -> None:
        self._lists: dict[int, list[Words]] = {}
        self.append: Callable[[Words], None] = self._append

    def _append(self, words: Words) -> None:
        ident = real.get_ident()
        own = self._lists.get(ident)
        if own is None:
            own = self._lists.setdefault(ident, [])
        own.append(words)

    def take(self) -> tuple[bytes, int]:
        """See Log."""
        events: list[Words] = []
        for own in list(self._lists.values()):
            length = len(own)
            events += own[:length]
            del own[:length]
        events.sort()
        flat = array("Q")
        for words in events:
            flat.extend(words)
        return flat.tobytes(), len(events)

    def __len__(self) -> int:
        return sum(len(own) for own in list(self._lists.values()))


def new_log() -> Log:
    """The log that fits this interpreter."""
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return SharedLog() if gil else SplitLog()
