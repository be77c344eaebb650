"""Five thousand executions in one process leave no trace in its memory, aborted ones included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import sys
from pathlib import Path
from playground.inside.execution import Execution
from playground.inside.beneath.{module} import {backend}
from playground.search.random_walk import RandomWalk

source = Path(sys.argv[1]).read_text()
execution = Execution(source, "program.py", "access", {backend}())

def memory_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

class Cut(RandomWalk):
    def choose(self, point):
        return None if point.step == 9 and self._left % 3 == 0 else super().choose(point)

def many(count, seed):
    walk = Cut(seed, count)
    verdicts = set()
    while walk.begin():
        verdicts.add(execution.run(walk).verdict)
    return verdicts

many(500, 1)
before = memory_kb()
verdicts = many(int(sys.argv[2]), 2)
assert "pruned" in verdicts and ("deadlock" in verdicts or "exception" in verdicts), verdicts
print(memory_kb() - before)
"""


@pytest.mark.parametrize(("module", "backend"), [("greenlets", "Greenlets"), ("os_threads", "OsThreads")])
@pytest.mark.parametrize("program", ["abba_lock", "pool_race"])
def test_memory_stays_flat_over_five_thousand_executions(program: str, module: str, backend: str) -> None:
    path = ROOT / "tests" / "programs" / f"{program}.py"
    count = 5_000 if program == "abba_lock" else 1_000
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(module=module, backend=backend), str(path), str(count)], cwd=ROOT, capture_output=True,
                          text=True, check=False, timeout=100, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 5_000, done.stdout
