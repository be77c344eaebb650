"""Runs and their logs: what is kept, what is given up, what is stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import RunSpec
from tests.web.fake import FakeEngine, program
from web.admission import Admission, Ticket
from web.config import Config
from web.runs import Run, Runs


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = Runs(Config(data=tmp_path, log_budget_mb=1, log_keep_s=100, grace_s=5), FakeEngine(), Admission(8, 10))  # type: ignore[arg-type]
    yield made
    made.close()


def ended(runs: Runs, **what: object) -> Run:
    """A run that is over."""
    run, bell = started(runs, **what)
    while not (run.log.ended and run.ended_at):
        bell.wait(0.01)
        bell.clear()
    run.unfollow(bell.set)
    return run


def started(runs: Runs, **what: object) -> tuple[Run, threading.Event]:
    """A run that is followed."""
    ticket = runs.admission.ask(Ticket("a", "v", lambda: None, lambda _place: None))
    run, bell = runs.start(RunSpec(program(**what)), ticket), threading.Event()
    run.follow(bell.set)
    return run, bell


def test_ids_cannot_be_guessed(runs: Runs) -> None:
    ids = {ended(runs).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(each) == 22 for each in ids)


def test_the_oldest_ended_logs_go_when_the_budget_is_spent(runs: Runs) -> None:
    old = [ended(runs, batches=1, events=10_000) for _ in range(4)]
    runs.sweep()
    assert runs.log_bytes <= 2**20
    assert [runs.find(run.id) is not None for run in old] == [False, False, True, True]


def test_a_log_that_somebody_reads_is_kept(runs: Runs) -> None:
    first = ended(runs, batches=1, events=20_000)
    first.follow(lambda: None)
    second = ended(runs, batches=1, events=20_000)
    runs.sweep()
    assert runs.find(first.id) is first
    assert runs.find(second.id) is None


def test_old_logs_go(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended(runs)
    run.ended_at -= 200
    runs.sweep()
    assert runs.find(run.id) is None


def test_a_run_that_fills_the_server_is_stopped_with_the_reason(runs: Runs) -> None:
    run, bell = started(runs, batches=1, events=60_000, hang=True)
    while runs.log_bytes < 2**20:
        bell.wait(0.01)
    runs.sweep()
    while not run.log.ended:
        bell.wait(0.01)
    assert run.end is not None
    assert run.end.sentence == "the server has no room left for its trace"


def test_a_slot_is_given_back_however_a_run_ends(runs: Runs) -> None:
    for what in ({}, {"refuse": "No."}, {"break": True}):
        ended(runs, **what)
    assert runs.admission.running == 0
    assert runs.outcomes == {"ok": 1, "refused": 1, "protocol": 1}


def test_closing_stops_every_run_and_the_host(tmp_path: Path) -> None:
    made = Runs(Config(data=tmp_path), FakeEngine(), Admission(8, 10))  # type: ignore[arg-type]
    run, bell = started(made, hang=True)
    while len(run.log) < 3:
        bell.wait(0.01)
    made.close()
    while not run.log.ended:
        bell.wait(0.01)
    assert made.host.closed  # type: ignore[attr-defined]
