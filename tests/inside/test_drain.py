"""The hidden thread empties the log at the reader's speed, and nobody has to wait for it for long."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time

from playground.model.event import KIND_ID
from playground.model.record import Close, Decoder
from tests.inside.running import ROOT, STARTER, record_program

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


def started(source: str) -> tuple[subprocess.Popen[bytes], int]:
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", STARTER, str(writer)], stdin=subprocess.PIPE, pass_fds=(writer,), cwd=ROOT)
    os.close(writer)
    assert process.stdin
    with process.stdin as stdin:
        stdin.write(json.dumps({"source": source, "name": "program.py", "mode": "free", "seed": 0, "record": True, "watch": []}).encode())
    return process, reader
