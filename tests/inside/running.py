"""Run a program under the recorder in a plain subprocess and read back what came down the pipe."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from playground.model.event import Batch, Event, ThreadState
from playground.model.record import Claim, Close, Decoder, Facts, Gap, Hello, ObjectInfo, Output, Text, ThreadInfo

ROOT = Path(__file__).resolve().parent.parent.parent
# The zygote hands the job over and gives the program /dev/null as stdin: so does this.
STARTER = """
import os, sys
from playground.inside.main import main
job = sys.stdin.buffer.read()
null = os.open("/dev/null", os.O_RDONLY)
os.dup2(null, 0)
os.close(null)
os._exit(main(job, int(sys.argv[1])))
"""


@dataclass
class Trace:
    """One run, decoded."""

    hello: Hello | None = None
    close: Close | None = None
    threads: list[ThreadInfo] = field(default_factory=list)
    objects: list[ObjectInfo] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    status: int = -1
    stdout: str = ""
    stderr: str = ""
    wall_s: float = 0.0
    size: int = 0

    def take(self, claim: Claim) -> None:
        """One claim more."""
        match claim:
            case Hello():
                self.hello = claim
            case Close():
                self.close = claim
            case ThreadInfo():
                self.threads.append(claim)
            case ObjectInfo():
                self.objects.append(claim)
            case Text():
                self.texts[claim.id] = claim.text
            case Output():
                self.outputs.append(claim)
            case Gap():
                self.gaps.append(claim)
            case Facts():
                self._events(claim)

    def _events(self, facts: Facts) -> None:
        count = len(facts.kind)
        zeros = type(facts.obj)("I", bytes(4 * count))
        batch = Batch(len(self.events), facts.at_ns, facts.kind, facts.to, bytes(count), facts.thread, facts.obj, facts.line, facts.value, facts.note,
                      facts.step, zeros)
        self.events += batch.events(self.texts)

    def printed(self, stream: int = 1) -> str:
        """What the program printed through Python's streams."""
        return "".join(output.text for output in self.outputs if output.stream == stream)

    def of(self, kind: str, thread: int | None = None) -> list[Event]:
        """The events of a kind, or of a family that ends in a dot."""
        return [event for event in self.events
                if (event.kind == kind or (kind.endswith(".") and event.kind.startswith(kind))) and (thread is None or event.thread == thread)]

    def kinds(self, thread: int | None = None, *, lines: bool = False) -> list[str]:
        """The kinds in order, without lines."""
        return [event.kind for event in self.events if (thread is None or event.thread == thread) and (lines or not event.kind.startswith("line"))]

    def thread(self, name: str) -> int:
        """The number of the thread of that name."""
        return next(thread.thread for thread in self.threads if thread.name == name)

    def object(self, name: str) -> ObjectInfo:
        """The object of that name."""
        return next(found for found in self.objects if found.name == name)

    def name(self, obj: int) -> str:
        """An object's name."""
        return self.objects[obj - 1].name if obj else ""

    def last_state(self, thread: int) -> ThreadState:
        """The state that the last event that says so puts the thread in."""
        return next((event.to for event in reversed(self.events) if event.thread == thread and event.to), ThreadState.NONE)


def record_program(source: str, *, name: str = "program.py", record: bool = True, timeout_s: float = 60.0, **more: object) -> Trace:
    """Run it to its end (or kill it at the deadline) and decode everything."""
    trace, decoder = Trace(), Decoder()
    reader, writer = os.pipe()
    job = json.dumps({"source": source, "name": name, "mode": "free", "seed": 0, "record": record, "watch": [], **more}).encode()
    start = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", STARTER, str(writer)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               pass_fds=(writer,), cwd=ROOT)
    os.close(writer)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(job)
    process.stdin.close()
    streams = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    with selectors.DefaultSelector() as selector:
        for each in (reader, *streams):
            selector.register(each, selectors.EVENT_READ)
        while selector.get_map():
            left = start + timeout_s - time.monotonic()
            if left <= 0:
                process.kill()
                raise AssertionError(f"the program did not end; so far: {trace.kinds()[-20:]} {streams}")
            for key, _ in selector.select(left):
                data = os.read(key.fd, 1 << 16)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == reader:
                    trace.size += len(data)
                    for claim in decoder.feed(data):
                        trace.take(claim)
                else:
                    streams[key.fd] += data
    os.close(reader)
    trace.status = process.wait()
    trace.wall_s = time.monotonic() - start
    trace.stdout, trace.stderr = (bytes(data).decode(errors="replace") for data in streams.values())
    process.stdout.close()
    process.stderr.close()
    return trace

