"""What recording costs whole programs: recorded / unrecorded wall time, beside sys.settrace and VizTracer in the same run.

Each workload measures itself and prints `took SECONDS`. Ours runs in the sandbox both ways; the peers run in plain interpreters both ways.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import playground
from tests.bench.peers import BUILD, NotMeasured, python_with

ROUNDS = 5
HERE = Path(__file__).parent
AIMS = {"cpu_loop": 1.15, "fib": 1.15, "hot_lines": 1.3, "queue_items": 1.6, "with_lock": 2.0}
VIZTRACER = ("-m", "viztracer", "--quiet", "-o", str(BUILD / "viztracer.json"))
SETTRACE = """
import sys, threading
events = []
def trace(frame, event, arg):
    events.append((event, frame.f_lineno))
    if len(events) > 100_000: events.clear()
    return trace
source = compile(open(sys.argv[1]).read(), sys.argv[1], "exec")
threading.settrace(trace); sys.settrace(trace)
exec(source, {"__name__": "__main__"})
"""


def lines() -> Iterator[str]:
    """One line a workload: ours, then the peers."""
    host, viztracer = playground.Host(), ""
    try:
        viztracer = str(python_with("requirements-peers.txt"))
    except NotMeasured as error:
        yield f"viztracer: not measured: {error}"
    host.start()
    try:
        yield f"{'recorded / unrecorded':24}{'ours':>8}{'aim':>8}{'settrace':>10}{'viztracer':>11}   gaps said"
        for name, aim in AIMS.items():
            path = HERE / "workloads" / f"{name}.py"
            ours, gaps = our_ratio(host, path.read_text())
            trace = peer_ratio(path, lambda file: [sys.executable, "-c", SETTRACE, str(file)])
            viz = peer_ratio(path, lambda file: [viztracer, *VIZTRACER, str(file)], viztracer) if viztracer else None
            yield f"{name:24}{ours:8.2f}{aim:8.2f}{trace:10.1f}{f'{viz:.2f}' if viz else 'not here':>11}   {gaps}"
    finally:
        host.close()


def our_ratio(host: playground.Host, source: str) -> tuple[float, int]:
    """Median of pairwise ratios, and how many gaps the last recorded run told of."""
    ratios, gaps = [], 0
    for _ in range(ROUNDS):
        plain, _ = took(host, source, record=False)
        recorded, gaps = took(host, source, record=True)
        ratios.append(recorded / plain)
    return statistics.median(ratios), gaps


def took(host: playground.Host, source: str, *, record: bool) -> tuple[float, int]:
    """Seconds by the program's own clock, and the number of gaps in its trace."""
    text, gaps = "", 0
    limits = replace(playground.RunSpec("").limits, wall_s=60, cpu_s=120)
    with host.open(playground.RunSpec(source, record=record, limits=limits)) as session:
        for each in session:
            match type(each).__name__:
                case "Output":
                    text += each.text
                case "Gap":
                    gaps += 1
                case _:
                    pass
    return float(text.split("took", 1)[1].split()[0]), gaps


def peer_ratio(path: Path, command: Callable[[Path], list[str]], python: str = sys.executable) -> float:
    """Traced by the peer / plain, the median of pairs."""
    ratios = []
    for _ in range(3):
        plain = run([python, str(path)])
        ratios.append(run(command(path)) / plain)
    return statistics.median(ratios)


def run(command: list[str]) -> float:
    """Seconds that the workload says it took."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return float(done.stdout.split("took", 1)[1].split()[0])
