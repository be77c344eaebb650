"""What a host makes of a run's channels: a broken trace takes no output along, and claims are bounded."""

from __future__ import annotations

import json

import pytest

from playground.model.event import ThreadState
from playground.model.record import GAP, OUTPUT, OUTPUT_HEAD, Gap, Output, Record
from playground.model.spec import Limits, RunSpec
from playground.reading import MOST_GAPS, Reading
from playground.sampling import SAMPLE
from tests.story import ORIGIN, Story


def read(*chunks: tuple[str, bytes], limits: Limits | None = None) -> tuple[Reading, list[Record]]:
    reading = Reading(RunSpec("pass", limits=limits or Limits()), python="", gil=True, started_ns=ORIGIN)
    records = [record for chunk in chunks for record in reading.take([chunk], ORIGIN + 1)]
    return reading, [*records, *reading.finish(ORIGIN + 2, "")]


def says(story: Story, text: str, stream: int = 1) -> bytes:
    story.record(OUTPUT, OUTPUT_HEAD.pack(ORIGIN, 0, stream, 0) + text.encode())
    return bytes(story.data)


def printed(records: list[Record]) -> list[tuple[int, int, str]]:
    return [(record.thread, record.stream, record.text) for record in records if isinstance(record, Output)]


@pytest.mark.parametrize("cut", [1, 7, 4096])
def test_what_is_printed_after_garbage_is_shown_by_nobody_known(cut: int) -> None:
    story = Story()
    story.begin("one")
    before = len(says(story, "before\n"))
    says(story, "after\n")
    data = says(story, "the last words\n", 2)
    data = data[:before] + b"\x01" + data[before:]
    reading, records = read(*(("events", data[at : at + cut]) for at in range(0, len(data), cut)))
    assert printed(records) == [(0, 1, "before\n"), (-1, 1, "after\n"), (-1, 2, "the last words\n")]
    assert reading.lost
    assert sum(isinstance(record, Gap) for record in records) == 1


def test_what_is_printed_after_garbage_is_held_to_the_limit() -> None:
    story = Story()
    data = b"\xff" * 20 + b"".join(says(story, "x" * 1000)[-1020:] for _ in range(3))
    reading, records = read(("events", data), limits=Limits(output_kb=2))
    assert sum(len(text) for _, _, text in printed(records)) == 2048
    assert reading.limit == "output_kb"


def test_names_without_end_end_the_trace_and_not_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.reading.MOST_TEXT_BYTES", 3_000)
    story = Story()
    story.begin()
    for _ in range(9):
        story.text("x" * 1000)
    _, records = read(("events", says(story, "after\n")))
    assert printed(records) == [(-1, 1, "after\n")]


def test_gaps_without_end_end_the_trace() -> None:
    story = Story()
    gap = {"from_ns": ORIGIN, "to_ns": ORIGIN, "counts": {}, "objects": [], "threads": [], "reason": "r"}
    for _ in range(MOST_GAPS + 500):
        story.record(GAP, json.dumps(gap).encode())
    reading, records = read(("events", bytes(story.data)))
    assert "more gaps" in reading.lost
    assert sum(isinstance(record, Gap) for record in records) == MOST_GAPS + 1


def test_threads_that_lived_at_once_are_counted_by_the_sampler() -> None:
    def sample(tid: int, state: int) -> bytes:
        return SAMPLE.pack(ORIGIN, tid, state, 0, 0, 0, 0)

    turns = b"".join(sample(tid, ThreadState.RUNNING) + sample(tid, 0) for tid in range(2, 50))
    reading, _ = read(("samples", turns), ("samples", b"".join(sample(tid, ThreadState.BLOCKED) for tid in range(50, 55))))
    assert reading.account(ORIGIN, {}).most_threads == 5
