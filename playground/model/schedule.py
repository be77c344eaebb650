"""Who runs next, written down: what a thread is about to do, the choice that is open, and the text that replays a whole run.

A controlled run is a row of *steps*. Before each step every living thread has said what it will do next (its Pending operation); one of the
ready ones is chosen and goes on until it stands before its next operation. A Schedule is the row of chosen threads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from playground.model.errors import BadSchedule

VERSION = "tp1"
_OLDEST = 13
"""The first CPython 3 on which programs are steered."""
GRANULARITY_LEGEND: tuple[tuple[str, str, str], ...] = (
    ("sync", "primitives", "before each operation of a lock, queue, thread or sleep"),
    ("line", "lines", "before each line, and each operation of a primitive"),
    ("access", "shared accesses", "before each read and write of what threads share, and each operation of a primitive"),
    ("bytecode", "instructions", "before each instruction, also within x += 1"),
    ("gil", "GIL switches", "only where this CPython, with its GIL, can really switch threads"),
)
"""Where a thread may be stopped, from coarse to fine: its id, its word, its sentence."""
GRANULARITIES: tuple[str, ...] = tuple(name for name, _, _ in GRANULARITY_LEGEND)
ANY_PART = -1
"""As `part` of a Pending: an access to the whole of its object, or to a part that is not known."""
TICK = -1
"""Not a thread: the choice to move the clock to the next deadline."""
MAX_STEPS = 200_000

PURE, READ, WRITE, ACQUIRE, RELEASE, CLOCK = range(6)
"""How an operation touches its object: not at all, reading, changing, taking (ready only while it is free), giving back, moving the time."""


_new_tuple = tuple.__new__


class Pending(NamedTuple):
    """The operation that a thread will do next, known before it does it.

    `obj` is the object's dense id (0: not known, could be any). `part` is 0 for an operation of a primitive; for an access to memory it is
    the id of one attribute, item or name, or ANY_PART.
    `timed` is True where the operation reads the clock or sets a deadline. `line` is 0 where nobody asked for lines.
    """

    kind: str
    obj: int = 0
    part: int = 0
    mode: int = PURE
    timed: bool = False
    line: int = 0


BEGIN = Pending("thread.begin")
START = "thread.start"
MOVE_CLOCK = Pending("clock.tick", 0, 0, CLOCK, True)


def pending_at(kind: str, obj: int, part: int, mode: int, line: int) -> Pending:
    """The same as `Pending(...)` of something that is not timed, in half the time: made once a step."""
    return _new_tuple(Pending, (kind, obj, part, mode, False, line))


def dependent(one: Pending, other: Pending) -> bool:
    """True unless doing the two in either order surely comes to the same (the relation that partial-order reduction rests on)."""
    kind, obj, part, mode, timed, _ = one
    its_kind, its_obj, its_part, its_mode, its_timed, _ = other
    if mode == CLOCK or its_mode == CLOCK:
        return timed and its_timed
    if mode == PURE or its_mode == PURE or (mode == READ and its_mode == READ):
        return False
    if not part or not its_part:
        return part == its_part and obj == its_obj and (BEGIN.kind not in (kind, its_kind) or START in (kind, its_kind))
    if obj != its_obj and obj and its_obj:
        return False
    return part in (its_part, ANY_PART) or its_part == ANY_PART


def race(one: Pending, other: Pending) -> bool:
    """Of two dependent operations: True where both may be ready at once.

    Never are: taking a lock and its holder's giving it back; a thread's beginning and its start, which is all that a beginning depends on.
    """
    if one.mode == ACQUIRE or other.mode == ACQUIRE:
        return one.mode != RELEASE and other.mode != RELEASE
    return one.kind != BEGIN.kind and other.kind != BEGIN.kind


class ChoicePoint(NamedTuple):
    """One open choice. `ready` are thread ids, rising; `may_tick` says that the clock has somewhere to go.

    `ready` and `pending` (indexed by thread id) belong to the running execution: read them during the call, copy what shall last.
    """

    step: int
    current: int
    ready: Sequence[int]
    may_tick: bool
    pending: Sequence[Pending]


def preempts(point: ChoicePoint, chosen: int, last: Pending | None) -> bool:
    """Whether this choice stops a thread that could have gone on; `last` is what the step before did (None: there was none).

    Who has just started a thread may be taken off for nothing, as may who blocks or ends; after a move of the clock nobody was at work.
    """
    return last is not None and chosen != point.current and point.current in point.ready and last.kind not in (START, MOVE_CLOCK.kind)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A run's choices as a short text: `tp1;granularity;python;source hash;0*12,1*3,t,0*2` (t moves the clock)."""

    granularity: str
    python: str
    source_hash: str
    choices: tuple[int, ...]

    def __str__(self) -> str:
        return ";".join((VERSION, self.granularity, self.python, self.source_hash, write_choices(self.choices)))

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """The schedule that the text means; raises BadSchedule with a sentence for the learner."""
        version, *rest = text.strip().split(";")
        if not text.strip():
            raise BadSchedule("The schedule is empty. Copy the whole text that starts with tp1;.")
        if version != VERSION:
            known = re.fullmatch(r"tp[0-9]+", version)
            raise BadSchedule(f"This schedule is of version {version}; this Threadplay reads {VERSION}." if known
                              else "This is no schedule: it must start with tp1;.")
        if len(rest) != 4:
            raise BadSchedule("The schedule is cut off: it must have five parts, divided by semicolons.")
        granularity, python, source_hash, runs = rest
        if granularity not in GRANULARITIES:
            raise BadSchedule(f"Unknown granularity {granularity[:20]!r} in the schedule. Known: {', '.join(GRANULARITIES)}.")
        release = re.fullmatch(r"([0-9]{1,4})\.([0-9]{1,4})t?", python)
        if not release or not re.fullmatch(r"[0-9a-f]{12}", source_hash):
            raise BadSchedule("The schedule's head is damaged: after the granularity come a Python version and twelve hexadecimal digits.")
        if int(release[1]) != 3 or int(release[2]) < _OLDEST:
            raise BadSchedule(f"This schedule is of CPython {python}, on which no Threadplay runs: it needs CPython 3.{_OLDEST} or newer.")
        return cls(granularity, python, source_hash, parse_choices(runs))

    def check_source(self, source: str) -> None:
        """Raises BadSchedule if the schedule was made for another text."""
        if hash_of(source) != self.source_hash:
            raise BadSchedule("This schedule was made for another version of the program: its text has changed since.")


def write_choices(choices: Iterable[int]) -> str:
    """The last part of a schedule's text: `0*12,1*3,t,0*2`."""
    return ",".join(_runs(choices))


def parse_choices(text: str) -> tuple[int, ...]:
    """What `write_choices` wrote; raises BadSchedule."""
    return tuple(_choices(text))


def hash_of(source: str) -> str:
    """Twelve hexadecimal digits that tell one program text from another."""
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def _runs(choices: Iterable[int]) -> Iterator[str]:
    for who, group in groupby(choices):
        count = sum(1 for _ in group)
        name = "t" if who == TICK else str(who)
        yield name if count == 1 else f"{name}*{count}"


def _choices(text: str) -> Iterator[int]:
    total = 0
    for position, part in enumerate(text.split(",") if text else ()):
        match = re.fullmatch(r"(t|[0-9]{1,5})(?:\*([0-9]{1,6}))?", part)
        if not match or match[2] == "0":
            raise BadSchedule(f"Part {position + 1} of the schedule, {part[:20]!r}, is neither a thread's number nor t, with *count or without.")
        count = int(match[2] or 1)
        total += count
        if total > MAX_STEPS:
            raise BadSchedule(f"The schedule has more than {MAX_STEPS:,} steps.")
        who = TICK if match[1] == "t" else int(match[1])
        for _ in range(count):
            yield who
