"""What to run and within which limits: everything a run depends on, as one frozen value that travels as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import ClassVar

from playground.model.errors import BadSpec
from playground.model.schedule import GRANULARITIES, GRANULARITY_LEGEND, Schedule

MAX_SOURCE_BYTES = 64 * 1024
MODES = ("free", "controlled")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use; units are in the names. `memory_mb` counts the whole tree of processes."""

    wall_s: float = 10.0
    cpu_s: float = 10.0
    memory_mb: int = 512
    threads: int = 256
    processes: int = 1
    events: int = 2_000_000
    output_kb: int = 256
    disk_mb: int = 16
    inodes: int = 2_000


CEILING = Limits(wall_s=120.0, cpu_s=240.0, memory_mb=2_048, threads=1_000, processes=16, events=20_000_000,
                 output_kb=4_096, disk_mb=64, inodes=8_000)
"""The most that a spec from outside may ask for."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One module-level `NAME = literal` that the page can turn.

    A range has `low` and `high` (integers, both included); a choice has `choices`, each the text of a Python expression.
    """

    name: str
    label: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One run: the same spec means the same program under the same conditions.

    `granularity` and `schedule` are those of controlled mode; an empty schedule means the default one: each thread goes on as long as it can.
    """

    source: str
    name: str = "program.py"
    mode: str = "free"
    python: str = ""
    seed: int = 0
    record: bool = True
    granularity: str = "access"
    schedule: str = ""
    limits: Limits = field(default_factory=Limits)

    granularities: ClassVar = GRANULARITY_LEGEND

    def to_json(self) -> str:
        """The spec as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes | Mapping[str, object]) -> RunSpec:
        """A spec from untrusted JSON (or its parsed object); raises BadSpec with a sentence for the learner."""
        raw = text if isinstance(text, Mapping) else _parse(text)
        return check(_build(cls, raw))


def check(spec: RunSpec) -> RunSpec:
    """The same spec if every part is possible, else BadSpec."""
    check_source(spec.source)
    if spec.mode not in MODES:
        raise BadSpec(f"Unknown mode {spec.mode[:40]!r}. Known: {', '.join(MODES)}.")
    if not 0 <= spec.seed < 2**32:
        raise BadSpec("The seed must be a whole number from 0 to 4294967295.")
    if not 0 < len(spec.name) <= 120 or any(ord(letter) < 32 for letter in spec.name):
        raise BadSpec("The program's name must have 1 to 120 printable characters.")
    if spec.granularity not in GRANULARITIES:
        raise BadSpec(f"Unknown granularity {spec.granularity[:40]!r}. Known: {', '.join(GRANULARITIES)}.")
    if spec.schedule:
        if spec.mode != "controlled":
            raise BadSpec("A schedule belongs to controlled mode.")
        Schedule.parse(spec.schedule)
    _check_limits(spec.limits)
    return spec


def check_source(source: str) -> str:
    """The same text if it can be given to Python as a program, else BadSpec."""
    if "\x00" in source:
        line = source.count("\n", 0, source.index("\x00")) + 1
        raise BadSpec(f"line {line}: the program contains a NUL character; Python source cannot. Delete it.")
    try:
        size = len(source.encode())
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1
        raise BadSpec(f"line {line}: half of a surrogate pair stands alone; it is not valid text. Delete or retype that character.") from None
    if size > MAX_SOURCE_BYTES:
        raise BadSpec(f"The program has {size:,} bytes; the limit is {MAX_SOURCE_BYTES:,}. Shorten it.")
    return source


def with_limits(spec: RunSpec, **changes: float) -> RunSpec:
    """The same spec with some limits changed, checked."""
    return check(replace(spec, limits=replace(spec.limits, **changes)))  # type: ignore[arg-type]


def _check_limits(limits: Limits) -> None:
    for each in fields(Limits):
        value, ceiling = getattr(limits, each.name), getattr(CEILING, each.name)
        if not 0 < value <= ceiling:
            raise BadSpec(f"The limit {each.name} must lie above 0 and be at most {ceiling}; it is {value}.")


def _parse(text: str | bytes) -> Mapping[str, object]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSpec("The run's description is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise BadSpec("The run's description must be a JSON object.")
    return raw


def _build(cls: type[RunSpec], raw: Mapping[str, object]) -> RunSpec:
    values: dict[str, object] = {}
    kinds: dict[str, tuple[type, ...]] = {"source": (str,), "name": (str,), "mode": (str,), "python": (str,), "seed": (int,), "record": (bool,),
                                          "granularity": (str,), "schedule": (str,)}
    for key, value in raw.items():
        if key == "limits":
            values[key] = _build_limits(value)
        elif key not in kinds:
            raise BadSpec(f"Unknown part {str(key)[:40]!r} in the run's description.")
        elif not isinstance(value, kinds[key]) or (isinstance(value, bool) and kinds[key] != (bool,)):
            raise BadSpec(f"The part {key!r} must be of type {kinds[key][0].__name__}.")
        else:
            values[key] = value
    if "source" not in values:
        raise BadSpec("The run's description has no 'source'.")
    return cls(**values)  # type: ignore[arg-type]


def _build_limits(value: object) -> Limits:
    if not isinstance(value, dict):
        raise BadSpec("The part 'limits' must be an object.")
    known = {each.name: type(getattr(CEILING, each.name)) for each in fields(Limits)}
    for key, number in value.items():
        if key not in known:
            raise BadSpec(f"Unknown limit {str(key)[:40]!r}.")
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not -1e15 < number < 1e15:
            raise BadSpec(f"The limit {key!r} must be a number.")
    return Limits(**{key: known[key](number) for key, number in value.items()})
