"""What five thousand executions in one process leave behind, a third of them broken off on the way: resident memory before and after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

EXECUTIONS = 5_000
ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import sys
from pathlib import Path
from playground.inside.execution import Execution
from playground.inside.beneath.{module} import {backend}
from playground.search.random_walk import RandomWalk

def resident_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

class BrokenOff(RandomWalk):
    def choose(self, point):
        return None if point.step == 9 and self._left % 3 == 0 else super().choose(point)

def many(count, seed):
    walk, counted = BrokenOff(seed, count), dict()
    while walk.begin():
        verdict = execution.run(walk).verdict
        counted[verdict] = counted.get(verdict, 0) + 1
    return counted

execution = Execution(Path(sys.argv[1]).read_text(), "program.py", "access", {backend}())
many(500, 1)
before = resident_kb()
counted = many({executions}, 2)
print(resident_kb() - before, before, *(f"{{verdict}} {{count}}" for verdict, count in sorted(counted.items())), sep="|")
"""


def lines() -> Iterator[str]:
    """One line a carrier."""
    for module, backend in (("greenlets", "Greenlets"), ("os_threads", "OsThreads")):
        script = SCRIPT.format(module=module, backend=backend, executions=EXECUTIONS)
        command = [sys.executable, "-c", script, str(ROOT / "tests" / "programs" / "abba_lock.py")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            yield f"on {module}: not measured: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:150]}"
            continue
        grown, before, *counted = done.stdout.strip().split("|")
        yield (f"on {module:10}  {int(grown) / 1024:+6.2f} MB over {EXECUTIONS:,} executions, from {int(before) / 1024:.0f} MB"
               f"   (aim: below 5)   {', '.join(counted)}")
