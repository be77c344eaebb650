"""Who woke whom: finds, for an event that ends a wait, the event of another thread that made it end.

The rule is data: `Kind.woken_by`. A cause must lie after the wait began, on the same object, by another thread; the latest one counts. Where the
recorder did not see the beginning of the wait (it was thinned) there is no cause: an arrow is drawn only where it is known.
"""

from __future__ import annotations

import re
from array import array

from playground.model.event import KIND_ID, KINDS, ThreadState

_WAITS = (ThreadState.BLOCKED, ThreadState.SLEEPING)
_PASSING = frozenset({KIND_ID["line"], KIND_ID["step"]})
"""They say that a thread runs, and end no wait."""
_CREATED, _BEGAN = KIND_ID["thread.created"], KIND_ID["thread.began"]
_ON_CONDITION, _ENDS_ON_CONDITION = KIND_ID["condition.waiting"], frozenset({KIND_ID["condition.woken"], KIND_ID["condition.timed_out"]})
_BEGINS = frozenset(number for number, kind in enumerate(KINDS) if kind.to in _WAITS)
_ENDS = frozenset(number for number, kind in enumerate(KINDS) if kind.to is ThreadState.RUNNING and number not in _PASSING)
_WAKERS: dict[int, tuple[int, ...]] = {number: tuple(KIND_ID[name] for name in kind.woken_by) for number, kind in enumerate(KINDS) if kind.woken_by}
_WAKES = frozenset(waker for wakers in _WAKERS.values() for waker in wakers)
_SPEAKS = re.compile(b"[" + re.escape(bytes(sorted(_BEGINS | _ENDS | _WAKES))) + b"]")
_KIND_BITS = 8
"""A key of `_latest` is obj << 8 | kind."""


class Causes:
    """Follows every wait of a run; `waits` maps a waiting thread to (seq, obj, line) of the event that began its wait."""

    def __init__(self) -> None:
        self.waits: dict[int, tuple[int, int, int]] = {}
        self._latest: dict[int, tuple[int, int]] = {}
        self._created: dict[int, int] = {}
        self._on_conditions: dict[int, tuple[int, int, int]] = {}
        """The waits on conditions by thread: who is woken takes the condition's lock first, and may have to wait for that."""

    def find(self, kind: bytes, thread: array[int], obj: array[int], line: array[int], begin: int, end: int, first_seq: int) -> list[tuple[int, int]]:
        """The pairs (seq, cause) among the events [begin, end) of these columns; event `begin` has seq `first_seq`.

        Lines, nearly all events of most programs, are skipped by one search in C.
        """
        found: list[tuple[int, int]] = []
        waits, latest, offset = self.waits, self._latest, first_seq - begin
        for match in _SPEAKS.finditer(kind, begin, end):
            at = match.start()
            number, who = kind[at], thread[at]
            if number in _ENDS:
                wait = waits.pop(who, None)
                if number in _ENDS_ON_CONDITION:
                    wait = self._on_conditions.pop(who, None)
                if number == _BEGAN:
                    if who in self._created:
                        found.append((at + offset, self._created.pop(who)))
                elif wait is not None and number in _WAKERS:
                    cause = self._waker(number, who, obj[at], wait)
                    if cause is not None:
                        found.append((at + offset, cause))
            elif number in _BEGINS:
                waits[who] = (at + offset, obj[at], line[at])
                if number == _ON_CONDITION:
                    self._on_conditions[who] = waits[who]
            if number in _WAKES:
                latest[obj[at] << _KIND_BITS | number] = (at + offset, who)
                if number == _CREATED:
                    self._created[who] = at + offset
        return found

    def _waker(self, ending: int, who: int, obj: int, wait: tuple[int, int, int]) -> int | None:
        """The latest event that can have ended this wait: after it began, by another thread."""
        began = wait[0]
        known = (self._latest.get(obj << _KIND_BITS | waker) for waker in _WAKERS[ending])
        after = [seq for seq, waker in filter(None, known) if seq > began and waker != who]
        return max(after, default=None)
