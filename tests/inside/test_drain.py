"""The hidden thread empties the log at the reader's speed, and nobody has to wait for it for long."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time

import pytest

from playground.model.event import KIND_ID
from playground.model.record import Close, Decoder
from tests.inside.running import ROOT, STARTER, Trace, record_program

FLOOD = """
import sys, time
def recorder():
    frame = sys._getframe()
    while type(frame.f_locals.get("recorder")).__name__ != "Recorder": frame = frame.f_back
    return frame.f_locals["recorder"]
def flood(append, now):
    for _ in range(1_000_000): append((now(), KIND, 0, 0))
flood(recorder().append, time.monotonic_ns)
"""


def test_of_a_million_events_in_a_row_all_arrive_or_are_counted() -> None:
    """Where the reader has a core to itself none is left out; on a busy machine it may fall behind, and then the Gap counts them.

    The count is exact over all events: the few lines and endings among a million may be left out with them.
    """
    trace = record_program(FLOOD.replace("KIND", str(KIND_ID["sleep.ended"])))
    assert trace.close
    assert trace.printed(2) == ""
    left_out = sum(gap.counts.get("other", 0) for gap in trace.gaps)
    missing = 1_000_000 - len(trace.of("sleep.ended"))
    assert missing <= left_out < missing + 1_000 if missing else left_out == 0
    assert not left_out or "too slow" in " ".join(gap.reason for gap in trace.gaps)


def test_program_ends_with_its_last_record_although_the_reader_is_slow() -> None:
    process, reader = started("""
import os
for number in range(3_000): print("x" * 60)
pid = os.fork()
if not pid: os._exit(0)
os.waitpid(pid, 0)
""")
    trace: list[object] = []
    decoder, data, deadline = Decoder(), b"start", time.monotonic() + 30
    while data and time.monotonic() < deadline:
        select.select([], [], [], 0.002)
        data = os.read(reader, 4096)
        trace += decoder.feed(data)
    os.close(reader)
    assert process.wait(10) == 0
    assert any(isinstance(each, Close) for each in trace)


PATIENCE = """
import os
from playground.inside.pipe import Pipe
room, asked = Pipe._room, []
def late(pipe, wait_ms):
    if wait_ms < 1_000 or len(asked) > 50: return room(pipe, wait_ms)
    asked.append(wait_ms)  # at the end: as if that time had passed and nobody had read
    if len(asked) > 50: os.write(1, b"the pipe was full 50 times")
    return False
Pipe._room = late
"""


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("events", [0, 300_000])
def test_nothing_is_lost_while_somebody_may_still_read(record: bool, events: int) -> None:
    """However long the reader pauses: the program's end waits for it, as a print into a full pipe does."""
    source = 'for i in range(600): print("line", i, "x" * 400)\n'
    if events:
        source = FLOOD.replace("KIND", str(KIND_ID["sleep.ended"])).replace("1_000_000", str(events)) + source
    process, reader = started(source, first=PATIENCE, record=record, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.read(26) == b"the pipe was full 50 times"
    trace, decoder = Trace(), Decoder()
    while data := os.read(reader, 1 << 16):
        for claim in decoder.feed(data):
            trace.take(claim)
    os.close(reader)
    assert process.stdout.read() == b""
    process.stdout.close()
    assert process.wait(30) == 0
    assert trace.close
    assert trace.printed() == "".join(f"line {i} {'x' * 400}\n" for i in range(600))
    if events:
        assert len(trace.of("sleep.ended")) + sum(gap.counts.get("other", 0) for gap in trace.gaps) >= events


def test_daemons_are_cut_off_while_the_end_waits_for_its_reader() -> None:
    process, reader = started("""
import atexit, threading
over = threading.Event()
def daemon():
    over.wait()
    while True: print("tick")
threading.Thread(target=daemon, daemon=True).start()
for i in range(600): print("line", i, "x" * 400)
atexit.register(over.set)
""", first=PATIENCE, stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout as stdout:
        assert stdout.read(26) == b"the pipe was full 50 times"
        decoder, claims = Decoder(), list[object]()
        while data := os.read(reader, 1 << 16):
            claims += decoder.feed(data)
        os.close(reader)
        assert stdout.read() == b""
    assert process.wait(30) == 0
    assert isinstance(claims[-1], Close)


def test_nobody_waits_for_a_reader_that_is_gone() -> None:
    process, reader = started('for i in range(600): print("line", i, "x" * 400)', first=PATIENCE, stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout as stdout:
        assert stdout.read(26) == b"the pipe was full 50 times"
        os.close(reader)
        stdout.read()
    assert process.wait(30) == 0


def started(source: str, *, first: str = "", record: bool = True, stdout: int | None = None) -> tuple[subprocess.Popen[bytes], int]:
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", first + STARTER, str(writer)], stdin=subprocess.PIPE, stdout=stdout, pass_fds=(writer,),
                               cwd=ROOT)
    os.close(writer)
    assert process.stdin
    with process.stdin as stdin:
        stdin.write(json.dumps({"source": source, "name": "program.py", "mode": "free", "seed": 0, "record": record, "watch": []}).encode())
    return process, reader
