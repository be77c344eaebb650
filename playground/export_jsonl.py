"""A trace as JSON lines: one record a line, the End record last. Kinds and states are written as words, notes as text.

`version` in the first line names this format; a reader that does not know it must refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from playground.exploration import Explored, class_rows
from playground.model.event import KINDS, NO_CAUSE, STATE_LEGEND, Batch
from playground.model.record import Choices, Code, End, Found, Gap, Hello, ObjectInfo, Output, Progress, Record, Text, ThreadInfo
from playground.model.steps import choice_row, code_row

VERSION = 1
STATE_WORDS: dict[int, str | None] = {0: None, **{int(state): state.name.lower() for state, _, _ in STATE_LEGEND}}
"""ThreadState to the word that files carry (`waiting_gil`); None where an event says nothing about the state."""
_STREAMS = {1: "stdout", 2: "stderr"}
_SOURCES = ("recorder", "sampler")


def jsonl(records: Iterable[Record | Explored]) -> Iterator[str]:
    """One line of JSON for each record, without its newline; Text records are resolved into the notes of later events."""
    texts: dict[int, str] = {}
    for record in records:
        if isinstance(record, Text):
            texts[record.id] = record.text
        elif isinstance(record, Batch):
            for row in event_rows(record, texts):
                yield _line(row)
        else:
            yield _line(as_row(record))


def as_row(record: Hello | ThreadInfo | ObjectInfo | Output | Gap | Found | Choices | Code | Progress | Explored | End) -> dict[str, object]:
    """A record other than events and texts as the object of its line."""
    match record:
        case Hello():
            return {"type": "hello", "version": VERSION, "python": record.python, "gil": record.gil}
        case ThreadInfo():
            return {"type": "thread", **_without(asdict(record), "tid")}
        case ObjectInfo():
            return {"type": "object", **asdict(record)}
        case Output():
            return {"type": "output", "at_ns": record.at_ns, "thread": record.thread, "stream": _STREAMS[record.stream], "text": record.text}
        case Gap():
            return {"type": "gap", **asdict(record)}
        case Found():
            return {"type": "finding", "at_ns": record.at_ns, **asdict(record.finding)}
        case Choices():
            return {"type": "choices", "choices": [choice_row(choice) for choice in record.choices]}
        case Code():
            return {"type": "code", **code_row(record)}
        case Progress():
            return {"type": "progress", **asdict(record)}
        case Explored():
            return {"type": "explored", **record.to_row(), "reason": record.report.reason, "classes": class_rows(record.report),
                    "classes_complete": record.report.classes_complete}
        case End():
            return {"type": "end", **asdict(record)}


def event_rows(batch: Batch, texts: dict[int, str]) -> Iterator[dict[str, object]]:
    """The events of a batch as objects, in order."""
    rows = zip(batch.at_ns, batch.kind, batch.thread, batch.to, batch.obj, batch.line, batch.value, batch.note, batch.cause, batch.source, batch.step,
               strict=True)
    for seq, (at_ns, kind, thread, to, obj, line, value, note, cause, source, step) in enumerate(rows, batch.first_seq):
        yield {"type": "event", "seq": seq, "at_ns": at_ns, "kind": KINDS[kind].name, "thread": thread, "to": STATE_WORDS[to], "obj": obj,
               "line": line, "value": value, "note": texts.get(note, ""), "cause": None if cause == NO_CAUSE else cause, "source": _SOURCES[source],
               **({"step": step} if step else {})}


def _line(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _without(row: dict[str, object], key: str) -> dict[str, object]:
    """Native thread ids differ from run to run and mean nothing to a reader."""
    return {name: value for name, value in row.items() if name != key}
