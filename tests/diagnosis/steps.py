"""Writes the steps of a controlled run for tests: who did what to which place, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.diagnosis.detector import Detector
from playground.model.finding import Finding
from playground.model.record import Choices, Record
from playground.model.schedule import ACQUIRE, READ, RELEASE, WRITE
from playground.model.spec import RunSpec
from playground.model.steps import NOBODY, PARTS, Choice, Stand, Value
from tests.story import Story

MODES = {"read": READ, "write": WRITE, "lock.acquire": ACQUIRE, "lock.release": RELEASE, "thread.start": WRITE, "thread.begin": READ,
         "thread.end": RELEASE, "thread.join": ACQUIRE, "event.set": WRITE, "event.wait": WRITE, "queue.put": WRITE, "queue.get": WRITE,
         "semaphore.acquire": WRITE, "semaphore.release": WRITE, "barrier.wait": WRITE, "condition.notify": WRITE, "condition.wait": WRITE}


class Steps:
    """Memory is named as the program names it (`total`, `d['k']`, `items` with whole=True); primitives by their object's number."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []
        self._places: dict[str, int] = {}

    def step(self, thread: int, kind: str, name: str = "", *, obj: int = 0, line: int = 0, offset: int = 0, whole: bool = False,
             after: str = "", ready: Sequence[int] = ()) -> Steps:
        """One step; `after` is the value that it leaves in what it names."""
        place = 0
        if kind in ("read", "write"):
            thing = self._places.setdefault(name, len(self._places) + 1) * PARTS
            place = -thing if whole else thing + 1
        stand = Stand(thread, kind, name, obj, MODES[kind], line, 0, offset, place)
        values = (Value(name, after),) if after else ()
        self.choices.append(Choice(len(self.choices) + 1, thread, tuple(ready) or (thread,), False, (stand,), values))
        return self

    def over(self) -> Steps:
        """The last row: nobody is left."""
        self.choices.append(Choice(len(self.choices) + 1, NOBODY, (), False, (), ()))
        return self

    def record(self) -> Choices:
        return Choices(tuple(self.choices))


def judged(make: Callable[[RunSpec], Detector], story: Story, steps: Steps, *, source: str = "") -> list[Finding]:
    """What the detector says of the two together, at the end."""
    detector = make(RunSpec(source=source, mode="controlled"))
    first, *rest = story.records()
    records: list[Record] = [first, steps.record(), *rest]
    found = [finding for record in records for finding in detector.see(record)]
    return [*found, *detector.end(10**12)]
