"""Drives interleave-test: the whole program is the model, executed from its compiled text in each schedule, as ours is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import interleave_test
from answering import serve

BATCH = 50
"""Schedules in one `explore`; it ends at a failing one, and the next goes on with another seed."""


class Counting(interleave_test.RandomStrategy):
    """Its own random strategy, and how many decisions there were."""

    decisions = 0

    def pick(self, runnable: Any, current: Any, index: int) -> Any:
        Counting.decisions += 1
        return super().pick(runnable, current, index)

    def observe(self, chosen: Any, index: int) -> None:
        Counting.decisions += 1


def rate(*, path: str, granularity: str, seconds: float) -> dict[str, Any]:
    """Random schedules until the time is over."""
    code = compile(Path(path).read_text(), path, "exec")

    def model() -> None:
        exec(code, {"__name__": "__main__", "__file__": path})

    options = {"granularity": granularity, "include": [path], "raise_on_failure": False}
    Counting.decisions = 0
    probed = sum(interleave_test.explore(model, iterations=1, seed=seed, strategy=Counting(), **options).schedules_run for seed in range(5))
    executions = failed = 0
    began, cpu = time.perf_counter(), time.process_time()
    seed = 100
    while time.perf_counter() < began + seconds:
        seed += 1
        result = interleave_test.explore(model, iterations=BATCH, seed=seed, **options)
        executions += result.schedules_run
        failed += result.failure is not None
    return {"executions": executions, "seconds": time.perf_counter() - began, "failed": failed, "steps": Counting.decisions / probed,
            "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    serve({"rate": rate})
