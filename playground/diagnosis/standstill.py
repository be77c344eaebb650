"""When silence proves something: the waits that have lasted long enough, and whether every thread that lives is in one.

Only waits without a timeout count, recorded and not in doubt, that have lasted CONFIRM_NS, and POSSIBLE_NS since something was last done to what they
wait for: on a busy machine a thread that was set free is slow to say so. A join of a thread that has ended never counts: its last objects may be long
in going, but they go. A program that uses `signal` can be woken from outside the trace: its standstill tells nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.diagnosis.names import Names
from playground.diagnosis.waits import TIMED_NOTE, Wait, WaitsForGraph
from playground.diagnosis.words import WAIT_WORDS
from playground.model.event import Batch
from playground.model.finding import PossibleOn
from playground.model.record import Gap, Hello, ObjectInfo, Output, Record, Text, ThreadInfo
from playground.model.releasing import only_holders_release
from playground.model.spec import RunSpec

CONFIRM_NS = 60_000_000
"""Three windows of the recorder: what it knew when the wait began has been told by then."""
POSSIBLE_NS = 500_000_000
"""What is not certain is told only after this long: if the rest of the program comes to a stop too, it is certain."""
_OUTSIDE_WAKERS = re.compile(r"\b(signal|ctypes|faulthandler|setitimer)\b")


@dataclass(frozen=True, slots=True)
class Stuck:
    """The ripe waits by thread. `still`: nobody else lives. `old`: those threads that have waited for POSSIBLE_NS."""

    waits: dict[int, Wait]
    still: bool
    old: frozenset[int]


class Standstill:
    """Feeds the graph of waits; `see` and `quiet` answer only when the graph has changed and then stayed unchanged long enough."""

    def __init__(self, spec: RunSpec) -> None:
        self.names = Names()
        self.graph = WaitsForGraph()
        self.woken_from_outside = bool(_OUTSIDE_WAKERS.search(spec.source))
        self.holders_only = only_holders_release(spec.source)
        self.gil = True
        self._timed_notes: set[int] = set()
        self._dirty = False

    def see(self, record: Record) -> Stuck | None:
        """Follow the record; older waits may be old enough now."""
        self.names.see(record)
        match record:
            case Hello():
                self.gil = record.gil
            case ThreadInfo():
                self.graph.meet(record)
            case ObjectInfo():
                self.graph.created(record)
            case Gap():
                self.graph.gap(record)
            case Output():
                self._printed(record)
            case Text() if record.text == TIMED_NOTE:
                self._timed_notes.add(record.id)
            case Batch():
                self._dirty |= self.graph.batch(record, self._timed_notes)
                return self.quiet(self.graph.now_ns)
        return None

    def _printed(self, output: Output) -> None:
        """Nobody prints while it waits: the end of a wait was not recorded if text came after it began. Text is told late, its own time counts."""
        wait = self.graph.waits.get(output.thread)
        if wait is not None and wait.at_ns < output.at_ns:
            del self.graph.waits[output.thread]

    def quiet(self, now_ns: int) -> Stuck | None:
        """What that much silence has made ripe; None while nothing is."""
        waits = self.graph.waits
        if not self._dirty or not waits:
            return None
        ripe = {thread: wait for thread, wait in waits.items() if self._ripe(wait, now_ns)}
        late_ns = now_ns - POSSIBLE_NS
        silent = self.graph.last_end_ns <= late_ns
        still = silent and ripe.keys() >= self.graph.live.keys() and all(self.graph.live.values())
        self._dirty = not silent or any(wait.unsettled or wait.at_ns > late_ns or self.graph.stirred_since(wait, late_ns + 1)
                                        for wait in waits.values())
        return Stuck(ripe, still, frozenset(thread for thread, wait in ripe.items() if wait.at_ns <= late_ns))

    def _ripe(self, wait: Wait, now_ns: int) -> bool:
        """It has lasted long enough to say that it is a wait and nothing else."""
        if wait.timed or wait.unsettled or wait.kind not in WAIT_WORDS:
            return False
        if wait.kind == "thread.joining" and wait.obj in self.graph.over:
            return False
        if wait.kind == "lock.blocked" and self.graph.freed.get(wait.obj, -1) >= wait.at_ns:
            return False
        return wait.at_ns <= now_ns - CONFIRM_NS and not self.graph.stirred_since(wait, now_ns - POSSIBLE_NS + 1)

    def certain(self, waits: dict[int, Wait]) -> bool:
        """Whether no event about these waits may be missing."""
        return not any(self.graph.doubtful(thread, wait) for thread, wait in waits.items())

    def possible_on(self) -> PossibleOn:
        """Without the GIL every order that the GIL allows can happen too; the reverse is not settled by one run."""
        return PossibleOn(gil=True if self.gil else None, free_threaded=True)
