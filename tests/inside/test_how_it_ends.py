"""What makes a free run fail, and what it says of threads that still live at its end."""

from __future__ import annotations

from collections import Counter

import pytest

from playground.host import Host
from playground.model.event import KINDS
from playground.model.record import Batch, End, Record
from playground.model.spec import Limits, RunSpec


def ran(host: Host, source: str, wall_s: float = 10.0) -> tuple[End, list[Record]]:
    records = list(host.open(RunSpec(source=source, limits=Limits(wall_s=wall_s))))
    end = records[-1]
    assert isinstance(end, End)
    return end, records


@pytest.mark.parametrize(("source", "error"), [
    ("class A:\n    def __del__(self): raise ValueError('x')\na = A(); del a\n", "ValueError"),
    ("import atexit\n@atexit.register\ndef bye(): raise KeyError('bye')\n", "KeyError"),
])
def test_an_exception_that_cpython_only_prints_fails_the_program(source: str, error: str, host: Host) -> None:
    end, _ = ran(host, source)
    assert (end.outcome, end.exit_code, end.error) == ("failed", 1, error)


def test_a_crash_is_not_forgotten_when_the_program_leaves_by_exit_of_the_process(host: Host) -> None:
    end, _ = ran(host, "import os, threading, time\ndef f(): raise ValueError('lost')\nt = threading.Thread(target=f); t.start(); t.join()\n"
                       "time.sleep(0.1); os._exit(0)\n")
    assert (end.outcome, end.exit_code) == ("failed", 1)
    assert end.sentence.startswith("f-1 crashed at line 2 with ValueError: lost. The program left by os._exit(0)")


def test_a_daemon_is_cut_off_once_and_does_nothing_after(host: Host) -> None:
    _, records = ran(host, "import threading, time\ndef f():\n    while True: time.sleep(0.001)\n"
                           "for _ in range(5): threading.Thread(target=f, daemon=True).start()\ntime.sleep(0.05)\n")
    events = [(KINDS[kind].name, thread) for record in records if isinstance(record, Batch)
              for kind, thread in zip(record.kind, record.thread, strict=True)]
    killed = Counter(thread for kind, thread in events if kind == "thread.killed")
    assert killed == dict.fromkeys(range(1, 6), 1)
    first = next(at for at, (kind, _) in enumerate(events) if kind == "thread.killed")
    assert {kind for kind, thread in events[first:] if thread} <= {"thread.killed", "gil.dropped", "gil.taken"}


def test_a_deadlock_beside_a_main_that_polls_is_why_the_time_was_up(host: Host) -> None:
    end, _ = ran(host, "import threading, time\na, b = threading.Lock(), threading.Lock()\nboth = threading.Barrier(2)\n"
                       "def f(one, other):\n    with one:\n        both.wait()\n        with other: pass\n"
                       "ts = [threading.Thread(target=f, args=pair) for pair in ((a, b), (b, a))]\nfor t in ts: t.start()\n"
                       "while any(t.is_alive() for t in ts): time.sleep(0.05)\n", wall_s=1.5)
    assert (end.outcome, end.exit_code) == ("deadlock", 1)
    assert end.sentence.startswith("Deadlock: f-1 and f-2 wait for each other. Others went on until the run was ended: Stopped after 1.5 s")
