"""Records that can be long, in portions that a page can take one by one: no JSON message is longer than MOST_BYTES as far as that is ours to say.

Steps come in several messages. What a search found is shortened: of its failure's steps the last ones stay, of the different orders the first.
Only what cannot be cut without becoming wrong may be longer: a schedule's text, one step of hundreds of threads, one function's instructions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playground import record as record_types

MOST_BYTES = 60_000
"""Of a message's JSON, its run and number left out."""
KEPT_STEPS = 300


def portions(record: Any, row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The record as the fields of messages, each with its part of the record; `row` is the exporter's view of it."""
    if isinstance(record, record_types.Choices):
        yield from _steps(row["choices"], record)
    else:
        yield _short(row) if row["type"] == "explored" else row, record


def _steps(rows: list[dict[str, Any]], record: record_types.Choices) -> Iterator[tuple[dict[str, Any], record_types.Choices]]:
    """As many steps to a message as fit, at least one."""
    first = size = 0
    for number, row in enumerate(rows):
        length = _length(row)
        if number > first and size + length > MOST_BYTES:
            yield {"type": "choices", "choices": rows[first:number]}, replace(record, choices=record.choices[first:number])
            first, size = number, 0
        size += length
    yield {"type": "choices", "choices": rows[first:]}, replace(record, choices=record.choices[first:])


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """What a search found, with the steps and the orders that fit."""
    if _length(row) <= MOST_BYTES:
        return row
    failure, classes = row["failure"], row["classes"]
    if failure is not None and len(failure["steps"]) > KEPT_STEPS:
        steps = failure["steps"]
        row = {**row, "failure": {**failure, "steps": steps[-KEPT_STEPS:], "steps_left_out": len(steps) - KEPT_STEPS}}
    room = MOST_BYTES - _length({**row, "classes": []})
    kept = 0
    for leaf in classes:
        room -= _length(leaf)
        if room < 0:
            break
        kept += 1
    return row if kept == len(classes) else {**row, "classes": classes[:kept], "classes_complete": False}


def _length(row: dict[str, Any]) -> int:
    return len(json.dumps(row, separators=(",", ":"))) + 1
