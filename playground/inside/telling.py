"""A recorded controlled run as records of the pipe: the same ones as of a free run, so that everything outside reads them alike.

Time is the number of the event, in microseconds: no clock of the machine is in a controlled trace, and two runs give the same bytes.
"""

from __future__ import annotations

import sys

from playground.inside import real
from playground.inside.disassembly import disassembled
from playground.inside.pipe import PAYLOAD_BYTES, Pipe, whole_letters, write_all
from playground.inside.recorded import Birth, Fact, Row, Step
from playground.inside.recording import Recording
from playground.model.event import KIND_ID, KINDS, ThreadState
from playground.model.outcome import Outcome
from playground.model.record import (
    BATCH,
    CHOICES,
    CLOSE,
    CODE,
    EVENT,
    EVENTS_PER_RECORD,
    GAP,
    HELLO,
    OBJECT,
    OUTPUT,
    OUTPUT_HEAD,
    REPORT,
    TEXT,
    TEXT_HEAD,
    THREAD,
    UNTOLD,
)
from playground.model.schedule import TICK
from playground.model.steps import MOST_ROWS, Choice, Stand, choice_row, code_row

__builtins__ = real.builtins
TICK_NS = 1_000
_WAIT_MS = 1_000
_SHOWN_THREADS = 32
_TEXT_BYTES = 1_000
_TIGHT = (",", ":")
_PUSH_BYTES = 4 * 1024
"""So much is pushed at once: the host reads the beginning while the rest is still being told."""


def greet(pipe: Pipe) -> None:
    """The first record: which Python this is. The origin of a controlled run's time is 0."""
    gil = bool(getattr(sys, "_is_gil_enabled", lambda: True)())
    pipe.add(HELLO, _json(python=f"{sys.implementation.name} {sys.version.split()[0]}", gil=gil, origin_ns=0))


def report(pipe: Pipe, data: bytes) -> None:
    """What is concluded, in as many parts as it takes."""
    _in_parts(pipe, REPORT, data)


def _in_parts(pipe: Pipe, kind: int, data: bytes) -> None:
    room = PAYLOAD_BYTES - 1
    parts = [data[at : at + room] for at in range(0, len(data), room)] or [b""]
    for number, part in enumerate(parts, 1):
        pipe.add(kind, bytes([number == len(parts)]) + part)


def close(pipe: Pipe, outcome: str, error: str = "", message: str = "") -> None:
    """The last record; returns when everything is out (or nobody reads any more)."""
    pipe.add(CLOSE, _json(outcome=outcome, error=error[:200], message=message[:1000], trace="", exit_code=int(outcome != "ok"), callbacks=0,
                          callback_ns=0))
    while pipe.pending and pipe.alive:
        pipe.push(_WAIT_MS)


class Aloud:
    """Lets what a recorded execution prints go out at once, by whom is told later: the program may take its process along, and then nothing is told.

    Once the pipe is gone the descriptors 1 and 2 hear it.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def __call__(self, stream: int, text: str) -> None:
        """The program printed that."""
        if self._pipe.check():
            _say(self._pipe, 0, UNTOLD, stream, text)
            self._pipe.push(_WAIT_MS)
        if not self._pipe.alive:
            write_all(stream, text.encode(errors="replace"))


class Telling:
    """Writes one execution. Threads have the schedule's numbers; ids of objects are dense in the order in which the trace names them."""

    def __init__(self, pipe: Pipe, recording: Recording) -> None:
        self._pipe = pipe
        self._told = recording
        self._objects: dict[int, int] = {}
        self._texts: dict[str, int] = {}
        self._threads = 0
        """How many threads the trace knows."""
        self._codes: dict[int, int] = {}
        self._rows: list[str] = []
        self._size = 0
        self._events: list[bytes] = []
        self._count = 0
        self._ended: set[int] = set()
        self._main = ThreadState.RUNNING
        """What main's last event says of it: who still waits at the end did not end."""
        self._facts, self._outputs = recording.facts[::-1], recording.outputs[::-1]

    def tell(self, outcome: Outcome) -> None:
        """Everything but greeting, report and close."""
        rows = {row.step: row for row in self._told.rows}
        self._meet_thread(0)
        self._event("thread.began", 0)
        self._happened(0, outcome)
        before: Step | None = None
        for step in self._told.steps:
            self._choice(rows.get(step.step + 1))
            self._step(step, before)
            before = step
            self._happened(step.step + 1, outcome)
        if 0 not in self._ended and outcome.verdict in ("clean", "exception") and self._main not in (ThreadState.BLOCKED, ThreadState.SLEEPING):
            self._end_of_main(outcome)
        self._choice(rows.get(len(self._told.steps) + 1))
        self._flush()
        if len(self._told.steps) > MOST_ROWS:
            self._pipe.add(GAP, _json(from_ns=self._count * TICK_NS, to_ns=self._count * TICK_NS, counts={}, objects=[], threads=[],
                                      reason=f"only the first {MOST_ROWS:,} steps are told with what each thread stood before"))

    def _happened(self, step: int, outcome: Outcome) -> None:
        """The facts of that step, then what was printed in it; step 0 is what main did before its first."""
        while self._facts and self._facts[-1].step <= step:
            self._fact(self._facts.pop(), outcome)
        while self._outputs and self._outputs[-1][0] <= step:
            self._output(*self._outputs.pop()[1:])

    def _choice(self, row: Row | None) -> None:
        if row is None:
            return
        stands = tuple(self._stand(each) for each in row.stands)
        text = real.json_text(choice_row(Choice(row.step, row.chosen, row.ready, row.may_tick, stands, row.values)), _TIGHT)
        if self._size + len(text) > PAYLOAD_BYTES - 3:
            self._flush()
        self._rows.append(text)
        self._size += len(text) + 1

    def _stand(self, each: Stand) -> Stand:
        self._meet_thread(each.thread)
        code = self._code(each.code) if each.code else 0
        obj = self._object(each.obj)
        return Stand(each.thread, each.kind, each.name[:200], obj, each.mode, each.line, code, each.offset if code else 0, each.place)

    def _code(self, number: int) -> int:
        known = self._codes.get(number)
        if known is None:
            self._flush()
            known = self._codes[number] = len(self._codes) + 1
            row = code_row(disassembled(self._told.standings.codes[number - 1], known))
            _in_parts(self._pipe, CODE, real.json_text(row, _TIGHT).encode(errors="replace"))
        return known

    def _step(self, step: Step, before: Step | None) -> None:
        if before is not None and before.thread not in (TICK, step.thread) and before.thread in step.ready and before.thread not in self._ended:
            self._event("step.paused", before.thread, step=step.step + 1)
        if step.thread == TICK:
            self._event("clock.moved", 0, step=step.step + 1)
            return
        self._meet_thread(step.thread)
        ready = sum(1 << each for each in step.ready if 0 <= each < _SHOWN_THREADS)
        if step.kind == "line":
            self._event("line", step.thread, line=step.line, step=step.step + 1, value=ready)
            return
        kind = "thread.began" if step.kind == "thread.begin" and step.thread else "step"
        obj, did = self._object(step.obj), f"{step.kind} {step.name}".strip()
        self._event(kind, step.thread, obj, step.line, 0 if kind == "thread.began" else ready, did, step.step + 1)

    def _fact(self, fact: Fact, outcome: Outcome) -> None:
        self._meet_thread(fact.thread)
        note = fact.note
        if fact.kind in ("thread.ended", "thread.crashed"):
            self._ended.add(fact.thread)
            if fact.thread == outcome.thread and outcome.verdict == "exception":
                note = _said(outcome)
        self._event(fact.kind, fact.thread, self._object(fact.obj), fact.line, fact.value, note, fact.step)

    def _end_of_main(self, outcome: Outcome) -> None:
        left = outcome.verdict == "exception" and outcome.thread == 0
        crashed = left and outcome.error != "SystemExit"
        self._event("thread.crashed" if crashed else "thread.ended", 0, line=outcome.line if left else 0, note=_said(outcome) if crashed else "",
                    step=len(outcome.choices))

    def _event(self, kind: str, thread: int, obj: int = 0, line: int = 0, value: int = 0, note: str = "", step: int = 0) -> None:
        number = KIND_ID[kind]
        text = self._text(note)
        if thread == 0 and KINDS[number].to:
            self._main = KINDS[number].to
        self._events.append(EVENT.pack(self._now(), number, KINDS[number].to, thread, obj, line, min(value, 0xFFFF_FFFF), text, step))
        if len(self._events) == EVENTS_PER_RECORD:
            self._flush()

    def _now(self) -> int:
        self._count += 1
        return self._count * TICK_NS

    def _flush(self) -> None:
        """Rows go before the events of their steps."""
        if self._rows:
            _in_parts(self._pipe, CHOICES, f"[{','.join(self._rows)}]".encode(errors="replace"))
            self._rows.clear()
            self._size = 0
        if self._events:
            self._pipe.add(BATCH, b"".join(self._events))
            self._events.clear()
        self._pipe.push_beyond(_PUSH_BYTES)

    def _meet_thread(self, task: int) -> None:
        """Announce that thread, and those before it that are not known yet: ids are dense."""
        while self._threads <= task:
            number = self._threads
            born = self._told.births.get(number, Birth(0, 0, 0))
            obj = self._object(born.obj)
            self._flush()
            self._pipe.add(THREAD, _json(thread=number, obj=obj, name=self._told.threads.get(number, f"thread-{number}")[:200],
                                         daemon=number in self._told.daemons, tid=0, parent=born.parent, line=born.line))
            self._threads += 1

    def _object(self, number: int) -> int:
        """The trace's id of a thing, which is announced when it is first named."""
        known = self._objects.get(number, 0)
        if number and not known:
            self._flush()
            known = self._objects[number] = len(self._objects) + 1
            self._pipe.add(OBJECT, self._told.things[number - 1].definition(known))
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
        self._meet_thread(thread)
        self._flush()
        _say(self._pipe, self._count * TICK_NS, thread, stream, text)


def _say(pipe: Pipe, at_ns: int, thread: int, stream: int, text: str) -> None:
    """One OUTPUT record, or as many as it takes."""
    data, head = text.encode(errors="replace"), OUTPUT_HEAD.pack(at_ns, thread, stream, 0)
    while data:
        cut = whole_letters(data, PAYLOAD_BYTES - len(head))
        pipe.add(OUTPUT, head + data[:cut])
        data = data[cut:]


def _said(outcome: Outcome) -> str:
    return f"{outcome.error}: {outcome.message}" if outcome.message else outcome.error


def _json(**table: object) -> bytes:
    return real.json_text(table, _TIGHT).encode()
