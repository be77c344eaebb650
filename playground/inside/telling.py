"""A recorded controlled run as records of the pipe: the same ones as of a free run, so that everything outside reads them alike.

Time is the number of the event, in microseconds: no clock of the machine is in a controlled trace, and two runs give the same bytes.
"""

from __future__ import annotations

import json
import sys

from playground.inside.pipe import PAYLOAD_BYTES, Pipe
from playground.inside.recording import Fact, Recording, Step
from playground.model.event import KIND_ID, KINDS
from playground.model.outcome import Outcome
from playground.model.record import BATCH, CLOSE, EVENT, EVENTS_PER_RECORD, HELLO, OBJECT, OUTPUT, OUTPUT_HEAD, REPORT, TEXT, TEXT_HEAD, THREAD
from playground.model.schedule import TICK

TICK_NS = 1_000
_WAIT_MS = 1_000
_SHOWN_THREADS = 32
_TEXT_BYTES = 1_000


def greet(pipe: Pipe) -> None:
    """The first record: which Python this is. The origin of a controlled run's time is 0."""
    gil = bool(getattr(sys, "_is_gil_enabled", lambda: True)())
    pipe.add(HELLO, _json(python=f"{sys.implementation.name} {sys.version.split()[0]}", gil=gil, origin_ns=0))


def report(pipe: Pipe, data: bytes) -> None:
    """What is concluded, in as many parts as it takes."""
    room = PAYLOAD_BYTES - 1
    parts = [data[at : at + room] for at in range(0, len(data), room)] or [b""]
    for number, part in enumerate(parts, 1):
        pipe.add(REPORT, bytes([number == len(parts)]) + part)


def close(pipe: Pipe, outcome: str, error: str = "", message: str = "") -> None:
    """The last record; returns when everything is out (or nobody reads any more)."""
    pipe.add(CLOSE, _json(outcome=outcome, error=error[:200], message=message[:1000], trace="", exit_code=int(outcome != "ok"), callbacks=0,
                          callback_ns=0))
    while pipe.pending and pipe.alive:
        pipe.push(_WAIT_MS)


class Telling:
    """Writes one execution; ids of objects are dense in the order in which the trace names them."""

    def __init__(self, pipe: Pipe, recording: Recording) -> None:
        self._pipe = pipe
        self._told = recording
        self._objects: dict[int, int] = {}
        self._texts: dict[str, int] = {}
        self._threads: dict[int, int] = {}
        """Our number of a thread by its task's: a task that never came to light has none."""
        self._events: list[bytes] = []
        self._count = 0
        self._ended: set[int] = set()

    def tell(self, outcome: Outcome) -> None:
        """Everything but greeting, report and close."""
        facts, outputs, at, said = self._told.facts, self._told.outputs, 0, 0
        self._meet_thread(0, 0, 0)
        self._event("thread.began", 0)
        before: Step | None = None
        for step in self._told.steps:
            self._step(step, before)
            before = step
            while at < len(facts) and facts[at].step <= step.step + 1:
                self._fact(facts[at], step, outcome)
                at += 1
            while said < len(outputs) and outputs[said][0] <= step.step + 1:
                self._output(*outputs[said][1:])
                said += 1
        for fact in facts[at:]:
            self._fact(fact, before, outcome)
        for _, thread, stream, text in outputs[said:]:
            self._output(thread, stream, text)
        if 0 not in self._ended and outcome.verdict in ("clean", "exception"):
            self._end_of_main(outcome)
        self._flush()

    def _step(self, step: Step, before: Step | None) -> None:
        if before is not None and before.thread not in (TICK, step.thread) and before.thread in step.ready and before.thread not in self._ended:
            self._event("step.paused", before.thread, step=step.step + 1)
        if step.thread == TICK:
            self._event("clock.moved", 0, step=step.step + 1)
            return
        self._meet_thread(step.thread, 0, 0)
        ready = sum(1 << each for each in step.ready if 0 <= each < _SHOWN_THREADS)
        if step.kind == "line":
            self._event("line", step.thread, line=step.line, step=step.step + 1, value=ready)
            return
        kind = "thread.began" if step.kind == "thread.begin" and step.thread else "step"
        obj = self._object(step.obj, step.line) if step.primitive and step.obj else 0
        self._event(kind, step.thread, obj, step.line, 0 if kind == "thread.began" else ready, f"{step.kind} {step.name}".strip(), step.step + 1)

    def _fact(self, fact: Fact, step: Step | None, outcome: Outcome) -> None:
        parent = step.thread if step is not None and step.thread != TICK else 0
        if fact.kind == "thread.created":
            self._meet_thread(fact.thread, fact.obj, fact.line, parent)
        self._meet_thread(fact.thread, 0, 0)
        note = ""
        if fact.kind in ("thread.ended", "thread.crashed"):
            self._ended.add(fact.thread)
            if fact.thread == outcome.thread and outcome.verdict == "exception":
                note = _said(outcome)
        self._event(fact.kind, fact.thread, self._object(fact.obj, fact.line) if fact.obj else 0, fact.line, fact.value, note, fact.step)

    def _end_of_main(self, outcome: Outcome) -> None:
        crashed = outcome.verdict == "exception" and outcome.thread == 0
        self._event("thread.crashed" if crashed else "thread.ended", 0, line=outcome.line if crashed else 0, note=_said(outcome) if crashed else "",
                    step=len(outcome.choices))

    def _event(self, kind: str, thread: int, obj: int = 0, line: int = 0, value: int = 0, note: str = "", step: int = 0) -> None:
        number = KIND_ID[kind]
        text = self._text(note)
        self._events.append(EVENT.pack(self._now(), number, KINDS[number].to, self._threads[thread], obj, line, min(value, 0xFFFF_FFFF), text, step))
        if len(self._events) == EVENTS_PER_RECORD:
            self._flush()

    def _now(self) -> int:
        self._count += 1
        return self._count * TICK_NS

    def _flush(self) -> None:
        if self._events:
            self._pipe.add(BATCH, b"".join(self._events))
            self._events.clear()

    def _meet_thread(self, task: int, obj: int, line: int, parent: int = 0) -> None:
        if task in self._threads:
            return
        number = self._object(obj, line) if obj else 0
        self._flush()
        self._threads[task] = len(self._threads)
        self._pipe.add(THREAD, _json(thread=self._threads[task], obj=number, name=self._told.threads.get(task, f"thread-{task}")[:200],
                                     daemon=task in self._told.daemons, tid=0, parent=self._threads.get(parent, 0), line=line))

    def _object(self, number: int, line: int) -> int:
        known = self._objects.get(number)
        if known is None:
            self._flush()
            known = self._objects[number] = len(self._objects) + 1
            primitive, name = self._told.things.get(number, ("Lock", ""))
            self._pipe.add(OBJECT, _json(obj=known, primitive=primitive, name=name[:200], detail="", line=line, capacity=0))
        return known

    def _text(self, text: str) -> int:
        if not text:
            return 0
        known = self._texts.get(text)
        if known is None:
            self._flush()
            known = self._texts[text] = len(self._texts) + 1
            self._pipe.add(TEXT, TEXT_HEAD.pack(known) + text.encode(errors="replace")[:_TEXT_BYTES])
        return known

    def _output(self, thread: int, stream: int, text: str) -> None:
        self._meet_thread(thread, 0, 0)
        self._flush()
        data, room = text.encode(errors="replace"), PAYLOAD_BYTES - OUTPUT_HEAD.size
        for at in range(0, len(data), room):
            self._pipe.add(OUTPUT, OUTPUT_HEAD.pack(self._count * TICK_NS, self._threads[thread], stream, 0) + data[at : at + room])


def _said(outcome: Outcome) -> str:
    return f"{outcome.error}: {outcome.message}" if outcome.message else outcome.error


def _json(**table: object) -> bytes:
    return json.dumps(table, separators=(",", ":")).encode()
