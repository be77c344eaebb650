"""`make bench`: every figure of performance, measured now and printed as a ratio or a figure of this run.

`make bench ARGS="recording page"` runs only the named sections. Nothing here asserts a time: a slow machine prints other figures, not a failure.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time

SECTIONS = ("start", "recording", "events", "memory", "page", "search", "first", "growth", "step", "leaks")


def main(names: list[str]) -> int:
    """Run the named sections (default: all) and print their lines as they come."""
    unknown = set(names) - set(SECTIONS)
    if unknown:
        print(f"Unknown section {', '.join(sorted(unknown))}. Known: {', '.join(SECTIONS)}.", file=sys.stderr)
        return 2
    print(f"CPython {platform.python_version()}, {platform.machine()}, Linux {platform.release()}; medians unless said otherwise")
    print(busy(), flush=True)
    for name in names or SECTIONS:
        began = time.perf_counter()
        print(f"\n## {name}", flush=True)
        for line in importlib.import_module(f"tests.bench.{name}").lines():
            print(line, flush=True)
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"\n{busy()}", flush=True)
    return 0


def busy() -> str:
    """How many programs wanted to run in the last minute, and how many can: above that, times are the machine's more than ours."""
    wanted, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    return f"load {wanted:.1f} on {cores} cores" + (": busy with other work, trust ratios more than times" if wanted > cores + 0.5 else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
