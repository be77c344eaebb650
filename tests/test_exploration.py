"""A search behind the walls: what it claims is shown again elsewhere, and what it needs cannot be seen from within."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.exploration import UNREPEATABLE, Explored, limits_of
from playground.host import Host
from playground.model.errors import BadSpec
from playground.model.record import End, Output, Progress
from playground.model.search_spec import SearchSpec
from playground.model.spec import RunSpec


def printed(host: Host, source: str) -> str:
    records = list(host.open(RunSpec(source=source, mode="controlled")))
    end = records[-1]
    assert isinstance(end, End)
    assert end.outcome == "ok", end.sentence
    return "".join(record.text for record in records if isinstance(record, Output))


def test_search_runs_on_greenlets_that_the_program_cannot_import(host: Host) -> None:
    source = """
import sys
try:
    import greenlet
except ImportError:
    print("not to be had")
print([name for name in sys.modules if "greenlet" in name and not name.startswith("playground")])
print([path for path in sys.path if "site-packages" in path])
"""
    assert printed(host, source) == "not to be had\n[]\n[]\n"
    seen = "import sys\nassert 'playground.inside.beneath.greenlets' in sys.modules\n"
    assert host.check(RunSpec(source=seen)).report.verdict == "clean"


def test_strings_hash_alike_in_every_controlled_run() -> None:
    source = "import os\nprint(hash('a'), 'PYTHONHASHSEED' in os.environ)\n"
    hosts = Host(), Host()
    try:
        first, second = (printed(each, source) for each in hosts)
    finally:
        for each in hosts:
            each.close()
    assert first == second
    assert first.endswith(" False\n")


def test_a_failure_that_depends_on_hashes_is_not_shown(host: Host) -> None:
    source = "names = list({'one', 'two', 'three', 'four', 'five'})\nassert not names, names\n"
    report = host.check(RunSpec(source=source)).report
    assert (report.verdict, report.failure, report.reason) == ("inconclusive", None, UNREPEATABLE)


FORGED = """
import json, os, struct
def record(kind, number, payload): return struct.pack("<HBBI", len(payload), kind, 0, number) + payload
report = dict(verdict="clean", exhausted=True, executions=5, granularity="access", strategy="auto", reason="", failure=None, classes=[],
              classes_complete=False)
close = dict(outcome="ok", error="", message="", trace="", exit_code=0, callbacks=0, callback_ns=0)
said = [(1, dict(python="cpython 3.13.0", gil=True, origin_ns=0)), (9, report), (8, close)]
out = b"".join(record(kind, n, b"\\1" * (kind == 9) + json.dumps(row).encode()) for n, (kind, row) in enumerate(said))
for fd in range(3, 256):
    try: os.write(fd, out)
    except OSError: pass
os._exit(0)
"""


def test_a_forged_proof_is_not_believed(host: Host) -> None:
    report = host.check(RunSpec(source=FORGED)).report
    assert (report.verdict, report.exhausted) == ("inconclusive", False)


def test_a_program_that_can_reach_the_recorder_is_not_called_proved(host: Host) -> None:
    source = "import threading\nt = threading.Thread(target=len, args=('x',))\nt.start()\nt.join()\n"
    assert host.check(RunSpec(source=source.replace("len", "lambda x: None"))).report.exhausted
    report = host.check(RunSpec(source=source.replace("len", "lambda x: None") + "print.__self__\n")).report
    assert (report.verdict, report.exhausted) == ("clean", False)
    assert "reach what watches it" in report.reason


def test_a_search_has_no_end_beyond_its_own(host: Host) -> None:
    search = SearchSpec(RunSpec(source="import os; r, w = os.pipe(); os.read(r, 1)"), max_seconds=0.5)
    assert limits_of(search).wall_s < 10
    explored = host.check(search.run, max_seconds=0.5)
    assert explored.report.verdict == "inconclusive"
    assert "line 1 of the program waits for something outside" in explored.report.reason
    assert explored.report.executions == 1


def test_an_impossible_search_is_refused_before_anything_starts() -> None:
    host = Host()
    with pytest.raises(BadSpec):
        host.check(RunSpec(source="pass"), max_executions=0)
    host.close()


@pytest.mark.parametrize(("source", "words"), [
    ("import itertools\nsum(itertools.repeat(1))\n", "an execution did not come back (line 2)"),
    ("import threading, os\nr, w = os.pipe()\nx = 0\ndef f():\n    global x\n    x = 1\ndef g():\n    if x:\n        os.read(r, 1)\n"
     "a, b = threading.Thread(target=f), threading.Thread(target=g)\na.start()\nb.start()\n", "line 9 of the program waits for something outside"),
    ("x = [0] * 10**11\n", "memory limit"), ("open('data.txt')\n", "FileNotFoundError"),
    ("import socket\nsocket.create_connection(('192.0.2.1', 80))\n", "PermissionError"), ("import sys\nfor line in sys.stdin: pass\n", "input"),
    ("import subprocess\nsubprocess.run(['true'])\n", "PermissionError"),
])
def test_what_no_schedule_can_steer_is_told_with_its_line_and_in_time(source: str, words: str, host: Host) -> None:
    explored = host.check(RunSpec(source=source), max_seconds=1.0)
    assert (explored.report.verdict, explored.report.exhausted) == ("inconclusive", False)
    assert words in explored.report.reason


def test_a_stopped_search_says_so_at_once(host: Host) -> None:
    session = host.search(SearchSpec(RunSpec(source="import itertools\nsum(itertools.repeat(1))\n"), max_seconds=60.0))
    session.stop()
    report = session.explore().report
    assert (report.verdict, report.reason) == ("inconclusive", "Stopped by the visitor")


def test_all_classes_come_after_progress_that_rises(host: Host) -> None:
    source = (Path(__file__).parent / "programs" / "abba_lock.py").read_text()
    records = list(host.search(SearchSpec(RunSpec(source=source), all_classes=True)))
    progress = [record.executions for record in records if isinstance(record, Progress)]
    assert progress
    assert progress == sorted(progress)
    report = next(record for record in records if isinstance(record, Explored)).report
    assert (len(report.classes), report.classes_complete, sum(leaf.verdict == "deadlock" for leaf in report.classes)) == (3, True, 1)
