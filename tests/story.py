"""Writes traces for tests: a Story is told event by event, and comes out as the bytes of a recorder's pipe or as a finished trace."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable

from playground.merger import Merger
from playground.model.event import KIND_ID, KINDS, Batch
from playground.model.record import (
    BATCH,
    CLOSE,
    EVENT,
    GAP,
    HEADER,
    HELLO,
    OBJECT,
    OUTPUT,
    OUTPUT_HEAD,
    TEXT,
    TEXT_HEAD,
    THREAD,
    Decoder,
    Facts,
    Gap,
    Hello,
    Record,
    Text,
    ThreadInfo,
)
from playground.sampling import SAMPLE

MS = 1_000_000
ORIGIN = 5_000_000_000
"""Every story begins at this moment of the monotonic clock."""


class Story:
    """`at` is in ms since the start; threads and objects are announced in order by name."""

    def __init__(self, *, gil: bool = True) -> None:
        self.data = bytearray()
        self._sequence = 0
        self._threads: list[str] = []
        self._objects: list[str] = []
        self._texts: list[str] = []
        self.record(HELLO, json.dumps({"python": "cpython 3.13.0", "gil": gil, "origin_ns": ORIGIN}).encode())

    def record(self, kind: int, payload: bytes) -> Story:
        self.data += HEADER.pack(len(payload), kind, 0, self._sequence) + payload
        self._sequence += 1
        return self

    def thread(self, name: str, *, tid: int = 0, daemon: bool = False, parent: int = 0) -> int:
        self._threads.append(name)
        number = len(self._threads) - 1
        row = {"thread": number, "obj": 0, "name": name, "daemon": daemon, "tid": tid, "parent": parent, "line": 1}
        self.record(THREAD, json.dumps(row).encode())
        return number

    def object(self, name: str, primitive: str = "Lock", *, capacity: int = 0) -> int:
        self._objects.append(name)
        number = len(self._objects)
        row = {"obj": number, "primitive": primitive, "name": name, "detail": "", "line": 1, "capacity": capacity}
        self.record(OBJECT, json.dumps(row).encode())
        return number

    def text(self, text: str) -> int:
        self._texts.append(text)
        self.record(TEXT, TEXT_HEAD.pack(len(self._texts)) + text.encode())
        return len(self._texts)

    def event(self, at: float, kind: str, thread: int, obj: int = 0, *, line: int = 0, value: int = 0, note: int = 0) -> Story:
        number = KIND_ID[kind]
        return self.record(BATCH, EVENT.pack(ORIGIN + int(at * MS), number, KINDS[number].to, thread, obj, line, value, note, 0))

    def output(self, at: float, thread: int, text: str, stream: int = 1) -> Story:
        return self.record(OUTPUT, OUTPUT_HEAD.pack(ORIGIN + int(at * MS), thread, stream, 0) + text.encode())

    def gap(self, from_ms: float, to_ms: float, counts: dict[str, int], objects: Iterable[int] = (), threads: Iterable[int] = ()) -> Story:
        row = {"from_ns": ORIGIN + int(from_ms * MS), "to_ns": ORIGIN + int(to_ms * MS), "counts": counts, "threads": list(threads),
               "objects": list(objects), "reason": "the budget was spent"}
        return self.record(GAP, json.dumps(row).encode())

    def close(self, outcome: str = "ok", *, error: str = "", message: str = "", exit_code: int = 0, callback_ns: int = 0) -> Story:
        row = {"outcome": outcome, "error": error, "message": message, "trace": "", "exit_code": exit_code, "callbacks": 10,
               "callback_ns": callback_ns}
        return self.record(CLOSE, json.dumps(row).encode())

    def begin(self, *names: str) -> list[int]:
        """Main and these threads, all running from the start; native ids from 100 up."""
        numbers = [self.thread("main", tid=100), *(self.thread(name) for name in names)]
        self.event(0, "thread.began", numbers[0], value=100)
        for number in numbers[1:]:
            self.event(0, "thread.created", number)
            self.event(0, "thread.began", number, value=100 + number)
        return numbers

    def records(self, samples: bytes = b"") -> list[Record]:
        """The trace as a session would yield it, without findings and End."""
        return list(told(bytes(self.data), samples))


def sample(at: float, tid: int, state: int, flags: int = 0, cpu_ms: int = 0) -> bytes:
    """One record of the sampler."""
    return SAMPLE.pack(ORIGIN + int(at * MS), tid, state, flags, 0, cpu_ms, 0)


def told(data: bytes, samples: bytes = b"") -> Iterable[Record]:
    """Decode and merge, with the host's clock far ahead."""
    from playground.sampling import SampleReader

    merger, now_ns = Merger(), ORIGIN + 3600 * 10**9
    merger.sample(SampleReader().feed(samples))
    for claim in Decoder().feed(data):
        match claim:
            case Hello():
                merger.set_out(claim.origin_ns, gil=claim.gil)
                yield claim
            case Facts():
                batch = merger.facts(claim, now_ns)
                if batch:
                    yield batch
            case ThreadInfo():
                merger.meet(claim)
                yield claim
            case Gap():
                yield Gap(claim.from_ns - ORIGIN, claim.to_ns - ORIGIN, claim.counts, claim.threads, claim.objects, claim.reason)
            case Text():
                yield claim
            case _ if not hasattr(claim, "callbacks"):
                yield claim  # type: ignore[misc]
    last = merger.settle(now_ns)
    if last:
        yield last


def rows(records: Iterable[Record]) -> list[tuple[str, int, int, int | None]]:
    """(kind, thread, to, cause) of every event."""
    return [(event.kind, event.thread, int(event.to), event.cause) for record in records if isinstance(record, Batch) for event in record.events({})]


assert struct
