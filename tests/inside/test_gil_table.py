"""The table of switch points against the interpreter that runs: real threads, a tiny switch interval, counted losses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.execution import Execution
from playground.search.dfs import Dfs

STRESS = """
import sys, threading
sys.setswitchinterval(1e-6)
c = 0
def one():
    return 1
def work():
    global c
    for _ in range(150_000):
        {statement}
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(c)
"""
SMALL = """
import threading
c = 0
def one():
    return 1
def work():
    global c
    {statement}
a, b = threading.Thread(target=work), threading.Thread(target=work)
a.start(); b.start(); a.join(); b.join()
assert c == 2
"""
STATEMENTS = {"c += 1": False, "tmp = c; c = tmp + 1": False, "c += one()": True}


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="there is no GIL here")
@pytest.mark.parametrize(("statement", "switches"), STATEMENTS.items())
def test_interpreter_loses_updates_only_where_the_table_says(statement: str, switches: bool) -> None:
    command = [sys.executable, "-c", STRESS.format(statement=statement)]
    counted = [int(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(2)]
    assert (min(counted) < 600_000) == switches, counted


@pytest.mark.parametrize(("statement", "switches"), STATEMENTS.items())
def test_search_at_gil_granularity_agrees(statement: str, switches: bool) -> None:
    execution = Execution(SMALL.format(statement=statement), "program.py", "gil", Greenlets())
    everything = Dfs(1 << 30)
    failed = False
    try:
        while not failed and everything.begin():
            failed = execution.run(everything).failed
    finally:
        execution.close()
    assert failed == switches
    assert failed or everything.complete
