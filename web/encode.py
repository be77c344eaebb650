"""Records as messages: columns for events, JSON for the rest; each is encoded once a run, however many sockets want it.

Binary message, little-endian, HEADER (40 bytes) then columns of `count` each:
at f64 (ns since the start, the header's base added; it is 0 here) · obj, line, value, note, step, cause u32 · thread u16 · kind, to, source u8.
37 bytes an event: 1 700 of them keep a message below 64 KiB. Times are exact: a f64 holds every ns of 104 days.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator

from playground import record as record_types

HEADER = struct.Struct("<HBBIIIIIdd")
MAGIC, VERSION, EVENTS = 0x5054, 1, 1
EVENT_BYTES = 37
MOST_EVENTS = 1_700
WORDS = ("obj", "line", "value", "note", "step", "cause")

if sys.byteorder != "little":  # pragma: no cover
    raise ImportError("Threadplay's messages are written by the machine's own byte order, which must be little-endian.")


def event_message(batch: record_types.Batch, channel: int, n: int) -> bytes:
    """One binary message of at most MOST_EVENTS events."""
    head = HEADER.pack(MAGIC, VERSION, EVENTS, channel, n, batch.first_seq, len(batch), 0, 0.0, 0.0)
    words = (getattr(batch, name).tobytes() for name in WORDS)
    return b"".join((head, array("d", batch.at_ns).tobytes(), *words, batch.thread.tobytes(), batch.kind, batch.to, batch.source))


def read_events(message: bytes) -> record_types.Batch:
    """The same events back from a message of our own making."""
    _, _, _, _, _, first_seq, count, _, _, _ = HEADER.unpack_from(message)
    at, view = HEADER.size, memoryview(message)

    def column(code: str, width: int) -> array[int]:
        nonlocal at
        at += width * count
        return array(code, view[at - width * count : at].tobytes())

    times = array("Q", map(int, column("d", 8)))
    words = {name: column("I", 4) for name in WORDS}
    thread = column("H", 2)
    kind, to, source = (bytes(column("B", 1)) for _ in range(3))
    return record_types.Batch(first_seq=first_seq, at_ns=times, kind=kind, to=to, source=source, thread=thread, **words)


def joined(batches: list[record_types.Batch]) -> record_types.Batch:
    """Adjoining batches as one."""
    if len(batches) == 1:
        return batches[0]
    first = batches[0]
    columns = {name: array(getattr(first, name).typecode) for name in ("at_ns", "thread", *WORDS)}
    for batch in batches:
        for name, column in columns.items():
            column.extend(getattr(batch, name))
    kind, to, source = (b"".join(getattr(batch, name) for batch in batches) for name in ("kind", "to", "source"))
    return record_types.Batch(first_seq=first.first_seq, kind=kind, to=to, source=source, **columns)


def sliced(batch: record_types.Batch) -> Iterator[record_types.Batch]:
    """The batch in parts that fit a message."""
    if len(batch) <= MOST_EVENTS:
        yield batch
        return
    for start in range(0, len(batch), MOST_EVENTS):
        part = slice(start, start + MOST_EVENTS)
        yield record_types.Batch(batch.first_seq + start, batch.at_ns[part], batch.kind[part], batch.to[part], batch.source[part], batch.thread[part],
                    batch.obj[part], batch.line[part], batch.value[part], batch.note[part], batch.step[part], batch.cause[part])
