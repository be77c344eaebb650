"""What a share link pins: a program with its settings, and, where it was brought into one interleaving, that interleaving.

The content has a format: 1 for a program that is watched, 2 where a schedule or a way of scheduling is pinned too. The parts that came with
format 2 are left out while they say nothing, so what was shared before has the same id still.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from playground.knobs import check_value, find_assignments
from playground.model.errors import BadSpec
from playground.model.schedule import MAX_STEPS, Schedule
from playground.model.spec import RunSpec, check

VERSION = 2
MODES = ("free", "controlled", "find")
"""What the page shows: the program as it runs, one interleaving, or a search for one that fails."""
USUAL_GRANULARITY = RunSpec("").granularity
HIDING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
MOST_KNOBS, KNOB_LETTERS, TITLE_LETTERS = 64, 200, 120
_TEXTS = {"source": 0, "filename": 120, "mode": 20, "python": 80, "title": TITLE_LETTERS, "slug": 80, "granularity": 20, "schedule": 0}
_SINCE_2: dict[str, object] = {"granularity": "", "schedule": "", "step": -1}
"""Parts that came with format 2, and what says nothing in each."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a link pins. `knobs` maps a knob's name to the expression it was turned to; `slug` is the scenario it came from, or empty.

    `granularity` is empty for the usual one; `schedule` is the very interleaving, made for this source, or empty; `step` is how many of its steps the
    page shows as done (-1: all of them).
    """

    source: str
    filename: str = "program.py"
    knobs: tuple[tuple[str, str], ...] = ()
    mode: str = "free"
    python: str = ""
    seed: int = 0
    title: str = ""
    slug: str = ""
    granularity: str = ""
    schedule: str = ""
    step: int = -1

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Share:
        """A share from untrusted, parsed JSON; raises BadSpec with a sentence."""
        known = {*_TEXTS, "knobs", "seed", "step"}
        if set(raw) - known or "source" not in raw:
            raise BadSpec(f"A share has the parts source, {', '.join(sorted(known - {'source'}))}; source is needed.")
        values: dict[str, Any] = {name: _text(name, raw[name], most) for name, most in _TEXTS.items() if name in raw}
        values["title"] = plain(values.get("title", ""))
        values["filename"] = plain(values.get("filename", "")) or "program.py"
        for name in {"seed", "step"} & set(raw):
            number = raw[name]
            if isinstance(number, bool) or not isinstance(number, int):
                raise BadSpec(f"The {name} must be a whole number.")
            values[name] = number
        return _checked(cls(**values, knobs=_knobs(raw.get("knobs", {}))))

    @property
    def version(self) -> int:
        """The oldest format that can hold it."""
        return 2 if self.mode != "free" or any(getattr(self, name) != nothing for name, nothing in _SINCE_2.items()) else 1

    def to_json(self) -> str:
        """The content of its row."""
        parts = {name: value for name, value in asdict(self).items() if name not in _SINCE_2 or value != _SINCE_2[name]}
        return json.dumps({**parts, "knobs": dict(self.knobs)}, sort_keys=True, separators=(",", ":"))


def _checked(share: Share) -> Share:
    """The share if it could be run as it says; the same interleaving is always written in the same way. Raises BadSpec."""
    if share.mode not in MODES:
        raise BadSpec(f"Unknown mode {share.mode!r}. Known: {', '.join(MODES)}.")
    mode = "free" if share.mode == "free" else "controlled"
    check(RunSpec(share.source, share.filename, mode, share.python, share.seed, granularity=share.granularity or USUAL_GRANULARITY,
                  schedule=share.schedule))
    if not -1 <= share.step <= MAX_STEPS or (share.step >= 0 and mode == "free"):
        raise BadSpec(f"The step must be a whole number from 0 to {MAX_STEPS:,}, or -1 for the last; it belongs to controlled mode.")
    _check_places(share)
    granularity = share.granularity
    if share.schedule:
        schedule = Schedule.parse(share.schedule)
        schedule.check_source(share.source)
        if granularity not in ("", schedule.granularity):
            raise BadSpec(f"The schedule is of granularity {schedule.granularity}, the share of {granularity}. Leave that out: the schedule says it.")
        share, granularity = replace(share, schedule=str(schedule)), schedule.granularity
    return replace(share, granularity="" if granularity == USUAL_GRANULARITY else granularity)


def _check_places(share: Share) -> None:
    """Each knob has its place in the program, so far as the program can be read at all: a broken one can be shared too."""
    try:
        names = {place.name for place in find_assignments(share.source)} if share.knobs else set()
    except BadSpec:
        return
    for name, value in share.knobs:
        if name not in names:
            raise BadSpec(f"The program has no line `{name} = ...` at its top level, so that knob cannot be shared.")
        check_value(name, value)


def plain(text: str) -> str:
    """The text without characters that hide or reorder what one reads: controls, bidi marks, zero-width ones; spaces are single."""
    spaced = text.translate({9: " ", 10: " ", 13: " "})
    return " ".join("".join(letter for letter in spaced if unicodedata.category(letter) not in HIDING).split())


def _text(name: str, value: object, most: int) -> str:
    if not isinstance(value, str) or (most and len(value) > most):
        raise BadSpec(f"The part {name!r} of a share must be text" + (f" of at most {most} characters." if most else "."))
    return value


def _knobs(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping) or len(value) > MOST_KNOBS:
        raise BadSpec(f"The knobs of a share must be an object of at most {MOST_KNOBS} names and values.")
    pairs = []
    for name, turned in sorted(value.items()):
        text = str(turned) if isinstance(turned, int) and not isinstance(turned, bool) else turned
        if not isinstance(text, str) or not name.isidentifier() or len(name) > 80 or len(text) > KNOB_LETTERS or not (text.isprintable() and text):
            raise BadSpec("A knob of a share is a name and a short text.")
        pairs.append((name, text))
    return tuple(pairs)
