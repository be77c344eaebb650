"""Runs a program under control within the test's own process, and gives what the detectors say of its trace."""

from __future__ import annotations

from collections.abc import Iterable

from playground.inside import telling
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.execution import Execution
from playground.inside.telling import Telling
from playground.model.finding import Finding
from playground.model.outcome import Outcome
from playground.model.record import Found
from playground.model.spec import RunSpec
from playground.reading import Reading
from playground.search.pct import Pct
from playground.search.random_walk import PatientWalk
from playground.search.replay import Replay
from playground.search.strategy import Strategy
from tests.inside.steering import Sink

NAME = "program.py"


def strategies(seeds: int) -> Iterable[Strategy]:
    """The default order first; then walks and priorities by chance, always the same ones."""
    yield Replay(())
    for seed in range(seeds):
        yield PatientWalk(seed, 1)
    pct = Pct(7, 1_000)
    for _ in range(seeds):
        yield pct


class Controlled:
    """One program; each `run` is one execution, told and judged from its bytes."""

    def __init__(self, source: str, granularity: str = "access", max_steps: int = 60_000) -> None:
        self._source = source
        self._execution = Execution(source, NAME, granularity, Greenlets(), max_steps=max_steps)

    def __enter__(self) -> Controlled:
        return self

    def __exit__(self, *_: object) -> None:
        self._execution.close()

    def run(self, strategy: Strategy) -> tuple[Outcome, list[Finding]]:
        """What the execution came to, and every finding of its trace."""
        assert strategy.begin()
        outcome, recording = self._execution.record(strategy)
        sink = Sink()
        telling.greet(sink)  # type: ignore[arg-type]
        Telling(sink, recording).tell(outcome)  # type: ignore[arg-type]
        return outcome, judged(self._source, bytes(sink.data), deadlock=outcome.verdict == "deadlock")


def judged(source: str, data: bytes, *, deadlock: bool) -> list[Finding]:
    """The findings of a controlled run's bytes, as a session would tell them."""
    reading = Reading(RunSpec(source=source, mode="controlled"), python="", gil=True, started_ns=0)
    now_ns = 3_600 * 10**9
    records = list(reading.take([("events", data)], now_ns))
    assert not reading.lost, reading.lost
    if deadlock:
        records += reading.tick(now_ns)
    records += reading.finish(now_ns, "")
    return [record.finding for record in records if isinstance(record, Found)]


def findings(source: str, seeds: int = 3, granularity: str = "access") -> list[tuple[Outcome, list[Finding]]]:
    """Under the default schedule and some others."""
    with Controlled(source, granularity) as controlled:
        return [controlled.run(strategy) for strategy in strategies(seeds)]
