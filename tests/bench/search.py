"""Executions a second of search, ours beside frontrun's and interleave-test's: the same program text, each through its own public interface.

An execution is one run of the program from its text to its end, under a schedule of its own; failing ones count and stop nobody. At `access` both
sides reduce by partial order: ours counts only executions that ran to their end, not those that sleep sets stopped on the way. At `line` and
`bytecode` both sides draw every choice by chance. Contestants take turns in short rounds, so that a machine that drifts drifts for all.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.contestants.process import Contestant
from tests.bench.peers import NotMeasured, python_with

ROUNDS, SECONDS = 5, 0.6
PROGRAMS = {"counter": "counter, 2 threads", "philosophers": "philosophers, 3 seats"}
WORKLOADS = Path(__file__).parent / "workloads" / "search"
SCHEDULERS = "requirements-schedulers.txt"
LEVELS: tuple[tuple[str, str, str, dict[str, Any], float], ...] = (
    # granularity, our strategy, the peer beside it, what the peer is asked for, how many times its rate we aim at
    ("sync", "random", "", {}, 0.0),
    ("line", "random", "interleave-test", {"granularity": "line"}, 1.5),
    ("access", "dpor", "frontrun", {}, 5.0),
    ("bytecode", "random", "interleave-test", {"granularity": "opcode"}, 4.0),
)


@dataclass
class Column:
    """One contestant at one level: its answers, round by round."""

    name: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    def rates(self, clock: str = "seconds") -> list[float]:
        """Executions of each round by the second of a clock: `seconds` on the wall, or `cpu` of the process."""
        return [answer["executions"] / answer[clock] for answer in self.answers]


def lines() -> Iterator[str]:
    """A table for each program."""
    with ExitStack() as stack:
        ours = stack.enter_context(closing(Contestant(Path(sys.executable), "drive_threadplay")))
        peers: dict[str, Contestant] = {}
        try:
            python = python_with(SCHEDULERS)
            peers["frontrun"] = stack.enter_context(closing(Contestant(python, "drive_frontrun", FRONTRUN_ACTIVE="1")))
            peers["interleave-test"] = stack.enter_context(closing(Contestant(python, "drive_interleave")))
        except NotMeasured as error:
            yield f"frontrun and interleave-test: not measured: {error}"
        yield f"whole executions a second, median of {ROUNDS} rounds in turn (least..most); random walk, at access partial-order reduction"
        for name, title in PROGRAMS.items():
            yield title
            path = str(WORKLOADS / f"{name}.py")
            for granularity, strategy, peer, wanted, aim in LEVELS:
                columns, why = measured(ours, path, granularity, strategy, peers.get(peer), peer, wanted)
                yield from row(granularity, columns, why, aim)
                if strategy == "dpor":
                    yield from reduction(columns)


def measured(ours: Contestant, path: str, granularity: str, strategy: str, rival: Contestant | None, peer: str,
             wanted: dict[str, Any]) -> tuple[list[Column], str]:
    """All rounds of one level, and why its peer has no figure ('' if it has one)."""
    greenlets, threads, theirs = Column("greenlets"), Column("OS threads"), Column(peer)
    why = "" if rival is not None or not peer else "not measured"
    for _ in range(ROUNDS):
        for column, backend in ((greenlets, "greenlets"), (threads, "threads")):
            column.answers.append(ours.ask(do="rate", path=path, granularity=granularity, backend=backend, strategy=strategy, seconds=SECONDS))
        if rival is not None and not why:
            try:
                theirs.answers.append(rival.ask(do="rate", path=path, seconds=SECONDS, **wanted))
            except NotMeasured as error:
                why = f"not measured: {error}"
    return [greenlets, threads, *([theirs] if theirs.answers and not why else [])], why


def row(granularity: str, columns: list[Column], why: str, aim: float) -> Iterator[str]:
    """Rates side by side, and ours on greenlets as a multiple of the peer's, round by round."""
    said = "".join(f"  {column.name} {spread(column.rates()):22}" for column in columns)
    if len(columns) == 3:
        said += f"  x{spread(ratios(columns, 'seconds'), 1)}, by CPU time x{statistics.median(ratios(columns, 'cpu')):.1f}   (aim: at least {aim:g})"
    yield f"  {granularity:9}{said}{'  peer ' + why if why else ''}"
    steps = [f"{column.name} {statistics.median(answer['steps'] for answer in column.answers):.0f}" for column in columns
             if "steps" in column.answers[0]]
    yield f"  {'':9}  choices an execution: {', '.join(steps)}"


def ratios(columns: list[Column], clock: str) -> list[float]:
    """Ours on greenlets as a multiple of the peer's rate, round by round."""
    return [mine / theirs for mine, theirs in zip(columns[0].rates(clock), columns[2].rates(clock), strict=True)]


def reduction(columns: list[Column]) -> Iterator[str]:
    """How long it takes until nothing is left to explore, and how many attempts that needs on each side."""
    for column in columns:
        whole = [answer for answer in column.answers if answer["searches"]]
        if whole:
            took = statistics.median(answer["seconds"] / answer["searches"] for answer in whole) * 1e3
            runs = statistics.median(round(answer["executions"] / answer["searches"], 1) for answer in whole)
            early = statistics.median(answer.get("early", 0) / answer["searches"] for answer in whole)
            stopped = f" and {early:.0f} stopped early" if early >= 0.5 else ""
            begun = statistics.median((answer["executions"] + answer.get("early", 0)) / answer["seconds"] for answer in whole)
            yield f"  {'':9}  everything explored: {column.name} {took:.1f} ms with {runs:.0f} executions{stopped} ({begun:.0f} begun a second)"


def spread(values: list[float], digits: int = 0) -> str:
    """Median (least..most)."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}..{max(values):.{digits}f})"
