"""The log of one run: every message it sent, numbered from 0, so that any socket can start from any of them.

The messages lie in one unlinked file of the data directory: a log costs memory only for its index (16 bytes a message), the kernel's page
cache does the rest, and nothing is left behind when the server dies. Readers use `pread` and need no lock.

Pace: the first FIRST_AT_ONCE messages are written the moment they are known; after that what comes within INTERVAL_S goes out together. Whoever
waits for more (a socket's writer) writes what is due, so there is no thread of its own. A controlled run is told all at once when it is over: its
log gathers by number and not by time, which makes a dozen messages of it instead of a hundred, and always the same ones. Definitions (texts, threads,
objects, instructions) may overtake steps, and both events, never the other way round.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import tempfile
import threading
import time
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from playground import record as record_types
from web.encode import event_message, joined, read_events, sliced
from web.portions import portions
from web.summary import Standing

INTERVAL_S = 0.033
FIRST_AT_ONCE = 12
GATHERED = 4_000
"""Records of a controlled run that go out together."""
TEXTS_A_MESSAGE = 400
Jsonl = Callable[[Iterable[Any]], Iterator[str]]
"""The door's exporter: the JSON form of a record is the export's, so that live run and download cannot differ."""


class RunLog:
    """Append records in one thread, read messages in any. `len(log)` messages can be read; `ended` says that no more will come."""

    def __init__(self, run: str, channel: int, directory: Path, jsonl: Jsonl, *, gather: int = 0) -> None:
        """`gather`: so many records go out together (0: by time)."""
        directory.mkdir(parents=True, exist_ok=True)
        self._gather, self._gathered = gather, 0
        self.run, self.channel, self.ended = run, channel, False
        self.events = self.bytes = 0
        self._jsonl = jsonl
        self._fd = _nameless_file(directory)
        weakref.finalize(self, os.close, self._fd)  # when the last reader let go of the log, so that no reader ever meets a reused descriptor
        self._start, self._length, self._aside, self._written_at = array("Q"), array("I"), array("I"), array("d")
        self._lock = threading.Lock()
        self._definitions: list[record_types.Text | record_types.ThreadInfo | record_types.ObjectInfo | record_types.Code] = []
        self._steps: list[record_types.Choice] = []
        self._batches: list[record_types.Batch] = []
        self._outputs: list[record_types.Output] = []
        self._last_flush = 0.0
        self._bells: set[Callable[[], None]] = set()
        self._standing, self._stood = Standing(), 0

    def __len__(self) -> int:
        return len(self._start)

    # writing: the run's own thread, and `flush_due` from any

    def append(self, record: Any) -> None:
        """Take in the run's next record."""
        with self._lock:
            before = len(self)
            self._take(record)
            if full := self._due() <= 0:
                self._flush()
            more = full or self.ended if self._gather else len(self) > before
        if more:
            self._ring()

    def flush_due(self) -> float | None:
        """Write what is due; seconds until more will be, None if nothing waits to be written."""
        with self._lock:
            if not (self._definitions or self._steps or self._batches or self._outputs):
                return None
            wait = self._due()
            if wait > 0:
                return None if wait == math.inf else wait
            self._flush()
        self._ring()
        return None

    def _due(self) -> float:
        if self._gather:
            return 0.0 if self._gathered >= self._gather else math.inf
        return 0.0 if len(self._start) < FIRST_AT_ONCE else self._last_flush + INTERVAL_S - time.monotonic()

    def _take(self, record: Any) -> None:
        self._gathered += 1
        match record:
            case record_types.Batch():
                if len(record):
                    self._batches.append(record)
                    self.events += len(record)
            case record_types.Text() | record_types.ThreadInfo() | record_types.ObjectInfo() | record_types.Code():
                self._definitions.append(record)
            case record_types.Choices():
                self._steps += record.choices
            case record_types.Output():
                self._take_output(record)
            case _:
                self._flush()
                self._write_record(record)
                self.ended = isinstance(record, record_types.End)

    def _take_output(self, output: record_types.Output) -> None:
        """Pieces of one thread on one stream within an interval are one message."""
        last = self._outputs[-1] if self._outputs else None
        if last is not None and (last.thread, last.stream) == (output.thread, output.stream) and len(last.text) < 8_192:
            self._outputs[-1] = replace(last, text=last.text + output.text)
        else:
            self._outputs.append(output)

    def _flush(self) -> None:
        definitions, steps, batches, outputs = self._definitions, self._steps, self._batches, self._outputs
        self._definitions, self._steps, self._batches, self._outputs = [], [], [], []
        texts = [each for each in definitions if isinstance(each, record_types.Text)]
        for start in range(0, len(texts), TEXTS_A_MESSAGE):
            part = texts[start : start + TEXTS_A_MESSAGE]
            self._write_json({"type": "text", "texts": [[text.id, text.text] for text in part]}, part)
        for each in definitions:
            if not isinstance(each, record_types.Text):
                self._write_record(each)
        if steps:
            self._write_record(record_types.Choices(tuple(steps)))
        for batch in _runs(batches):
            for part_of in sliced(batch):
                self._write(event_message(part_of, self.channel, len(self._start)))
        for output in outputs:
            self._write_record(output)
        self._last_flush, self._gathered = time.monotonic(), 0

    def _write_record(self, record: Any) -> None:
        for fields, part in portions(record, json.loads(next(iter(self._jsonl([record]))))):
            self._write_json(fields, [part])

    def _write_json(self, fields: dict[str, Any], records: list[Any]) -> None:
        message = {"type": fields.pop("type"), "run": self.run, "n": len(self._start), **fields}
        self._write(json.dumps(message, separators=(",", ":")).encode(), pickle.dumps(records))

    def _write(self, message: bytes, aside: bytes = b"") -> None:
        """Index last: a reader that sees the message in the index can read it."""
        os.pwrite(self._fd, message + aside, self.bytes)
        self._length.append(len(message))
        self._aside.append(len(aside))
        self._written_at.append(time.monotonic())
        self._start.append(self.bytes)
        self.bytes += len(message) + len(aside)

    # reading

    def read(self, n: int) -> bytes | str:
        """Message n: bytes if it is one of events, else JSON text."""
        raw = os.pread(self._fd, self._length[n], self._start[n])
        return raw.decode() if self._aside[n] else raw

    def size(self, first: int, last: int) -> int:
        """Bytes of the messages first..last-1, roughly (what lies aside is counted too)."""
        return (self._start[last] if last < len(self._start) else self.bytes) - self._start[first] if first < last else 0

    def age_s(self, n: int) -> float:
        """How long ago message n was written."""
        return time.monotonic() - self._written_at[n]

    def records(self) -> Iterator[Any]:
        """The records that the messages written so far were made of, in the order of the messages."""
        for n in range(len(self)):
            if not self._aside[n]:
                yield read_events(os.pread(self._fd, self._length[n], self._start[n]))
            else:
                # Written by this process into a file without a name: pickle reads nobody else's bytes.
                yield from pickle.loads(os.pread(self._fd, self._aside[n], self._start[n] + self._length[n]))

    def summary(self, first: int, last: int) -> str:
        """Where the threads stand after message last-1, for a socket that skips first..last-1."""
        with self._lock:
            if self._stood > last:
                self._standing, self._stood = Standing(), 0
            for n in range(self._stood, last):
                if not self._aside[n]:
                    self._standing.see(read_events(os.pread(self._fd, self._length[n], self._start[n])))
            self._stood = last
            message = {"type": "summary", "run": self.run, "from": first, "to": last,
                       "threads": self._standing.threads(), "at_ns": self._standing.at_ns}
        return json.dumps(message, separators=(",", ":"))

    # followers

    def follow(self, bell: Callable[[], None]) -> None:
        """Ring `bell` (quick, from any thread) whenever there is more to read."""
        self._bells.add(bell)

    def unfollow(self, bell: Callable[[], None]) -> None:
        """Do not ring it any more."""
        self._bells.discard(bell)

    def _ring(self) -> None:
        for bell in tuple(self._bells):
            bell()


def _nameless_file(directory: Path) -> int:
    fd, path = tempfile.mkstemp(dir=directory)
    os.unlink(path)
    return fd


def _runs(batches: list[record_types.Batch]) -> Iterator[record_types.Batch]:
    """Adjoining batches joined; a jump in seq (there should be none) begins a new one."""
    ends = 0
    group = 0
    keyed: list[tuple[int, record_types.Batch]] = []
    for batch in batches:
        group += batch.first_seq != ends
        ends = batch.first_seq + len(batch)
        keyed.append((group, batch))
    for _, part in groupby(keyed, key=lambda each: each[0]):
        yield joined([batch for _, batch in part])
