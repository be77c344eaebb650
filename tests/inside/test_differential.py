"""Small programs say the same under control as outside it: results, exception types, messages, order of what is printed.

Each program has one possible output whatever the schedule (timeouts apart from sleeps of other lengths); so the plain run is the oracle.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.search.random_walk import PatientWalk
from tests.inside.alike_primitives import PRIMITIVES
from tests.inside.alike_threads import THREADS

ATTEMPT = '''
import _thread, queue, re, sched, sys, threading, time
from concurrent.futures import *
def attempt(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        print(re.sub("0x[0-9a-f]+", "0x", f"{type(error).__module__}.{type(error).__name__}: {error}"))
    else:
        print(re.sub("0x[0-9a-f]+", "0x", repr(result)))
def run(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for t in threads: t.start()
    for t in threads: t.join()
'''

PROGRAMS = {**PRIMITIVES, **THREADS}


def plain(source: str) -> str:
    process = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, timeout=60, check=False)
    return process.stdout


def controlled(source: str, backend: Backend, seed: int) -> str:
    execution = Execution(source, "program.py", "sync", backend)
    try:
        walk = PatientWalk(seed, 1)
        walk.begin()
        outcome = execution.run(walk)
    finally:
        execution.close()
    assert outcome.verdict in ("clean", "exception"), (outcome, outcome.output)
    return outcome.output


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_says_the_same_under_control_as_outside_it(name: str) -> None:
    source = f"{ATTEMPT}\n{PROGRAMS[name]}"
    expected = plain(source)
    assert re.search(r"\S", expected)
    for seed in range(2):
        for backend in (Greenlets(), OsThreads()):
            assert controlled(source, backend, seed).splitlines() == expected.splitlines()
