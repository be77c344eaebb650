"""Memory of a run and of an idle socket, and two hundred sleeping runs at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import playground
from tests.bench import server

RUNS = 200
SOCKETS = 100
SLEEPER = "import time\nprint('up', flush=True)\ntime.sleep(20)\n"


def lines() -> Iterator[str]:
    """PSS per run from the kernel's smaps, starts that failed, and the server's growth per idle socket."""
    yield from many_runs()
    yield from idle_sockets()


def many_runs() -> Iterator[str]:
    """Start RUNS sleeping programs at once, weigh them, stop them."""
    host = playground.Host()
    host.start()
    before = tree_pss_kb(os.getpid())
    up, outcomes, sessions = threading.Semaphore(0), [], []
    limits = replace(playground.RunSpec("").limits, wall_s=60)

    def one() -> None:
        with host.open(playground.RunSpec(SLEEPER, limits=limits)) as session:
            sessions.append(session)
            for each in session:
                if type(each).__name__ == "Output":
                    up.release()
                elif type(each).__name__ == "End":
                    outcomes.append(each.outcome)

    threads = [threading.Thread(target=one) for _ in range(RUNS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    started = sum(up.acquire(timeout=30) for _ in range(RUNS))
    took = time.perf_counter() - began
    weight = tree_pss_kb(os.getpid()) - before
    for session in sessions:
        session.stop()
    for thread in threads:
        thread.join()
    host.close()
    yield f"{started} of {RUNS} sleeping runs printed their first line within {took:.1f} s; failed: {RUNS - started}"
    yield f"memory per run (PSS of run, supervisor and the host's share): {weight / max(1, started) / 1024:.1f} MB"
    yield f"outcomes after stop: { {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))} }"


def idle_sockets() -> Iterator[str]:
    """Open SOCKETS sockets to a real server and divide what it grew by."""
    import websocket

    with tempfile.TemporaryDirectory() as data, server.running(Path(data)) as (port, pid):
        opened = [websocket.create_connection(f"ws://127.0.0.1:{port}/live", origin=f"http://127.0.0.1:{port}") for _ in range(5)]
        before = tree_pss_kb(pid)
        opened += [websocket.create_connection(f"ws://127.0.0.1:{port}/live", origin=f"http://127.0.0.1:{port}") for _ in range(SOCKETS)]
        for each in opened:
            assert json.loads(each.recv())["type"] == "welcome"
        grown = tree_pss_kb(pid) - before
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        for each in opened:
            each.close()
    yield f"memory per idle socket: {grown / SOCKETS:.0f} KB ({SOCKETS} sockets on one server; plain HTTP still answers)"


def tree_pss_kb(pid: int) -> int:
    """Proportional set size of a process and everything under it, in KB."""
    total = 0
    for each in [pid, *descendants(pid)]:
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total


def descendants(pid: int) -> list[int]:
    """Every process below pid, by one look at all processes' parents."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


if __name__ == "__main__":
    sys.stdout.writelines(line + "\n" for line in lines())
