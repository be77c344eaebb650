"""Crash: an exception that nobody caught left a thread; what it was, where, and what became of the others.

A controlled run ends where its search saw the failure, so of the others only that is told which its trace shows, when it is over: who waits for what
the crashed thread still holds. In a free run the others live on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.diagnosis.names import Names, listed
from playground.diagnosis.speaking import speaking
from playground.diagnosis.waits import Wait, WaitsForGraph
from playground.diagnosis.words import where
from playground.model.event import KIND_ID, KINDS, TIMEOUT_FOREVER, Batch, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Gap, Hello, ObjectInfo, Record
from playground.model.spec import RunSpec

_CRASHED = KIND_ID["thread.crashed"]
_MOST = 20
"""Findings of one run; a thousand threads that crash alike are one lesson."""
_THINGS = {"lock.blocked": "", "semaphore.blocked": "a permit of "}
_FIX = "Take {names} in a `with` block: then it is given back when an exception leaves the block too."


class Crash:
    """Tells of each crash as it happens, where the events say who is alive then; of a controlled run when its trace is over."""

    def __init__(self, spec: RunSpec) -> None:
        self._controlled = spec.mode == "controlled"
        self._names = Names()
        self._gil = True
        self._states: dict[int, int] = {}
        self._told: list[Finding] = []
        self._graph = WaitsForGraph()
        self._waits: dict[int, Wait] = {}
        """Who waits in a controlled run, be it that its end came so."""

    def see(self, record: Record) -> Sequence[Finding]:
        """A finding for each crash among these events."""
        self._names.see(record)
        if isinstance(record, Hello):
            self._gil = record.gil
        if self._controlled:
            self._follow(record)
        if not isinstance(record, Batch):
            return ()
        findings: list[Finding] = []
        at = record.kind.find(_CRASHED)
        while at >= 0 and len(self._told) < _MOST:
            findings.append(self._tell(record, at))
            self._told.append(findings[-1])
            at = record.kind.find(_CRASHED, at + 1)
        for state in _ENDINGS:
            self._note_ended(record, state)
        return () if self._controlled else findings

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Silence proves nothing here."""
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """The crashes of a controlled run, each with those that it holds up; of a free run every one was told when it happened."""
        return [self._holding_up(finding) for finding in self._told] if self._controlled else ()

    def _follow(self, record: Record) -> None:
        """Keep who waits and who has what: not known from the state alone, for who waits when the run ends is told as ended too."""
        if isinstance(record, ObjectInfo):
            self._graph.created(record)
        elif isinstance(record, Gap):
            self._graph.gap(record)
        elif isinstance(record, Batch):
            self._graph.batch(record, set())
            for at in speaking(record.kind):
                thread, to, kind = record.thread[at], record.to[at], KINDS[record.kind[at]].name
                if to == ThreadState.BLOCKED and kind in _THINGS and record.value[at] == TIMEOUT_FOREVER:
                    self._waits[thread] = Wait(kind, record.obj[at], record.line[at], record.first_seq + at, record.at_ns[at], timed=False)
                elif to not in (ThreadState.NONE, ThreadState.DONE, ThreadState.KILLED):
                    self._waits.pop(thread, None)

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
        """The others go on: an exception ends its own thread only. Under control nobody may, for the run ends with its failure."""
        ended = dict(self._states)
        ended.update((batch.thread[place], batch.to[place]) for place in range(at) if batch.to[place] in _ENDINGS)
        alive = [each for each in self._names.threads if each != thread and each not in ended]
        if not alive:
            return "No other thread was running." if len(self._names.threads) > 1 else ""
        if self._controlled:
            return ""
        if len(alive) > 4:
            return f"The other {len(alive)} threads go on."
        return f"{listed([self._names.thread(each) for each in alive])} {'goes' if len(alive) == 1 else 'go'} on."

    def _holding_up(self, finding: Finding) -> Finding:
        """The finding, and who waits at the end for what the crashed thread has never given back."""
        crashed, names = finding.threads[0], self._names
        waits = {thread: wait for thread, wait in self._waits.items() if self._has(crashed, wait)}
        if not waits:
            return finding
        story = list(finding.story)
        for thread, wait in waits.items():
            hold = self._graph.holds.get(wait.obj) if wait.kind == "lock.blocked" else None
            story.append(f"{names.thread(thread)} waits for {_THINGS[wait.kind]}{names.object(wait.obj)}{where(wait.line)}, which "
                         f"{names.thread(crashed)} took{where(hold.line) if hold else ''} and never gave back.")
        objects = tuple(dict.fromkeys(wait.obj for wait in waits.values()))
        steps = tuple(sorted({*finding.steps, *(wait.seq for wait in waits.values())}))
        fix = f"{finding.fix} {_FIX.format(names=listed([names.object(obj) for obj in objects]))}"
        return replace(finding, story=tuple(story), threads=(crashed, *waits), objects=objects, steps=steps, fix=fix)

    def _has(self, crashed: int, wait: Wait) -> bool:
        graph = self._graph
        if wait.kind == "semaphore.blocked":
            permits = graph.permits.get(wait.obj)
            return permits is not None and wait.obj not in graph.signals and permits[crashed] > 0
        hold = graph.holds.get(wait.obj)
        return hold is not None and hold.thread == crashed and wait.obj not in graph.foreign


_ENDINGS = (ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED)
