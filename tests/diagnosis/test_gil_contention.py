"""Threads that compute under a GIL are told that they were no faster than one; threads that wait are not."""

from __future__ import annotations

from playground.diagnosis.gil_contention import GilContention
from playground.model.event import ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.spec import RunSpec
from playground.sampling import HOLDS_GIL
from tests.story import Story, sample

S = ThreadState


def judged(story: Story, samples: bytes) -> list[Finding]:
    detector = GilContention(RunSpec(source="pass"))
    found = [finding for record in story.records(samples) for finding in detector.see(record)]
    return [*found, *detector.end(10**10)]


def turns(*, gil: bool = True, both_run: bool = False, rounds: int = 200) -> list[Finding]:
    """Two threads take turns of 10 ms at the GIL."""
    story = Story(gil=gil)
    story.begin("cruncher-1", "cruncher-2")
    rows = b""
    for number in range(rounds):
        at, runs = 1 + number * 10, number % 2
        for thread in (0, 1):
            mine = both_run or thread == runs
            cpu = number * 10 if both_run else number * 5
            rows += sample(at, 101 + thread, S.RUNNING if mine else S.WAITING_GIL, HOLDS_GIL if mine else 0, cpu)
    story.event(1 + rounds * 10, "thread.ended", 1).event(1 + rounds * 10, "thread.ended", 2)
    return judged(story, rows)


def test_two_that_compute_are_no_faster_than_one() -> None:
    (finding,) = turns()
    assert finding.title == "GIL: cruncher-1 and cruncher-2 did not run faster than one"
    assert finding.possible_on == PossibleOn(gil=True, free_threaded=False)
    assert "waited 1.0 s for it" in finding.story[1]


def test_without_a_gil_nobody_waits_for_it() -> None:
    assert not turns(gil=False)


def test_threads_that_ran_at_the_same_time_are_not_told() -> None:
    assert not turns(both_run=True)


def test_a_short_run_is_not_told() -> None:
    assert not turns(rounds=20)
