"""A report from within the walls is read with distrust: whatever is wrong in it ends in ProtocolError, never in belief."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from playground.model.errors import ProtocolError
from playground.model.finding import PossibleOn
from playground.model.outcome import Wait
from playground.model.report import MOST_CLASSES, Failure, FailureStep, Leaf, Report
from playground.model.report_claim import REPORT_BYTES, Ending, read_ending, read_failure, read_report, write_claim
from playground.model.schedule import MAX_STEPS, Schedule

SCHEDULE = "tp1;access;3.13;0149708e8fab;0*6,1*2,2*2"
FAILURE = Failure("deadlock", "", "", ("a", "b"), ("left",), 1, SCHEDULE, PossibleOn(True, None),
                  (FailureStep(0, 1, "a", "lock.acquire", "left", 3, True),), (Wait(1, "a", "lock.acquire", 2, "left", -1),))
REPORT = Report("deadlock", False, 3, "access", "auto", "", FAILURE)
ENDING = Ending("clean", "", "", "", 0, 7, None, SCHEDULE)


def test_what_was_written_is_read() -> None:
    assert read_report(write_claim(REPORT)) == REPORT
    assert read_failure(write_claim(FAILURE)) == FAILURE
    assert read_ending(write_claim(ENDING)) == ENDING


def test_classes_are_read_and_contradictions_refused() -> None:
    leaves = (Leaf("clean", "", "", "0*3,1"), Leaf("exception", "KeyError", "'x'", "0,1*2,t"))
    report = replace(REPORT, classes=leaves, classes_complete=True)
    assert read_report(write_claim(report)) == report
    for wrong in (replace(report, executions=1), replace(report, classes=()), replace(report, classes=leaves[:1] * 2),
                  replace(report, classes=(Leaf("pruned", "", "", "0"),)), replace(report, classes=(Leaf("clean", "", "", "zero"),)),
                  replace(report, verdict="clean", failure=None), replace(report, classes=leaves[:1] * (MOST_CLASSES + 1), executions=999)):
        with pytest.raises(ProtocolError):
            read_report(write_claim(wrong))


@pytest.mark.parametrize("change", [
    {"classes": None}, {"classes": [{}]}, {"classes_complete": 1}, {"verdict": "clean"}, {"verdict": "fine"}, {"exhausted": 1},
    {"exhausted": True}, {"executions": -1}, {"executions": 1.5}, {"granularity": "x"},
    {"strategy": []}, {"reason": "x" * 2_000}, {"failure": 3}, {"failure": {}},
    {"failure": {**json.loads(write_claim(FAILURE)), "schedule": "rubbish"}}, {"failure": {**json.loads(write_claim(FAILURE)), "steps": [{}]}},
    {"failure": {**json.loads(write_claim(FAILURE)), "threads": ["a", 3]}},
    {"failure": {**json.loads(write_claim(FAILURE)), "possible_on": {"gil": "yes", "free_threaded": None}}},
])
def test_a_field_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    raw = {**json.loads(write_claim(REPORT)), **change}
    with pytest.raises(ProtocolError):
        read_report(json.dumps(raw).encode())


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"verdict": "clean"}'])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    for read in (read_report, read_failure, read_ending):
        with pytest.raises(ProtocolError):
            read(data)


def test_the_longest_honest_claims_are_read() -> None:
    schedule = str(Schedule("access", "3.13", "0149708e8fab", tuple(step % 2 for step in range(MAX_STEPS))))
    assert read_ending(write_claim(replace(ENDING, message='"[,' * 300, schedule=schedule))).schedule == schedule
    step = FailureStep(199_999, 1, "transfer-1", "lock.acquire", "d[(1, 2)]", 100, True)
    failure = replace(FAILURE, steps=(step,) * 150_000, schedule=schedule)
    assert len(read_failure(write_claim(failure)).steps) == 150_000


@pytest.mark.parametrize("data", [b"[" + b"[]," * 200_000 + b"[]]", b'{"a":' * 200_000, b"[1" + b",1" * 400_000 + b"]",
                                  b'"' + b"x" * 2_000_000 + b'"'])
def test_an_ending_that_holds_too_much_is_refused_before_it_is_parsed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.model.report_claim.json", None)
    with pytest.raises(ProtocolError, match="too long"):
        read_ending(data)


@pytest.mark.parametrize("data", [b"[" + b"[]," * 5_000_000 + b"[]]", b" " * (REPORT_BYTES + 1)])
def test_a_report_that_holds_too_much_is_refused_before_it_is_parsed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.model.report_claim.json", None)
    for read in (read_report, read_failure):
        with pytest.raises(ProtocolError, match="too long"):
            read(data)
