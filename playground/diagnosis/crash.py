"""Crash: an exception that nobody caught left a thread; what it was, where, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.names import Names, listed
from playground.model.event import KIND_ID, Batch, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Hello, Record
from playground.model.spec import RunSpec

_CRASHED = KIND_ID["thread.crashed"]
_MOST = 20
"""Findings of one run; a thousand threads that crash alike are one lesson."""


class Crash:
    """Tells of each crash as it happens; the events say who is alive then."""

    def __init__(self, spec: RunSpec) -> None:
        self._names = Names()
        self._gil = True
        self._states: dict[int, int] = {}
        self._told = 0

    def see(self, record: Record) -> Sequence[Finding]:
        """A finding for each crash among these events."""
        self._names.see(record)
        if isinstance(record, Hello):
            self._gil = record.gil
        if not isinstance(record, Batch):
            return ()
        findings: list[Finding] = []
        at = record.kind.find(_CRASHED)
        while at >= 0 and self._told < _MOST:
            self._told += 1
            findings.append(self._tell(record, at))
            at = record.kind.find(_CRASHED, at + 1)
        for state in _ENDINGS:
            self._note_ended(record, state)
        return findings

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Silence proves nothing here."""
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """Every crash was told when it happened."""
        return ()

    def _note_ended(self, record: Batch, state: ThreadState) -> None:
        at = record.to.find(state)
        while at >= 0:
            self._states[record.thread[at]] = state
            at = record.to.find(state, at + 1)

    def _tell(self, batch: Batch, at: int) -> Finding:
        thread, line, names = batch.thread[at], batch.line[at], self._names
        what = names.text(batch.note[at]) or "an exception"
        error = what.partition(":")[0]
        where = f" at line {line}" if line else ""
        alone = len(names.threads) == 1
        story = [f"{names.thread(thread)} crashed{where}: {what}", self._fate(batch, at, thread)]
        # One thread alone runs the same on every build. With more, recording may have moved the switch between threads that did it.
        possible = PossibleOn(True, True) if alone else PossibleOn(gil=None, free_threaded=True)
        return Finding("crash", f"{names.thread(thread)} crashed: {error}", tuple(filter(None, story)), (thread,), (), (batch.first_seq + at,),
                       f"Read the exception's last line first, then look at line {line} of the program." if line else
                       "Read the exception's last line first; the traceback is in the output.", possible)

    def _fate(self, batch: Batch, at: int, thread: int) -> str:
        """The others go on: an exception ends its own thread only."""
        ended = dict(self._states)
        ended.update((batch.thread[place], batch.to[place]) for place in range(at) if batch.to[place] in _ENDINGS)
        alive = [each for each in self._names.threads if each != thread and each not in ended]
        if not alive:
            return "No other thread was running." if len(self._names.threads) > 1 else ""
        if len(alive) > 4:
            return f"The other {len(alive)} threads go on."
        return f"{listed([self._names.thread(each) for each in alive])} {'goes' if len(alive) == 1 else 'go'} on."


_ENDINGS = (ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED)
