"""What was left out, gathered until the next Gap records: exact where it can be counted, said in words where it cannot.

An omission is one tuple, appended in one step: its count, its time, its words and its objects are never told in different records. A Gap reaches from
the first of its omissions to the last. Lines have a record of their own: they are paused most of the time, and nothing else is unknown for that.
"""

from __future__ import annotations

from collections.abc import Iterable

from playground.inside import real
from playground.inside.things import Known

__builtins__ = real.builtins
_MOST_IDS = 350
_MOST_OWED = 350
_EVERY_NS = 200_000_000

type Omission = tuple[str, int, str, int, int, int, tuple[Known, ...] | None]
"""Family ("": not told), how many, in which words, the number in them, since when, until when, of which objects (None: perhaps of any)."""


class Gaps:
    """Gaps in the making. `count` and `say` are called by any thread; `take` by the flush alone."""

    __slots__ = ("_family_of", "_last_ns", "_omissions", "_owed", "thinned")

    def __init__(self) -> None:
        self._omissions: list[Omission] = []
        self._owed: dict[Known, Omission] = {}
        """Of objects that nobody was told of yet: once they are, so is that something of them was left out before."""
        self._family_of: dict[str, str] = {}
        """What the words were last used for."""
        self._last_ns = 0
        self.thinned = False
        """Objects were named whose events were left out, and nobody has looked since what became of them (`stuck.py`)."""

    def count(self, family: str, number: int, reason: str, since_ns: int, until_ns: int = 0, objects: Iterable[Known] | None = None) -> None:
        """Exactly `number` events of that family were not recorded (0: nobody knows how many), the last of them by now or by `until_ns`."""
        self._family_of[reason] = family
        named = None if objects is None else tuple(objects)
        self._omissions.append((family, number, reason, 0, since_ns, until_ns or real.monotonic_ns(), named))
        self.thinned = self.thinned or bool(named)

    def say(self, reason: str, since_ns: int, number: int = 0) -> None:
        """Something went unrecorded that nobody counted; `number` is what is known exactly (paused places, for one)."""
        self._omissions.append(("", 0, reason, number, since_ns, real.monotonic_ns(), None))

    def take(self, now_ns: int, announced: int, *, last: bool) -> list[bytes]:
        """The payloads of the Gap records that are due (five times a second), naming no object whose number is higher than `announced`."""
        if not last and now_ns - self._last_ns < _EVERY_NS:
            return []
        omissions = self._omissions[:]
        del self._omissions[: len(omissions)]
        omissions += self._pay(announced)
        if not omissions:
            return []
        self._last_ns = now_ns
        lines = [each for each in omissions if self._is_of_lines(each)]
        others = [each for each in omissions if not self._is_of_lines(each)]
        self._owe(others, announced)
        return [_payload(each, announced) for each in (lines, others) if each]

    def _is_of_lines(self, omission: Omission) -> bool:
        return (omission[0] or self._family_of.get(omission[2])) == "line"

    def _pay(self, announced: int) -> list[Omission]:
        """What was owed of objects that were announced meanwhile."""
        due = [known for known in self._owed if 0 < known.number <= announced]
        return [self._owed.pop(known) for known in due]

    def _owe(self, omissions: list[Omission], announced: int) -> None:
        for family, _, reason, number, since_ns, until_ns, objects in omissions:
            for known in objects or ():
                if not 0 < known.number <= announced and (known in self._owed or len(self._owed) < _MOST_OWED):
                    began_ns = self._owed[known][4] if known in self._owed else since_ns
                    self._owed[known] = family, 0, reason, number, began_ns, until_ns, (known,)


def _named(omission: Omission, announced: int) -> list[int]:
    return [known.number for known in omission[6] or () if 0 < known.number <= announced]


def _payload(omissions: list[Omission], announced: int) -> bytes:
    counts: dict[str, int] = {}
    reasons: dict[str, int] = {}
    objects: set[int] = set()
    for family, number, reason, said, _, _, _ in omissions:
        if family:
            counts[family] = counts.get(family, 0) + number
        reasons[reason] = reasons.get(reason, 0) + said
    for omission in omissions:
        objects.update(_named(omission, announced))
    start = min(omission[4] for omission in omissions)
    words = "; ".join(reason.format(number) for reason, number in reasons.items())
    anything = len(objects) > _MOST_IDS or any(omission[6] is None for omission in omissions)
    return real.json_text({
        "from_ns": start, "to_ns": max(start, max(omission[5] for omission in omissions)), "counts": counts,
        "objects": [] if anything else sorted(objects), "threads": [], "reason": words[:200],
    }).encode()
