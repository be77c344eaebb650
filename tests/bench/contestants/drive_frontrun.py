"""Drives frontrun's partial-order reduction (its default strategy, at accesses).

Like for like: no replays of what it found, no look-out for sockets and files, no preemption bound where it is to see everything.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frontrun
from answering import serve
from plain_script import CannotExpress, parts

PLAIN = {"reproduce_on_failure": 0, "detect_io": False}


def rate(*, path: str, seconds: float) -> dict[str, Any]:
    """Reduce from the start again and again until the time is over; failing executions do not stop it and count like others."""
    setup, workers = state_and_workers(path)
    executions = searches = 0
    began, cpu = time.perf_counter(), time.process_time()
    deadline = began + seconds
    while (now := time.perf_counter()) < deadline:
        result = frontrun.explore(setup, workers, lambda state: True, stop_on_first=False, preemption_bound=None, total_timeout=deadline - now,
                                  **PLAIN)
        executions += result.num_explored
        searches += time.perf_counter() < deadline
    return {"executions": executions, "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "searches": searches}


def state_and_workers(path: str) -> tuple[Callable[[], Any], list[Callable[[Any], None]]]:
    """The class of the text is the state and its method the worker, as frontrun's documentation has it."""
    space: dict[str, Any] = {"__name__": "program", "__file__": path}
    exec(compile(Path(path).read_text(), path, "exec"), space)
    if "Counter" in space:
        return space["Counter"], [space["Counter"].increment] * space["THREADS"]
    return space["Table"], [functools.partial(space["Table"].dine, seat=seat) for seat in range(space["SEATS"])]


def first(*, path: str, seconds: float) -> dict[str, Any]:
    """Executions and seconds to its first failing execution, with the defaults that its users get."""
    try:
        setup, workers, invariant = parts(path)
    except CannotExpress as error:
        return {"found": False, "why": str(error)}
    began = time.perf_counter()
    result = frontrun.explore(setup, workers, invariant, total_timeout=seconds, deadlock_timeout=seconds, **PLAIN)
    took = time.perf_counter() - began
    return {"found": result.property_holds is False, "why": f"{result.property_holds}", "executions": result.num_explored, "seconds": took}


if __name__ == "__main__":
    serve({"rate": rate, "first": first})
