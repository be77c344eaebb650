"""A scenario: a plain program with a header that says what to look for and which literals are knobs."""

from __future__ import annotations

from dataclasses import dataclass

from playground.model.spec import Knob


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the header promises: in mode `free` the finding (deadlock, crash, clean) shows up in one of `within` runs; in mode `controlled` a search
    of at most `within` executions finds it (or, where it is clean, finds nothing)."""

    mode: str
    finding: str
    within: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """One built-in program. `story` is one or two sentences; `tries` are things to do; `source` is the whole file as shown."""

    slug: str
    title: str
    level: int
    topic: str
    primitive: str
    minutes: int
    story: str
    tries: tuple[str, ...]
    knobs: tuple[Knob, ...]
    expect: tuple[Expectation, ...]
    source: str
    filename: str
