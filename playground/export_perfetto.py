"""A trace as Chrome trace events, which Perfetto's UI opens (ui.perfetto.dev, "Open trace file").

Format: "Trace Event Format" (Google, 2016), the JSON object form. One process stands for the program, one more for its objects and the GIL.
X   a stretch of one state of one thread; the GIL's holder and each lock's holder are tracks of their own
s/f a wake-up: from the stretch in which the waker acted to the stretch that it made begin (bp "e": bound to the enclosing slice)
C   queue sizes and permits over time
i   findings and gaps
Times are microseconds as floats. Slices across a gap end where the gap begins: no state is drawn over what was not recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from playground.model.event import KINDS, LETS_GO, STATE_LEGEND, Batch, Event, ThreadState
from playground.model.record import End, Found, Gap, Hello, ObjectInfo, Output, Record, Text, ThreadInfo

THREADS_PID, OBJECTS_PID = 1, 2
GIL_TID = 0
_WORDS = {int(state): word for state, word, _ in STATE_LEGEND}
_ENDED = (ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED)
_OWN = frozenset(kind.name for kind in KINDS if kind.own)
_LEVELS = frozenset({"queue.put", "queue.got", "semaphore.acquired", "semaphore.released"})
_WAKERS = frozenset(name for kind in KINDS for name in kind.woken_by)
_HOLDS = {"lock.acquired": True, "lock.held": True, "lock.released": False, "condition.waiting": False}

type Row = dict[str, object]


@dataclass(slots=True)
class _Stretch:
    """A state that a thread is in since `since_ns`."""

    state: int
    since_ns: int
    obj: int
    line: int
    seq: int


@dataclass(slots=True)
class _Writer:
    """Collects rows; `open` is the stretch of each thread that has not ended yet, `held` who holds what since when."""

    rows: list[Row] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    objects: dict[int, ObjectInfo] = field(default_factory=dict)
    open: dict[int, _Stretch] = field(default_factory=dict)
    held: dict[int, tuple[int, int]] = field(default_factory=dict)
    acted: dict[int, tuple[int, int]] = field(default_factory=dict)
    gil: bool = True
    last_ns: int = 0

    def event(self, event: Event) -> None:
        self.last_ns = max(self.last_ns, event.at_ns)
        if event.cause is not None and event.cause in self.acted:
            self._flow(event)
        if event.to:
            self._change(event)
        if self.gil:
            self._hold_gil(event)
        if event.kind in _WAKERS:
            who = self.parents.get(event.thread, event.thread) if event.kind == "thread.created" else event.thread
            self.acted[event.seq] = (who, max(0, event.at_ns - 1))  # within the waker's slice, also where this event ends it
        if event.kind in _LEVELS:
            name = "permits" if event.kind.startswith("semaphore") else "items"
            self._add("C", OBJECTS_PID, event.obj, f"{self._object(event.obj)} {name}", event.at_ns, args={name: event.value})
        elif event.kind in _HOLDS:
            self._hold(event)

    def gap(self, gap: Gap) -> None:
        self._add("i", THREADS_PID, 0, f"not recorded: {sum(gap.counts.values())} events" if gap.counts else "not recorded", gap.from_ns, s="p",
                  args={"reason": gap.reason, **gap.counts})

    def finding(self, found: Found) -> None:
        self._add("i", THREADS_PID, found.finding.threads[0] if found.finding.threads else 0, found.finding.title, found.at_ns, s="p",
                  args={"story": " ".join(found.finding.story), "fix": found.finding.fix})

    def finish(self, at_ns: int) -> None:
        at_ns = max(at_ns, self.last_ns)
        for thread in list(self.open):
            self._close(thread, at_ns)
        for obj in list(self.held):
            self._release(obj, at_ns)

    def _change(self, event: Event) -> None:
        stretch = self.open.get(event.thread)
        if stretch is not None and stretch.state == event.to and event.cause is None and event.obj == stretch.obj:
            stretch.line = stretch.line or event.line
            return
        self._close(event.thread, event.at_ns)
        if event.to in _ENDED:
            self._add("i", THREADS_PID, event.thread, _WORDS[event.to], event.at_ns, s="t", args={"note": event.note})
        else:
            obj = event.obj if event.to == ThreadState.BLOCKED else 0
            self.open[event.thread] = _Stretch(event.to, event.at_ns, obj, event.line, event.seq)

    def _close(self, thread: int, at_ns: int) -> None:
        stretch = self.open.pop(thread, None)
        if stretch is None:
            return
        args: Row = {"seq": stretch.seq, "line": stretch.line}
        word = _WORDS[stretch.state]
        if stretch.obj:
            args["object"] = self._object(stretch.obj)
            word = f"{word}: {self._object(stretch.obj)}"
        self._add("X", THREADS_PID, thread, word, stretch.since_ns, dur=(at_ns - stretch.since_ns) / 1e3, cat=_WORDS[stretch.state], args=args)

    def _hold(self, event: Event) -> None:
        holder = self.held.get(event.obj)
        if _HOLDS[event.kind]:
            if holder is None or holder[0] != event.thread:
                self._release(event.obj, event.at_ns)
                self.held[event.obj] = (event.thread, event.at_ns)
        elif event.kind != "lock.released" or event.value == 0:
            self._release(event.obj, event.at_ns)

    def _hold_gil(self, event: Event) -> None:
        """The sampler saw who has it; and who tells an event of its own has it, until it waits or ends."""
        own = event.kind in _OWN
        if event.kind == "gil.dropped" or (own and event.to in LETS_GO):
            self._release(GIL_TID, event.at_ns)
        elif (own or event.kind == "gil.taken") and self.held.get(GIL_TID, (-1, 0))[0] != event.thread:
            self._release(GIL_TID, event.at_ns)
            self.held[GIL_TID] = (event.thread, event.at_ns)

    def _release(self, obj: int, at_ns: int) -> None:
        holder = self.held.pop(obj, None)
        if holder is not None:
            self._add("X", OBJECTS_PID, obj, self.threads.get(holder[0], str(holder[0])), holder[1], dur=(at_ns - holder[1]) / 1e3,
                      cat="GIL" if obj == GIL_TID else "held")

    def _flow(self, event: Event) -> None:
        assert event.cause is not None
        thread, at_ns = self.acted[event.cause]
        for phase, who, when in (("s", thread, at_ns), ("f", event.thread, event.at_ns)):
            self._add(phase, THREADS_PID, who, "wakes", when, cat="wake", id=event.seq, **({"bp": "e"} if phase == "f" else {}))

    def _add(self, phase: str, pid: int, tid: int, name: str, at_ns: int, **more: object) -> None:
        self.rows.append({"ph": phase, "pid": pid, "tid": tid, "name": name, "ts": at_ns / 1e3, **more})

    def _object(self, obj: int) -> str:
        info = self.objects.get(obj)
        return info.name if info and info.name else f"object {obj}"


def perfetto(records: Iterable[Record]) -> str:
    """The whole trace as one JSON text."""
    writer, hello, end = _Writer(), None, None
    for record in records:
        match record:
            case Hello():
                writer.gil = record.gil
                hello = record
            case Text():
                writer.texts[record.id] = record.text
            case ThreadInfo():
                writer.threads[record.thread] = record.name
                writer.parents[record.thread] = record.parent
            case ObjectInfo():
                writer.objects[record.obj] = record
            case Batch():
                for event in record.events(writer.texts):
                    writer.event(event)
            case Gap():
                writer.gap(record)
            case Found():
                writer.finding(record)
            case End():
                end = record
            case Output():
                pass
    writer.finish(end.at_ns if end else writer.last_ns)
    rows = [*_titles(writer), *sorted(writer.rows, key=_order)]
    about = {"made_by": "threadplay", "python": hello.python if hello else "", **({"end": asdict(end)} if end else {})}
    return json.dumps({"traceEvents": rows, "displayTimeUnit": "ns", "otherData": {key: _plain(value) for key, value in about.items()}},
                      ensure_ascii=False, separators=(",", ":"))


def _titles(writer: _Writer) -> list[Row]:
    """Metadata events: the names of processes and threads, and their order."""
    rows = [_title("process_name", THREADS_PID, 0, name="program"), _title("process_name", OBJECTS_PID, 0, name="locks, queues, GIL"),
            _title("process_sort_index", THREADS_PID, 0, sort_index=0), _title("process_sort_index", OBJECTS_PID, 0, sort_index=1),
            _title("thread_name", OBJECTS_PID, GIL_TID, name="GIL")]
    for thread, name in writer.threads.items():
        rows += [_title("thread_name", THREADS_PID, thread, name=name), _title("thread_sort_index", THREADS_PID, thread, sort_index=thread)]
    rows += [_title("thread_name", OBJECTS_PID, obj, name=f"{info.name or obj} ({info.primitive})") for obj, info in writer.objects.items()]
    return rows


def _title(kind: str, pid: int, tid: int, **args: object) -> Row:
    return {"ph": "M", "pid": pid, "tid": tid, "ts": 0.0, "name": kind, "args": args}


def _order(row: Row) -> tuple[float, int]:
    """By time; at one moment slices first, so that a flow finds the slice it is bound to."""
    return float(row["ts"]), 0 if row["ph"] == "X" else 1  # type: ignore[arg-type]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
