"""From the request to the first byte that the visitor's own program prints, against starting a plain interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import playground

ROUNDS = 40
BARE = "print(1)\n"
SIXTY_LINES = 'print("first")\n' + "import threading\nlock = threading.Lock()\n" + "".join(
    f"\ndef step_{number}(value):\n    with lock:\n        return value + {number}\n" for number in range(14)
)


def lines() -> Iterator[str]:
    """Ratios, pair by pair in one loop so that a drifting machine drifts for both."""
    host = playground.Host()
    host.start()
    try:
        plain, bare, recorded = [], [], []
        first_output(host, BARE, record=False)
        for _ in range(ROUNDS):
            plain.append(plain_start())
            bare.append(first_output(host, BARE, record=False))
            recorded.append(first_output(host, SIXTY_LINES, record=True))
        base = statistics.median(plain)
        yield f"plain `python -I -S -c pass`, start to end              {base * 1e3:7.1f} ms   1.00"
        yield f"request to first byte, bare print                      {ratio(bare, base)}   (aim: at most 1.0)"
        yield f"request to first byte, recorder and 60-line program    {ratio(recorded, base)}   (aim: at most 1.2)"
    finally:
        host.close()


def ratio(times: list[float], base: float) -> str:
    """Median in ms and as a ratio, with the 90th percentile behind."""
    median = statistics.median(times)
    return f"{median * 1e3:7.1f} ms   {median / base:.2f}   p90 {statistics.quantiles(times, n=10)[-1] / base:.2f}"


def plain_start() -> float:
    """Seconds for a plain interpreter to start, do nothing and end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
    return time.perf_counter() - began


def first_output(host: playground.Host, source: str, *, record: bool) -> float:
    """Seconds from opening the session to the first text that the program printed."""
    began, first = time.perf_counter(), None
    with host.open(playground.RunSpec(source, record=record)) as session:
        for each in session:
            if first is None and type(each).__name__ == "Output":
                first = time.perf_counter() - began
    assert first is not None
    return first
