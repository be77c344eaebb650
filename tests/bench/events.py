"""How many events a second the host decodes, checks and merges, and what draining them does to the program.

A program (`flood.py`) appends an event in each round of a loop through the recorder's own log; this process decodes and merges everything live.
Distortion compares the time of that loop with the drain on and with the events thrown away.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playground.merger import Merger
from playground.model import record
from playground.model.event import KIND_ID, ThreadState
from playground.model.record import Decoder, Facts, Hello, ThreadInfo

EVENTS = 1_000_000
PAIRS, FLOOD, CALIBRATION = 5, 2_000_000, 400_000
PACE = 1_000_000
"""Events a second at which the distortion is measured: the program's loop gets as much other work as that takes."""


def lines() -> Iterator[str]:
    """Host's throughput on line events; the distortion has its own program below."""
    stream = line_stream(EVENTS)
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        decoded = decode_and_merge(stream)
        rates.append(decoded / (time.perf_counter() - began))
    yield f"decoded, checked and merged by the host, one core: {statistics.median(rates) / 1e6:.2f} M events/s   (aim: at least 1)"
    yield from distortion()


def line_stream(events: int) -> bytes:
    """The bytes that a recorder would write for so many line events."""
    sequence, out = 0, bytearray()

    def write(kind: int, payload: bytes) -> None:
        nonlocal sequence
        out.extend(record.HEADER.pack(len(payload), kind, 0, sequence) + payload)
        sequence += 1

    write(record.HELLO, json.dumps({"python": "3.13", "gil": True, "origin_ns": 1}).encode())
    main = {"thread": 0, "obj": 0, "name": "main", "daemon": False, "tid": 1, "parent": 0, "line": 0}
    write(record.THREAD, json.dumps(main).encode())
    pack, line = record.EVENT.pack, KIND_ID["line"]
    for first in range(0, events, record.EVENTS_PER_RECORD):
        many = range(first, min(events, first + record.EVENTS_PER_RECORD))
        write(record.BATCH, b"".join(pack(number * 900, line, ThreadState.RUNNING, 0, 0, number % 50, 0, 0, 0) for number in many))
    return bytes(out)


def decode_and_merge(stream: bytes) -> int:
    """Feed the stream in pipe-sized pieces; the number of events that came out."""
    host = HostSide()
    for at in range(0, len(stream), 65_536):
        host.feed(stream[at : at + 65_536])
    return host.count


class HostSide:
    """What a session does with the event pipe's bytes: decode, distrust, merge."""

    def __init__(self) -> None:
        self.count = 0
        self._decoder = Decoder()
        self._merger = Merger()

    def feed(self, data: bytes) -> None:
        """Take one read's bytes."""
        for claim in self._decoder.feed(data):
            if isinstance(claim, Hello):
                self._merger.set_out(claim.origin_ns, gil=claim.gil)
            elif isinstance(claim, ThreadInfo):
                self._merger.meet(claim)
            elif isinstance(claim, Facts):
                batch = self._merger.facts(claim, time.monotonic_ns())
                self.count += len(batch) if batch else 0


def distortion() -> Iterator[str]:
    """The same loop with its events drained, decoded and merged live by this process, and thrown away where they are made: pairs in turn."""
    slower, rates = [], []
    work = paced()
    for _ in range(PAIRS):
        alone, _ = flood(work, drained=False)
        drained, count = flood(work, drained=True)
        slower.append(drained / alone)
        rates.append(count / drained)
    rate, ratio = statistics.median(rates) / 1e6, statistics.median(slower)
    yield f"drained live at {rate:.2f} M events/s the program's own loop takes {ratio:.3f} of its time   (aim: below 1.05 at 1)"


def paced() -> int:
    """How much work beside each event makes the loop alone run at the wanted pace: a straight line through two measurements."""
    idle, busy = (min(flood(work, drained=False, events=CALIBRATION)[0] for _ in range(3)) / CALIBRATION for work in (0, 40))
    return max(0, round((1 / PACE - idle) / (busy - idle) * 40))


def flood(work: int, *, drained: bool, events: int = FLOOD) -> tuple[float, int]:
    """Seconds of the program's loop, and the events that arrived here."""
    read, write = os.pipe()
    fd = write if drained else -1
    command = [sys.executable, str(Path(__file__).with_name("flood.py")), str(fd), str(events), str(work)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=(write,), cwd=Path(__file__).parents[2]) as process:
        os.close(write)
        host = HostSide()
        while data := os.read(read, 1 << 16):
            host.feed(data)
        os.close(read)
        assert process.stdout is not None
        return float(process.stdout.read()), host.count
