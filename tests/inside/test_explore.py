"""Every program of the syllabus gets its verdict, its culprits and its smallest schedule, and the schedule gives the failure again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.explore import Explorer, replay
from playground.model.schedule import Schedule

PROGRAMS = Path(__file__).parent.parent / "programs"
EXPECTED = tomllib.loads((PROGRAMS / "expected.toml").read_text())
NEEDED = {"dining3": ["chopstick[0]", "chopstick[1]", "chopstick[2]"], "dining5": [f"forks[{seat}]" for seat in range(5)],
          "barrier_then_race": ["score['points']"],
          "pool_race": ["hits['index']"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_program_gets_its_verdict_and_the_schedule_gives_it_again(name: str) -> None:
    row = EXPECTED[name]
    source = (PROGRAMS / row["file"]).read_text()
    report = Explorer(source, row["file"]).run()
    assert report.verdict == row["verdict"], report
    if row["verdict"] == "clean":
        assert report.exhausted, report
        return
    failure = report.failure
    assert failure is not None
    assert failure.error == row.get("error", "")
    assert failure.preemptions == row["min_preemptions"]
    named = {*failure.threads, *failure.objects}
    assert named.issuperset(NEEDED.get(name, row["culprit"])), named
    assert failure.possible_on.free_threaded is True
    assert failure.possible_on.gil in ({"yes": True, "no": False}[row["stock_gil"]], None)
    schedule = Schedule.parse(failure.schedule)
    runs = [replay(source, row["file"], schedule, backend()) for backend in (OsThreads, Greenlets, OsThreads)]
    for outcome, recording, left_off in runs:
        assert left_off is None
        assert (outcome, recording.steps, recording.facts) == (runs[0][0], runs[0][1].steps, runs[0][1].facts)
        assert outcome.verdict == row["verdict"]


@pytest.mark.parametrize("granularity", ["sync", "line"])
def test_coarse_search_never_claims_to_be_exhausted(granularity: str) -> None:
    source = (PROGRAMS / "lost_update.py").read_text()
    report = Explorer(source, granularity=granularity, max_executions=200).run()
    assert report.verdict == "clean"
    assert not report.exhausted


@pytest.mark.parametrize("strategy", ["dpor", "pct", "random", "dfs"])
def test_each_strategy_alone_finds_the_deadlock(strategy: str) -> None:
    source = (PROGRAMS / "abba_lock.py").read_text()
    report = Explorer(source, strategy=strategy).run()
    assert report.verdict == "deadlock"
    assert report.failure is not None
    assert report.failure.preemptions == 1
