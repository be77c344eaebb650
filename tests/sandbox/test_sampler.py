"""What threads do is seen from outside the process, exactly."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable

import pytest

from playground.model.event import ThreadState
from playground.sandbox import Zygote
from playground.sandbox.sampler import HAS_GIL, RECORD, UNTIMED
from tests.sandbox.cells import Outcome

Run = Callable[..., Outcome]
PROGRAM = """
import os, threading, time
lock = threading.Lock()
lock.acquire()
read, write = os.pipe()

def spin():
    while time.thread_time() < 0.25:
        pass

threads = {
    "spin-1": threading.Thread(target=spin),
    "spin-2": threading.Thread(target=spin),
    "blocked": threading.Thread(target=lock.acquire, daemon=True),
    "timed": threading.Thread(target=lock.acquire, args=(True, 30), daemon=True),
    "asleep": threading.Thread(target=time.sleep, args=(30,), daemon=True),
    "reading": threading.Thread(target=os.read, args=(read, 1), daemon=True),
}
for thread in threads.values():
    thread.start()
threads["spin-1"].join()
threads["spin-2"].join()
for _ in range(50):  # many short sleeps: where the whole machine stands still for a while, one long one would be over without a look
    time.sleep(0.01)
print({name: thread.native_id for name, thread in threads.items()}, flush=True)
os._exit(0)
"""


def _rows(outcome: Outcome) -> dict[int, list[tuple[int, int, int, int]]]:
    """Per native tid: (at_ns, state, flags, cpu_ms)."""
    rows: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for at_ns, tid, state, flags, zero, cpu_ms, also_zero in RECORD.iter_unpack(outcome.channels["samples"]):
        assert (zero, also_zero) == (0, 0)
        rows[tid].append((at_ns, state, flags, cpu_ms))
    return rows


def _share(rows: list[tuple[int, int, int, int]], state: ThreadState) -> float:
    """The part of the time from the first to the last row spent in a state."""
    spent = sum(later[0] - row[0] for row, later in itertools.pairwise(rows) if row[1] == state)
    return spent / max(1, rows[-1][0] - rows[0][0])


def test_states_and_gil_are_told_apart(run: Run, zygote: Zygote) -> None:
    outcome = run(PROGRAM)
    tids: dict[str, int] = eval(outcome.out)
    rows = _rows(outcome)
    last = {name: [row for row in rows[tid] if row[1]][-1] for name, tid in tids.items()}
    assert last["blocked"][1:3] == (ThreadState.BLOCKED, UNTIMED)
    assert last["timed"][1:3] == (ThreadState.BLOCKED, 0)
    assert last["asleep"][1] == ThreadState.SLEEPING
    assert last["reading"][1] == ThreadState.IO
    spinners = [rows[tids["spin-1"]], rows[tids["spin-2"]]]
    assert any(spinner[-1][1] == 0 for spinner in spinners), "a thread that ended while the others live is said to be gone"
    assert all(max(row[3] for row in spinner) > 5 for spinner in spinners), "with its CPU time"
    if zygote.gil_seen:
        for spinner in spinners:
            assert _share(spinner, ThreadState.WAITING_GIL) > 0.02
            assert any(row[2] & HAS_GIL for row in spinner)


def test_gil_has_one_owner_at_a_time(run: Run, zygote: Zygote) -> None:
    if not zygote.gil_seen:
        pytest.skip("this interpreter has no GIL, or an unknown layout")
    changes = sorted((row[0], tid, bool(row[2] & HAS_GIL)) for tid, rows in _rows(run(PROGRAM)).items() for row in rows)
    owners: set[int] = set()
    at = changes[0][0]
    for at_ns, tid, has in changes:
        if at_ns != at:
            assert len(owners) <= 1
            at = at_ns
        owners = owners | {tid} if has else owners - {tid}


def test_a_thread_that_ran_between_two_looks_is_said_to_be_back_in_its_wait(run: Run) -> None:
    outcome = run("""
import os, threading, time
read, write = os.pipe()
def reader():
    for _ in range(20):
        os.read(read, 1)
thread = threading.Thread(target=reader)
thread.start()
for _ in range(20):
    time.sleep(0.03)
    os.write(write, b"x")
print(thread.native_id)
thread.join()
""")
    assert sum(row[1] == ThreadState.IO for row in _rows(outcome)[int(outcome.out)]) >= 10


def test_sleeping_run_costs_its_supervisor_almost_nothing(run: Run) -> None:
    rows = _rows(run("import time\ntime.sleep(1.5)"))
    assert sum(map(len, rows.values())) < 20


def test_no_samples_where_none_are_asked_for(run: Run) -> None:
    assert "samples" not in run("print(1)", sample=False).channels


def test_tier_c_is_sampled_too(run_c: Run) -> None:
    rows = _rows(run_c(PROGRAM))
    assert {row[1] for each in rows.values() for row in each} >= {ThreadState.RUNNING, ThreadState.BLOCKED, ThreadState.SLEEPING, ThreadState.IO}
