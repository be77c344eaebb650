"""`make bench`: every figure of performance, measured now and printed as a ratio or a figure of this run.

`make bench ARGS="recording page"` runs only the named sections. Nothing here asserts a time: a slow machine prints other figures, not a failure.
"""

from __future__ import annotations

import importlib
import platform
import sys
import time

SECTIONS = ("start", "recording", "events", "memory", "page")


def main(names: list[str]) -> int:
    """Run the named sections (default: all) and print their lines as they come."""
    unknown = set(names) - set(SECTIONS)
    if unknown:
        print(f"Unknown section {', '.join(sorted(unknown))}. Known: {', '.join(SECTIONS)}.", file=sys.stderr)
        return 2
    print(f"CPython {platform.python_version()}, {platform.machine()}, Linux {platform.release()}; medians unless said otherwise", flush=True)
    for name in names or SECTIONS:
        began = time.perf_counter()
        print(f"\n## {name}", flush=True)
        for line in importlib.import_module(f"tests.bench.{name}").lines():
            print(line, flush=True)
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
