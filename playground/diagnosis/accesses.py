"""Every access to shared memory of a controlled run, by place, with what lay in its past: the steps of the trace made fit for the data races."""

from __future__ import annotations

from dataclasses import dataclass

from playground.diagnosis.order import StepOrder
from playground.model.clock import Clock, happened_before
from playground.model.event import KIND_ID, Batch
from playground.model.record import Choices
from playground.model.schedule import ACQUIRE
from playground.model.steps import PARTS, Choice, Code, Stand

_STEP = KIND_ID["step"]
MOST_AT_A_PLACE = 5_000


@dataclass(frozen=True, slots=True)
class Access:
    """One read or write, of a container as a `whole` or of one part.

    `clock` is the others' past; `locks` those that the thread held; `before` the value then, `after` the one it left (None: not told).
    `stores`: it puts a new value in the place of the old one; a method that changes a container and a `del` do not.
    """

    thread: int
    step: int
    write: bool
    whole: bool
    name: str
    line: int
    offset: int
    clock: Clock
    locks: frozenset[int]
    before: str | None
    after: str | None
    stores: bool

    def comes_before(self, other: Access) -> bool:
        """Whether the program itself makes sure of it."""
        return self.thread == other.thread or happened_before(self.thread, self.step, other.clock)

    def apart_from(self, other: Access) -> bool:
        """Nothing orders the two."""
        return not (self.comes_before(other) or other.comes_before(self))


class Accesses:
    """Fed a controlled run's records; `things` maps a thing to its parts' accesses in order (part 0: the thing as a whole)."""

    def __init__(self) -> None:
        self.things: dict[int, dict[int, list[Access]]] = {}
        self.last: dict[int, Access] = {}
        """By thread."""
        self._order = StepOrder(through_locks=True)
        self._locks: dict[int, frozenset[int]] = {}
        self._values: dict[str, str] = {}
        self._seqs: dict[int, int] = {}
        self._codes: dict[int, dict[int, str]] = {}
        self._in_place: dict[int, frozenset[str]] = {}
        """By thread: the names whose values its last step changed without storing anything, as `+=` does to a list."""

    def code(self, record: Code) -> None:
        """Know that function's instructions, by their offsets."""
        self._codes[record.code] = {offset: name for offset, name, _, _ in record.ops}

    def choices(self, record: Choices) -> None:
        """Follow these steps."""
        for choice in record.choices:
            stand = self._order.step(choice)
            before = self._values.copy() if choice.values else self._values
            for value in choice.values:
                self._values[value.name] = value.text
            if stand is not None:
                self._follow(choice, stand, before)

    def batch(self, batch: Batch) -> None:
        """Remember which event each step is."""
        at = batch.kind.find(_STEP)
        while at >= 0:
            self._seqs.setdefault(batch.step[at], batch.first_seq + at)
            at = batch.kind.find(_STEP, at + 1)

    def seqs(self, *accesses: Access) -> tuple[int, ...]:
        """The events of these accesses."""
        return tuple(sorted({self._seqs[each.step] for each in accesses if each.step in self._seqs}))

    def _follow(self, choice: Choice, stand: Stand, before: dict[str, str]) -> None:
        thread = choice.chosen
        if stand.kind in ("lock.acquire", "lock.try"):
            self._locks[thread] = self._locks.get(thread, frozenset()) | {stand.obj or stand.place}
        elif stand.kind == "lock.release" or (stand.kind == "condition.wait" and stand.mode != ACQUIRE):
            self._locks[thread] = self._locks.get(thread, frozenset()) - {stand.obj or stand.place}
        in_place = self._in_place.pop(thread, frozenset())
        if self._operation(stand) == "BINARY_OP":
            self._in_place[thread] = frozenset(value.name for value in choice.values)
        if not stand.place or stand.kind not in ("read", "write"):
            return
        thing, part = divmod(abs(stand.place), PARTS)
        at_place = self.things.setdefault(thing, {}).setdefault(part, [])
        if len(at_place) < MOST_AT_A_PLACE:
            write = stand.kind == "write" and not (stand.name in in_place and _untouched(thread, at_place))
            stores = write and part > 0 and not self._operation(stand).startswith("DELETE_")
            values = (before.get(stand.name), self._values.get(stand.name)) if part else (None, None)
            self.last[thread] = Access(thread, choice.step, write, not part, stand.name, stand.line, stand.offset, self._order.clock(thread),
                                   self._locks.get(thread, frozenset()), *values, stores)
            at_place.append(self.last[thread])

    def _operation(self, stand: Stand) -> str:
        return self._codes.get(stand.code, {}).get(stand.offset, "")


def _untouched(thread: int, accesses: list[Access]) -> bool:
    """Whether what the thread read there is there still: to store the same list once more changes nothing then."""
    latest = next((access for access in reversed(accesses) if access.write or access.thread == thread), None)
    return latest is not None and not latest.write
