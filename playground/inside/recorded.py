"""What is kept of one recorded execution: steps, rows of choices, births of threads, facts. All of it is the same in every run."""

from __future__ import annotations

from dataclasses import dataclass

from playground.model.steps import Stand, Value


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who was ready, who was chosen, what it did, where, and to what (by the program's own names).

    `obj` is a thing's number in `Recording.things`, 0 for none.
    """

    step: int
    thread: int
    kind: str
    obj: int
    name: str
    line: int
    mode: int
    primitive: bool
    ready: tuple[int, ...]


@dataclass(slots=True)
class Row:
    """One choice as the page shows it; `values` are what the step changed. The last row has NOBODY as `chosen`."""

    step: int
    chosen: int
    ready: tuple[int, ...]
    may_tick: bool
    stands: tuple[Stand, ...]
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Birth:
    """Who started a thread, at which line; `obj` is the Thread's number."""

    parent: int
    obj: int
    line: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a primitive; `kind` is a row of `model.event.KINDS`."""

    step: int
    thread: int
    kind: str
    obj: int
    line: int
    value: int
    note: str = ""
