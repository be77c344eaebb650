"""Drives our own engine, without the walls around it, as the peers have none."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from answering import serve

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.inside.explore import TELLING, Explorer, follow
from playground.inside.source import release
from playground.model.schedule import Schedule, hash_of
from playground.search.dpor import Dpor
from playground.search.random_walk import RandomWalk
from playground.search.strategy import Strategy

BACKENDS: dict[str, type[Backend]] = {"greenlets": Greenlets, "threads": OsThreads}
FOR_EVER = 1 << 60


def rate(*, path: str, granularity: str, backend: str, strategy: str, seconds: float) -> dict[str, Any]:
    """Execute until the time is over; a reduction that has come to its end starts again. Failing executions count like others."""
    execution = Execution(Path(path).read_text(), path, granularity, BACKENDS[backend]())
    whole = early = failed = steps = searches = 0
    try:
        chosen = begun(strategy)
        began, cpu = time.perf_counter(), time.process_time()
        deadline = began + seconds
        while time.perf_counter() < deadline:
            if not chosen.begin():
                searches += 1
                chosen = begun(strategy)
                continue
            outcome = execution.run(chosen)
            early += outcome.verdict == "pruned"
            whole += outcome.verdict != "pruned"
            failed += outcome.failed
            steps += len(outcome.choices)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
    finally:
        execution.close()
    return {"executions": whole, "early": early, "seconds": took, "cpu": cpu, "failed": failed, "searches": searches,
            "steps": steps / (whole + early)}


def begun(strategy: str) -> Strategy:
    """A fresh strategy."""
    return Dpor() if strategy == "dpor" else RandomWalk(1, FOR_EVER)


def first(*, path: str, granularity: str, seconds: float) -> dict[str, Any]:
    """Executions and seconds from the program's text to its first failing execution, and to the told, shrunk and confirmed failure."""
    began = time.perf_counter()
    met: list[tuple[int, float]] = []

    def progress(executions: int, word: str) -> None:
        if word == TELLING:
            met.append((executions, time.perf_counter() - began))

    report = Explorer(Path(path).read_text(), Path(path).name, granularity=granularity, enough=lambda: time.perf_counter() > began + seconds,
                      progress=progress).run()
    executions, took = met[0]
    return {"verdict": report.verdict, "executions": executions, "seconds": took, "told": time.perf_counter() - began,
            "preemptions": report.failure.preemptions if report.failure is not None else -1}


def growth(*, source: str, seconds: float) -> dict[str, Any]:
    """Partial-order reduction at `access` to its end, or as far as the time goes."""
    execution = Execution(source, "program.py", "access", Greenlets())
    classes = early = failing = 0
    strategy = Dpor()
    began = time.perf_counter()
    try:
        while time.perf_counter() < began + seconds and strategy.begin():
            outcome = execution.run(strategy)
            early += outcome.verdict == "pruned"
            classes += outcome.verdict != "pruned"
            failing += outcome.failed
    finally:
        execution.close()
    return {"classes": classes, "failing": failing, "executions": classes + early, "seconds": time.perf_counter() - began,
            "complete": strategy.complete and not strategy.diverged}


def step(*, sources: list[str]) -> dict[str, Any]:
    """Milliseconds of one recorded run on OS threads along the default schedule, for each text."""
    took = []
    for source in sources:
        began = time.perf_counter()
        follow(source, "program.py", Schedule("access", release(), hash_of(source), ()), OsThreads())
        took.append((time.perf_counter() - began) * 1e3)
    return {"milliseconds": took}


if __name__ == "__main__":
    serve({"rate": rate, "first": first, "growth": growth, "step": step})
