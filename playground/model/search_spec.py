"""What to search, how, and how long: a run's spec with a strategy and two budgets."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from playground.model.errors import BadSpec
from playground.model.spec import RunSpec
from playground.model.spec import check as check_run

STRATEGIES: tuple[str, ...] = ("auto", "dpor", "pct", "random", "dfs")
MOST_EXECUTIONS = 1_000_000
MOST_SECONDS = 100.0
"""A cell lives 120 s at most; the rest is for shrinking and for telling."""


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """One search; `run` says which program, at which granularity, on which Python."""

    run: RunSpec
    strategy: str = "auto"
    max_executions: int = 10_000
    max_seconds: float = 10.0

    def to_json(self) -> str:
        """The job of a searching cell."""
        return json.dumps({**asdict(self.run), "mode": "search", "strategy": self.strategy, "max_executions": self.max_executions,
                           "max_seconds": self.max_seconds}, separators=(",", ":"))


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
