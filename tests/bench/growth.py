"""How a search grows with the program: philosophers 2 to 7, counter threads 2 to 5, by partial-order reduction at `access` until nothing is left.

Beside it what a visitor waits for: executions and time to the first failure with the strategy `auto`. Each search has its budget, and a row says
where it stopped.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.bench.contestants.process import Contestant
from tests.bench.search import WORKLOADS

BUDGET_S = 20.0
ASSERTED = "        thread.join()\n    assert counter.value == THREADS, counter.value\n"


def lines() -> Iterator[str]:
    """One row a size."""
    yield f"{'':22}{'classes':>9}{'failing':>9}{'executions':>12}{'seconds':>9}   first failure: executions, ms"
    with closing(Contestant(Path(sys.executable), "drive_threadplay")) as ours:
        for seats in range(2, 8):
            text = (WORKLOADS / "philosophers.py").read_text().replace("SEATS = 3", f"SEATS = {seats}")
            yield row(ours, f"{seats} philosophers", text)
        for threads in range(2, 6):
            text = (WORKLOADS / "counter.py").read_text().replace("THREADS = 2", f"THREADS = {threads}")
            yield row(ours, f"counter, {threads} threads", text.replace("        thread.join()\n", ASSERTED))


def row(ours: Contestant, title: str, source: str) -> str:
    """Everything within the budget, then the first failure alone."""
    grown = ours.ask(do="growth", source=source, seconds=BUDGET_S, patience_s=BUDGET_S * 3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(source)
        first = ours.ask(do="first", path=str(path), granularity="access", seconds=BUDGET_S, patience_s=BUDGET_S * 3)
    stopped = "" if grown["complete"] else f"   stopped at {BUDGET_S:g} s, not all"
    return (f"{title:22}{grown['classes']:9,}{grown['failing']:9,}{grown['executions']:12,}{grown['seconds']:9.2f}"
            f"   {first['executions']:5} {first['seconds'] * 1e3:9.1f}{stopped}")
