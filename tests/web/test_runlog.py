"""A run's log: dense numbers, exact columns, pace, and the records back as they were."""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.export_jsonl import jsonl
from playground.model.event import Batch
from playground.model.record import Choices, Hello, ObjectInfo, Output, Record, Text, ThreadInfo
from tests.web.fake import FakeSession, batch, choice, end
from tests.web.served import decode
from web import runlog
from web.encode import EVENT_BYTES, HEADER, MOST_EVENTS, event_message, joined, read_events, sliced
from web.runlog import RunLog


def a_log(tmp_path: Path) -> RunLog:
    return RunLog("r" * 22, 9, tmp_path, jsonl)


def test_a_message_of_events_keeps_every_column_exactly() -> None:
    events = batch(123_456, 1_000)
    message = event_message(events, 7, 42)
    assert len(message) == HEADER.size + 1_000 * EVENT_BYTES
    assert read_events(message) == events
    assert decode(message) | {"raw": b""} == {"type": "events", "channel": 7, "n": 42, "first_seq": 123_456, "count": 1_000, "raw": b""}


def test_no_message_is_larger_than_64_kib() -> None:
    parts = list(sliced(batch(0, 10_000)))
    assert all(len(event_message(part, 1, 1)) <= 65_536 for part in parts)
    assert joined(parts) == batch(0, 10_000)


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_cutting_and_joining_is_lossless(sizes: list[int]) -> None:
    first, batches = 0, []
    for size in sizes:
        batches.append(batch(first, size))
        first += size
    whole = joined(batches)
    assert whole == batch(0, first)
    assert joined(list(sliced(whole))) == whole


def test_the_records_come_back_as_they_went_in(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    records = list(FakeSession({"batches": 3, "events": 50, "output": "line\n"}))
    for record in records:
        log.append(record)
    back = list(log.records())
    assert log.ended
    assert list(jsonl(back)) == list(jsonl(records))
    assert [type(record) for record in back[-3:]] == [type(record) for record in records[-3:]]


def test_numbers_are_dense_and_json_messages_carry_run_and_n(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    for record in FakeSession({"batches": 50, "events": 3_000, "output": "x"}):
        log.append(record)
    for n in range(len(log)):
        message = decode(log.read(n))
        assert message["n"] == n
        assert message.get("run", log.run) == log.run


def test_the_first_messages_go_out_at_once_then_they_are_gathered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr(runlog.time, "monotonic", lambda: now[0])
    log, seq = a_log(tmp_path), 0
    for _ in range(runlog.FIRST_AT_ONCE):
        before = len(log)
        log.append(batch(seq, 5))
        seq += 5
        assert len(log) == before + 1
    for _ in range(10):
        log.append(batch(seq, 5))
        seq += 5
    assert len(log) == runlog.FIRST_AT_ONCE
    due = log.flush_due()
    assert due is not None
    assert 0 < due <= runlog.INTERVAL_S + 1e-9
    now[0] += 2 * runlog.INTERVAL_S
    assert log.flush_due() is None
    assert decode(log.read(len(log) - 1))["count"] == 50


def test_definitions_are_said_before_the_events_that_use_them(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    for n in range(runlog.FIRST_AT_ONCE):
        log.append(batch(n, 1))
    log.append(batch(12, 1))
    for number in range(1, 900):
        log.append(Text(number, f"item {number}"))
    log.append(ObjectInfo(1, "Lock", "a", "", 1, 0))
    log.append(ThreadInfo(1, 1, "t", False, 2, 0, 1))
    log.append(batch(13, 5))
    log._last_flush = 0
    log.flush_due()
    kinds = [decode(log.read(n))["type"] for n in range(runlog.FIRST_AT_ONCE, len(log))]
    assert kinds == ["text", "text", "text", "object", "thread", "events"]


def steps_and_events(count: int) -> list[Record]:
    """A controlled run as its session tells it: each step before its events."""
    records: list[Record] = []
    for number in range(count):
        records += [Text(number + 1, f"text {number}"), Choices((choice(number + 1),)), batch(3 * number, 3)]
    return records


def test_a_run_that_is_told_all_at_once_is_a_few_messages(tmp_path: Path) -> None:
    log = RunLog("r" * 22, 9, tmp_path, jsonl, gather=100)
    records = steps_and_events(80)
    for record in (Hello("3.13.0", True, 0), *records, end("ok", 240)):
        log.append(record)
    messages = [decode(log.read(n)) for n in range(len(log))]
    assert log.ended
    assert [message["n"] for message in messages] == list(range(len(log)))
    kinds = [message["type"] for message in messages]
    assert [kind for kind, _ in itertools.groupby(kinds)][:2] == ["hello", "text"]
    assert kinds[-1] == "end"
    steps = [step["step"] for message in messages if message["type"] == "choices" for step in message["choices"]]
    assert steps == list(range(1, 81))
    assert sum(message.get("count", 0) for message in messages) == 240
    assert len(log) < 20
    assert joined([record for record in log.records() if isinstance(record, Batch)]) == batch(0, 240)


def test_a_summary_over_steps_says_where_the_threads_stand(tmp_path: Path) -> None:
    log, plain = RunLog("r" * 22, 9, tmp_path, jsonl, gather=100), RunLog("r" * 22, 9, tmp_path, jsonl)
    for record in (*steps_and_events(50), end("ok", 150)):
        log.append(record)
        if isinstance(record, Batch):
            plain.append(record)
    plain._last_flush = 0
    plain.flush_due()
    said, wanted = (json.loads(each.summary(0, len(each) - each.ended)) for each in (log, plain))
    assert (said["threads"], said["at_ns"]) == (wanted["threads"], wanted["at_ns"])


def test_output_of_one_thread_within_an_interval_is_one_message(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    for n in range(runlog.FIRST_AT_ONCE):
        log.append(batch(n, 1))
    for _ in range(100):
        log.append(Output(5, 1, 1, "x\n"))
    log.append(Output(6, 2, 1, "y\n"))
    log._last_flush = 0
    log.flush_due()
    said = [json.loads(log.read(n)) for n in range(runlog.FIRST_AT_ONCE, len(log))]
    assert [(message["thread"], message["text"]) for message in said] == [(1, "x\n" * 100), (2, "y\n")]


def test_readers_in_other_threads_see_whole_messages_only(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    seen: list[int] = []

    def read() -> None:
        n = events = 0
        while not (log.ended and n == len(log)):
            if n < len(log):
                events += decode(log.read(n)).get("count", 0)
                n += 1
            else:
                log.flush_due()
        seen.append(events)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for record in FakeSession({"batches": 200, "events": 100}):
        log.append(record)
    for reader in readers:
        reader.join()
    assert seen == [20_000] * 3


def test_a_log_leaves_nothing_behind(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    log.append(batch(0, 10))
    assert list(tmp_path.iterdir()) == []
    assert log.bytes > 0


def test_more_events_than_a_message_holds_are_several_messages(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    log.append(batch(0, MOST_EVENTS * 2 + 1))
    assert [decode(log.read(n))["count"] for n in range(len(log))] == [MOST_EVENTS, MOST_EVENTS, 1]
    assert joined([record for record in log.records() if isinstance(record, Batch)]) == batch(0, MOST_EVENTS * 2 + 1)
