"""What to search, how, and how long: a run's spec with a strategy and two budgets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from playground.model.errors import BadSpec
from playground.model.spec import RunSpec
from playground.model.spec import check as check_run

STRATEGY_LEGEND: tuple[tuple[str, str, str], ...] = (
    ("auto", "automatic", "partial-order reduction, random priorities and bounded search in turn: the best for most programs"),
    ("dpor", "every order (DPOR)", "one execution for each order that can make a difference: proves small programs"),
    ("pct", "random priorities (PCT)", "threads get random priorities that drop a few times: a known least chance for each try"),
    ("random", "random walk", "each choice is drawn by chance"),
    ("dfs", "few preemptions (DFS)", "every interleaving with no preemption, then with one, two, and more"),
)
"""How to search: its id, its word, its sentence."""
STRATEGIES: tuple[str, ...] = tuple(name for name, _, _ in STRATEGY_LEGEND)
MOST_EXECUTIONS = 1_000_000
MOST_SECONDS = 100.0
"""A cell lives 120 s at most; the rest is for shrinking and for telling."""
STUCK_S = 1.5
"""An execution that has not ended so long after the search's time is ended with its process."""
TELL_S = 6.0
"""What a cell gets beyond the search's own seconds: for shrinking, confirming, and saying where a failure can happen."""


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """One search; `run` says which program, at which granularity, on which Python."""

    run: RunSpec
    strategy: str = "auto"
    max_executions: int = 10_000
    max_seconds: float = 10.0
    all_classes: bool = False
    """Go on after a failure, with partial-order reduction, until every class of interleavings was seen."""

    strategies: ClassVar = STRATEGY_LEGEND

    def to_json(self) -> str:
        """The job of a searching cell."""
        return json.dumps({**asdict(self.run), "mode": "search", "strategy": self.strategy, "max_executions": self.max_executions,
                           "max_seconds": self.max_seconds, "all": self.all_classes}, separators=(",", ":"))

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> SearchSpec:
        """A search from untrusted, parsed JSON: a run's parts and the search's own; raises BadSpec with a sentence for the learner."""
        values: dict[str, object] = {}
        for name, kind in _OWN_PARTS.items():
            if name in raw:
                values[name] = _of_kind(name, raw[name], kind)
        run = RunSpec.from_json({"mode": "controlled", **{name: value for name, value in raw.items() if name not in _OWN_PARTS}})
        if run.mode != "controlled":
            raise BadSpec("A search belongs to controlled mode.")
        if run.schedule:
            raise BadSpec("A search makes its own schedules; leave the schedule out.")
        return check_search(cls(run, **values))  # type: ignore[arg-type]


_HUGE = 10**15
"""Larger numbers are as wrong as this one, and shorter to tell."""
_OWN_PARTS: dict[str, type] = {"strategy": str, "max_executions": int, "max_seconds": float, "all_classes": bool}


def _of_kind(name: str, value: object, kind: type) -> object:
    fits = isinstance(value, (int, float) if kind is float else kind) and isinstance(value, bool) == (kind is bool)
    if not fits:
        raise BadSpec(f"The part {name!r} must be of type {kind.__name__}.")
    if kind in (int, float):
        assert isinstance(value, (int, float))
        return kind(max(-_HUGE, min(value, _HUGE)))
    return value


def check_search(search: SearchSpec) -> SearchSpec:
    """The same search if every part is possible, else BadSpec."""
    check_run(search.run)
    if search.strategy not in STRATEGIES:
        raise BadSpec(f"Unknown strategy {search.strategy[:40]!r}. Known: {', '.join(STRATEGIES)}.")
    if not 1 <= search.max_executions <= MOST_EXECUTIONS:
        raise BadSpec(f"The number of executions must lie between 1 and {MOST_EXECUTIONS:,}; it is {search.max_executions:,}.")
    if not 0 < search.max_seconds <= MOST_SECONDS:
        raise BadSpec(f"The seconds of a search must lie above 0 and be at most {MOST_SECONDS:g}; they are {search.max_seconds:g}.")
    return search
