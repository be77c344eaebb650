"""The file keeps the rules of the Trace Event Format, so that Perfetto opens it and draws what happened."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from itertools import pairwise
from typing import Any

from playground.export_perfetto import GIL_TID, OBJECTS_PID, THREADS_PID, perfetto
from playground.model.event import ThreadState
from tests.story import Story, sample
from tests.test_export_jsonl import END, FOUND, a_trace

MS_IN_US = 1000.0


def rows_of(records: Any) -> list[dict[str, Any]]:
    document = json.loads(perfetto(records))
    assert set(document) == {"traceEvents", "displayTimeUnit", "otherData"}
    assert document["displayTimeUnit"] in ("ms", "ns")
    rows: list[dict[str, Any]] = document["traceEvents"]
    return rows


def bakery() -> list[Any]:
    story = Story()
    _main, baker, guest = story.begin("Baker-1", "Guest-1")
    shelf, till = story.object("shelf", "Queue", capacity=1), story.object("till")
    story.event(1, "queue.put", baker, shelf, value=1).event(2, "queue.put_blocked", baker, shelf, line=17)
    story.event(3, "queue.got", guest, shelf, value=0).event(3.5, "queue.put", baker, shelf, value=1)
    story.event(4, "lock.acquired", guest, till, value=1).event(5, "lock.blocked", baker, till).event(6, "lock.released", guest, till)
    story.event(7, "lock.acquired", baker, till, value=1).event(8, "lock.released", baker, till)
    story.event(9, "thread.ended", baker).event(10, "thread.crashed", guest, note=story.text("KeyError: 1"))
    samples = sample(1.2, 101, ThreadState.RUNNING, 1) + sample(2.4, 102, ThreadState.RUNNING, 1) + sample(8.5, 102, ThreadState.SLEEPING)
    return [*story.records(samples), FOUND, END]


def test_every_row_has_the_fields_of_its_phase() -> None:
    needed = {"X": {"dur"}, "s": {"id", "cat"}, "f": {"id", "cat", "bp"}, "C": {"args"}, "i": {"s"}, "M": {"args"}}
    for rows in (rows_of(bakery()), rows_of(a_trace())):
        for row in rows:
            assert {"ph", "pid", "tid", "ts", "name"} <= row.keys()
            assert isinstance(row["pid"], int)
            assert isinstance(row["tid"], int)
            assert isinstance(row["ts"], float)
            assert row["ts"] >= 0
            assert needed[row["ph"]] <= row.keys()
            assert row.get("dur", 0) >= 0
            assert row["ph"] != "C" or all(isinstance(value, int) for value in row["args"].values())


def test_rows_are_in_order_of_time() -> None:
    times = [row["ts"] for row in rows_of(bakery())]
    assert times == sorted(times)


def test_slices_of_one_track_follow_each_other() -> None:
    tracks: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for row in rows_of(bakery()):
        if row["ph"] == "X":
            tracks[row["pid"], row["tid"]].append((row["ts"], row["ts"] + row["dur"]))
    for spans in tracks.values():
        for (_, end), (begin, _) in itertools.pairwise(spans):
            assert begin >= end - 1e-6


def test_each_arrow_has_two_ends_bound_to_slices() -> None:
    rows = rows_of(bakery())
    starts = {row["id"]: row for row in rows if row["ph"] == "s"}
    ends = {row["id"]: row for row in rows if row["ph"] == "f"}
    assert starts.keys() == ends.keys()
    assert len(starts) >= 4
    for number, end in ends.items():
        start = starts[number]
        assert start["ts"] <= end["ts"]
        assert end["bp"] == "e"
        for each in (start, end):
            assert any(row["ph"] == "X" and row["pid"] == each["pid"] and row["tid"] == each["tid"]
                       and row["ts"] <= each["ts"] <= row["ts"] + row["dur"] for row in rows)


def test_the_queue_is_a_counter_and_the_lock_and_the_gil_are_tracks() -> None:
    rows = rows_of(bakery())
    assert [row["args"]["items"] for row in rows if row["ph"] == "C"] == [1, 0, 1]
    held = [(row["name"], row["ts"], row["dur"]) for row in rows if row["ph"] == "X" and row["pid"] == OBJECTS_PID and row["tid"] == 2]
    assert held == [("Guest-1", 4 * MS_IN_US, 2 * MS_IN_US), ("Baker-1", 7 * MS_IN_US, 1 * MS_IN_US)]
    gil = sorted((row["ts"], row["ts"] + row["dur"], row["name"]) for row in rows
                 if row["ph"] == "X" and row["pid"] == OBJECTS_PID and row["tid"] == GIL_TID)
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(gil))
    assert [who for begin, end, who in gil if begin <= 2.5 * MS_IN_US < end] == ["Guest-1"]
    assert not [who for begin, end, who in gil if begin <= 5.5 * MS_IN_US < end]


def test_tracks_and_processes_are_named() -> None:
    titles = {(row["name"], row["pid"], row["tid"]): row["args"] for row in rows_of(bakery()) if row["ph"] == "M"}
    assert titles["process_name", THREADS_PID, 0] == {"name": "program"}
    assert titles["thread_name", THREADS_PID, 1] == {"name": "Baker-1"}
    assert titles["thread_name", OBJECTS_PID, 1] == {"name": "shelf (Queue)"}
    assert titles["thread_name", OBJECTS_PID, GIL_TID] == {"name": "GIL"}


def test_a_finding_is_an_instant() -> None:
    assert [row for row in rows_of(bakery()) if row["ph"] == "i" and row["name"] == "t"]


def test_an_empty_trace_is_a_valid_file() -> None:
    assert rows_of([END])
