"""The bytes of a run's event pipe, and the one place that distrusts them.

The visitor's program shares the address space with the recorder, so everything that comes through the pipe is a claim: `Decoder`
checks every length, type and range and raises ProtocolError on the first that does not hold.

A record is a header (`HEADER`: payload length, type, 0, sequence) and a payload, at most RECORD_BYTES together, so that one
write to a pipe is atomic (PIPE_BUF). The payload by type:

HELLO   JSON object {"python", "gil", "origin_ns"}: the first record; origin_ns is CLOCK_MONOTONIC just before the program's first line
BATCH   n events of EVENT_BYTES each (`EVENT`), at_ns absolute CLOCK_MONOTONIC
TEXT    u32 id, UTF-8: a text that later events name in `note`; ids rise from 1
THREAD  JSON {"thread", "obj", "name", "daemon", "tid", "parent", "line"}: a thread exists; `obj` is its Thread object, tid the native id
OBJECT  JSON {"obj", "primitive", "name", "detail", "line", "capacity"}: a primitive exists; capacity: queue size, permits, parties (0: none)
OUTPUT  u64 at_ns, u16 thread (UNTOLD: by whom is told later), u8 stream (1 stdout, 2 stderr), u8 0, UTF-8
GAP     JSON {"from_ns", "to_ns", "counts": {"line": n, "lock": n, ...}, "objects": [ids], "threads": [ids], "reason"}: exact counts of
        what was not recorded
CLOSE   JSON {"outcome", "error", "message", "trace", "exit_code", "callbacks", "callback_ns"}: what the program came to, as the inside saw it
REPORT  u8 last (0 or 1), bytes: a part of what a controlled run or a search concludes (`report_claim` reads the whole)
CHOICES u8 last (0 or 1), bytes: a part of a JSON list of steps (`steps.choice_row`); steps rise by 1 from 1
CODE    u8 last (0 or 1), bytes: a part of a JSON object (`steps.code_row`); ids rise from 1
PROGRESS JSON {"executions", "strategy"}: a search goes on
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import accumulate

from playground.model.distrust import flag, following, table, whole, words
from playground.model.errors import ProtocolError
from playground.model.event import KINDS, ThreadState
from playground.model.event import Batch as Batch
from playground.model.finding import Finding
from playground.model.gap import GAP_FAMILIES
from playground.model.gap import Gap as Gap
from playground.model.primitive import PRIMITIVE_NAMES
from playground.model.steps import Choice as Choice
from playground.model.steps import Choices as Choices
from playground.model.steps import Code as Code
from playground.model.steps import Progress as Progress
from playground.model.steps import Stand as Stand
from playground.model.steps import Value as Value
from playground.model.steps_claim import StepsReader, read_progress

RECORD_BYTES = 4096
HEADER = struct.Struct("<HBBI")
EVENT = struct.Struct("<QBBHIIIII")
EVENT_BYTES = EVENT.size
EVENTS_PER_RECORD = (RECORD_BYTES - HEADER.size) // EVENT_BYTES
HELLO, BATCH, TEXT, THREAD, OBJECT, OUTPUT, GAP, CLOSE, REPORT, CHOICES, CODE, PROGRESS = range(1, 13)
OUTPUT_HEAD = struct.Struct("<QHBB")
TEXT_HEAD = struct.Struct("<I")
UNTOLD = 0xFFFF
"""No thread's number. A controlled run is told after it ended; what it prints goes out at once too, in case it does not come to the telling."""

MAX_THREADS = 60_000
MAX_OBJECTS = 1_000_000
MAX_TEXTS = 1_000_000
NS_PER_DAY = 86_400 * 10**9
OUTCOMES = frozenset({"ok", "exception", "exit"})

_LAST_KIND = len(KINDS) - 1
_LAST_STATE = max(ThreadState)
_BAD_KINDS = bytes([0, *range(_LAST_KIND + 1, 256)])
_BAD_STATES = bytes(range(_LAST_STATE + 1, 256))
_OUTPUT_FORM = re.compile(rb"\x06\x00.{4}.{8}.{2}[\x01\x02]\x00", re.DOTALL)
"""An OUTPUT record's header and head, wherever it begins, without the two bytes of its length: a pattern that begins with letters is found fast."""
MOST_SALVAGED_BYTES = 256 * 1024 * 1024
"""No more is looked through for what was printed."""
_BEHIND, _AHEAD = 1 << 12, 1 << 24
"""How far the sequence of a record that is found again may be from the one that was due: forged records make the honest ones late."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The program is about to run."""

    python: str
    gil: bool
    origin_ns: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Events as the recorder wrote them: raw columns, absolute times, no seq yet (the session gives those)."""

    at_ns: array[int]
    kind: bytes
    to: bytes
    thread: array[int]
    obj: array[int]
    line: array[int]
    value: array[int]
    note: array[int]
    step: array[int]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that events refer to by id."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class ThreadInfo:
    """A thread exists. `obj` is the id of its Thread object (0: none, a raw `_thread`), `tid` its native id, `parent` who started it."""

    thread: int
    obj: int
    name: str
    daemon: bool
    tid: int
    parent: int
    line: int


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """A primitive exists. `detail` is where it lives (`Account.lock`); `capacity` its size, permits or parties (0: none)."""

    obj: int
    primitive: str
    name: str
    detail: str
    line: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Output:
    """Text that a thread printed (thread -1: written past Python's streams, by whom is not known)."""

    at_ns: int
    thread: int
    stream: int
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """What the program came to, by its own account. `callback_ns` estimates what recording cost it."""

    outcome: str
    error: str
    message: str
    trace: str
    exit_code: int
    callbacks: int
    callback_ns: int


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report, in order; `last` ends it."""

    last: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class End:
    """How the run ended, by the host's own account: the last record of every run.

    `outcome`: ok | failed | deadlock | limit | stopped | refused | protocol. `exit_code` is the command's (0, 1, 3, 4).
    `limit` names the Limits field that ended it. `sentence` says it to people. Times are ns since the start, sizes in MB. `schedule` is the
    whole text of a controlled run's choices, `left_off` how many steps it followed the schedule it was given (-1: all of them).
    """

    outcome: str
    exit_code: int
    sentence: str
    limit: str
    error: str
    message: str
    trace: str
    signal: int
    status: int
    events: int
    gaps: int
    not_recorded: int
    threads: int
    at_ns: int
    cpu_s: float
    max_memory_mb: float
    perturbed: float
    tier: str
    python: str
    schedule: str = ""
    left_off: int = -1


@dataclass(frozen=True, slots=True)
class Found:
    """A detector concluded something, at that time."""

    at_ns: int
    finding: Finding


Claim = Hello | Facts | Text | ThreadInfo | ObjectInfo | Output | Gap | Close | ReportPart | Choices | Code | Progress
Record = Hello | Batch | Text | ThreadInfo | ObjectInfo | Output | Gap | Found | Choices | Code | Progress | End
"""What a session yields, in order: Hello first, End last."""


class Decoder:
    """Turns a pipe's bytes into claims, however the reads cut them; after a ProtocolError nothing but `salvage` is of use."""

    def __init__(self) -> None:
        self._rest = b""
        self._next_sequence = 0
        self._threads = 0
        self._objects = 0
        self._texts = 0
        self._greeted = False
        self._to_salvage = MOST_SALVAGED_BYTES
        self._steps = StepsReader()

    def feed(self, data: bytes) -> Generator[Claim]:
        """The claims that are complete now; adjoining batches come as one."""
        data = self._rest + data if self._rest else data
        at, end, body = 0, len(data), HEADER.size
        events: list[bytes] = []
        try:
            while end - at >= body:
                length, kind, zero, sequence = HEADER.unpack_from(data, at)
                if length > RECORD_BYTES - body or zero or sequence != self._next_sequence & 0xFFFF_FFFF:
                    raise ProtocolError("A record of the trace has an impossible header.")
                if end - at < body + length:
                    break
                self._next_sequence += 1
                payload = data[at + body : at + body + length]
                if kind == BATCH and self._steps.whole:
                    events.append(payload)
                    at += body + length
                    continue
                if events:
                    yield self._facts(b"".join(events))
                    events.clear()
                claim = self._claim(kind, payload)
                at += body + length
                if claim is not None:
                    yield claim
        finally:
            self._rest = data[at:]  # also where the reader stops in the middle: what follows can be salvaged
        if events:
            yield self._facts(b"".join(events))

    def salvage(self, data: bytes = b"") -> Iterator[Output]:
        """What was printed, of bytes that are no trace any more: found by its form, so whoever broke the trace loses no more than that.

        Its thread is not checked, and not to be believed.
        """
        self._to_salvage -= len(data)
        data, at = self._rest + data if self._to_salvage > 0 else b"", 0
        while found := _OUTPUT_FORM.search(data, at + 2):
            start = found.start() - 2
            length, _, _, sequence = HEADER.unpack_from(data, start)
            end = start + HEADER.size + length
            near = (sequence - self._next_sequence + _BEHIND) & 0xFFFF_FFFF < _AHEAD
            if not near or not found.end() < end <= start + RECORD_BYTES:
                at = start + 1
                continue
            if end > len(data):
                self._rest = data[start:]
                return
            yield _output(data[start + HEADER.size : end])
            at = end
        self._rest = data[max(at, len(data) - HEADER.size - OUTPUT_HEAD.size + 1) :]

    def _claim(self, kind: int, payload: bytes) -> Claim | None:
        """None while a claim of several parts is not whole."""
        reader = _READERS.get(kind)
        if (reader is None and kind not in _IN_PARTS) or self._greeted == (kind == HELLO) or not (self._steps.whole or kind in _IN_PARTS):
            raise ProtocolError("A record of the trace has an unknown type or comes out of turn.")
        self._greeted = True
        try:
            claim = reader(payload) if reader is not None else self._part(kind, payload)
            self._count(claim)
        except (ValueError, KeyError, TypeError, struct.error, RecursionError) as error:
            raise ProtocolError(f"A record of the trace cannot be read ({type(error).__name__}).") from None
        return claim

    def _part(self, kind: int, payload: bytes) -> Choices | Code | None:
        data = self._steps.part(kind, payload)
        if data is None:
            return None
        return self._steps.choices(data, self._threads, self._objects) if kind == CHOICES else self._steps.code(data)

    def _count(self, claim: Claim | None) -> None:
        """Ids are dense: the next thread, object or text has the next number."""
        match claim:
            case ThreadInfo():
                self._threads = following(claim.thread, self._threads, MAX_THREADS)
            case ObjectInfo():
                self._objects = following(claim.obj - 1, self._objects, MAX_OBJECTS)
            case Text():
                self._texts = following(claim.id - 1, self._texts, MAX_TEXTS)
            case Output():
                whole(claim.thread, -1, self._threads - 1)
            case _:
                pass

    def _facts(self, payload: bytes) -> Facts:
        """Columns by stride: no Python-level work per event (about 60 ns an event, all checks included)."""
        if not self._greeted or not payload or len(payload) % EVENT_BYTES:
            raise ProtocolError("A batch of the trace is empty, cut off or comes before the greeting.")
        words, halves = memoryview(payload).cast("I"), memoryview(payload).cast("H")
        kind, to = payload[8::EVENT_BYTES], payload[9::EVENT_BYTES]
        per = EVENT_BYTES // 4
        obj, line, value, note, step = (array("I", words[offset::per].tobytes()) for offset in range(3, 8))
        thread = array("H", halves[5 :: EVENT_BYTES // 2].tobytes())
        at_ns = array("Q", memoryview(payload).cast("Q")[:: EVENT_BYTES // 8].tobytes())
        if len(kind) != len(kind.translate(None, _BAD_KINDS)) or len(to) != len(to.translate(None, _BAD_STATES)):
            raise ProtocolError("An event of the trace is of no known kind or state.")
        if kind and (max(thread) >= self._threads or max(obj) > self._objects or max(note) > self._texts):
            raise ProtocolError("An event of the trace names a thread, object or text that was never announced.")
        at_ns = array("Q", accumulate(at_ns, max))
        return Facts(at_ns, kind, to, thread, obj, line, value, note, step)


def _ids(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > 400:
        raise ValueError("short list of ids expected")
    return tuple(whole(each, 0, MAX_OBJECTS) for each in value)


def _hello(payload: bytes) -> Hello:
    raw = table(payload)
    return Hello(words(raw["python"], 80), flag(raw["gil"]), whole(raw["origin_ns"], 0, 2**62))


def _text(payload: bytes) -> Text:
    (number,) = TEXT_HEAD.unpack_from(payload)
    return Text(number, payload[TEXT_HEAD.size :].decode(errors="replace"))


def _thread(payload: bytes) -> ThreadInfo:
    raw = table(payload)
    return ThreadInfo(whole(raw["thread"], 0, MAX_THREADS), whole(raw["obj"], 0, MAX_OBJECTS), words(raw["name"], 200),
                      flag(raw["daemon"]), whole(raw["tid"], 0, 2**31), whole(raw["parent"], 0, MAX_THREADS), whole(raw["line"], 0, 2**31))


def _object(payload: bytes) -> ObjectInfo:
    raw = table(payload)
    if raw["primitive"] not in PRIMITIVE_NAMES:
        raise ValueError("unknown primitive")
    return ObjectInfo(whole(raw["obj"], 1, MAX_OBJECTS), str(raw["primitive"]), words(raw["name"], 200), words(raw["detail"], 200),
                      whole(raw["line"], 0, 2**31), whole(raw["capacity"], 0, 2**31))


def _output(payload: bytes) -> Output:
    at_ns, thread, stream, zero = OUTPUT_HEAD.unpack_from(payload)
    if stream not in (1, 2) or zero:
        raise ValueError("unknown stream")
    return Output(at_ns, -1 if thread == UNTOLD else thread, stream, payload[OUTPUT_HEAD.size :].decode(errors="replace"))


def _gap(payload: bytes) -> Gap:
    raw = table(payload)
    counts = raw["counts"]
    if not isinstance(counts, dict) or not GAP_FAMILIES.issuperset(counts):
        raise ValueError("unknown family")
    from_ns, to_ns = whole(raw["from_ns"], 0, 2**62), whole(raw["to_ns"], 0, 2**62)
    if to_ns < from_ns:
        raise ValueError("a gap ends before it begins")
    return Gap(from_ns, to_ns, {str(family): whole(count, 0, 2**53) for family, count in counts.items()}, _ids(raw["threads"]),
               _ids(raw["objects"]), words(raw["reason"], 200))


def _close(payload: bytes) -> Close:
    raw = table(payload)
    if raw["outcome"] not in OUTCOMES:
        raise ValueError("unknown outcome")
    return Close(str(raw["outcome"]), words(raw["error"], 200), words(raw["message"], 1000), words(raw["trace"], 3000),
                 whole(raw["exit_code"], -(2**31), 2**31), whole(raw["callbacks"], 0, 2**53), whole(raw["callback_ns"], 0, NS_PER_DAY))


_READERS: dict[int, Callable[[bytes], Claim]] = {
    HELLO: _hello, TEXT: _text, THREAD: _thread, OBJECT: _object, OUTPUT: _output, GAP: _gap, CLOSE: _close, PROGRESS: read_progress,
    REPORT: lambda payload: ReportPart(bool(whole(int.from_bytes(payload[:1]), 0, 1)), payload[1:]),
}
_IN_PARTS = frozenset({CHOICES, CODE})
