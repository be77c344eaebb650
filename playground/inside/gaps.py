"""What was left out, gathered until the next Gap record: exact where it can be counted, said in words where it cannot."""

from __future__ import annotations

from playground.inside import real

__builtins__ = real.builtins
_MOST_IDS = 350
_EVERY_NS = 200_000_000
NO_NUMBER: dict[str, int] = {}


class Gaps:
    """One Gap in the making. `note_*` are called by any thread; `take` by the flush alone."""

    __slots__ = ("_counts", "_from_ns", "_last_ns", "_objects", "_reasons", "_threads", "_until_ns", "thinned")

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._objects: set[int] = set()
        self._threads: set[int] = set()
        self._reasons: dict[str, int] = {}
        self._from_ns = 0
        self._last_ns = 0
        self._until_ns = 0
        self.thinned = False
        """Objects were named whose events were left out, and nobody has looked since what became of them (`stuck.py`)."""

    def count(self, family: str, number: int, reason: str, since_ns: int) -> None:
        """Exactly `number` events of that family were not recorded."""
        self._counts[family] = self._counts.get(family, 0) + number
        self.say(reason, since_ns)

    def say(self, reason: str, since_ns: int, obj: int = 0, thread: int = -1, number: int = 0) -> None:
        """Something went unrecorded that nobody counted; `number` is what is known exactly (paused places, for one)."""
        self._reasons[reason] = self._reasons.get(reason, 0) + number
        self._from_ns = min(self._from_ns or since_ns, since_ns)
        self._until_ns = real.monotonic_ns()
        if obj:
            self._objects.add(obj)
        if thread >= 0:
            self._threads.add(thread)

    def about(self, objects: set[int]) -> None:
        """Name the objects that the Gap concerns."""
        self._objects |= objects
        self.thinned = self.thinned or bool(objects)

    def take(self, now_ns: int, *, last: bool) -> bytes:
        """The Gap record's payload if one is due (at most five a second), else nothing."""
        if not self._reasons or (not last and now_ns - self._last_ns < _EVERY_NS):
            return b""
        counts, objects, threads, reasons = self._counts, self._objects, self._threads, self._reasons
        start, self._last_ns, self._from_ns = self._from_ns, now_ns, 0
        self._counts, self._objects, self._threads, self._reasons = {}, set(), set(), {}
        words = "; ".join(reason.format(number) for reason, number in reasons.items())
        return real.json_text({
            "from_ns": start, "to_ns": max(start, self._until_ns), "counts": counts,
            "objects": sorted(objects)[:_MOST_IDS] if len(objects) <= _MOST_IDS else [],
            "threads": sorted(threads)[:_MOST_IDS] if len(threads) <= _MOST_IDS else [],
            "reason": words[:200],
        }).encode()


def now() -> int:
    """The clock that every record uses."""
    return real.monotonic_ns()
