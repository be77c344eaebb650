"""Forgotten release: a thread ended with a lock, or with permits of a semaphore, that others wait for.

Told only at a standstill: until then somebody else may give it back. A lock or semaphore that is also released by threads that never took it is a
signal, and then nothing was forgotten.
"""

from __future__ import annotations

from playground.diagnosis.names import listed
from playground.diagnosis.speaking import speaking
from playground.diagnosis.standstill import Standstill, Stuck
from playground.diagnosis.words import where
from playground.model.event import KIND_ID, Batch
from playground.model.finding import Finding
from playground.model.record import Record

_ACQUIRED, _RELEASED, _CRASHED = (KIND_ID[name] for name in ("semaphore.acquired", "semaphore.released", "thread.crashed"))
_FIX = "Take {name} in a `with` block: it is given back on every path, also when the work fails."


class ForgottenRelease:
    """Looks at what the ended threads left behind, whenever everything stands still."""

    def __init__(self, stand: Standstill) -> None:
        self._stand = stand
        self._permits: dict[int, dict[int, list[tuple[int, int]]]] = {}
        self._crashed: set[int] = set()
        self._told: set[int] = set()

    def follow(self, record: Record) -> None:
        """Follow who takes permits and who gives them back."""
        if isinstance(record, Batch):
            for at in speaking(record.kind):
                if record.kind[at] in (_ACQUIRED, _RELEASED, _CRASHED):
                    self._follow(record, at)

    def _follow(self, batch: Batch, at: int) -> None:
        kind, thread, obj = batch.kind[at], batch.thread[at], batch.obj[at]
        if kind == _CRASHED:
            self._crashed.add(thread)
            return
        taken = self._permits.setdefault(obj, {}).setdefault(thread, [])
        if kind == _ACQUIRED:
            taken.append((batch.line[at], batch.first_seq + at))
        elif taken:
            taken.pop()

    def judge(self, stuck: Stuck) -> list[Finding]:
        """Waits for what somebody took along into its end."""
        if not stuck.still or self._stand.woken_from_outside:
            return []
        found = []
        graph = self._stand.graph
        for obj in dict.fromkeys(wait.obj for wait in stuck.waits.values() if wait.kind in ("lock.blocked", "semaphore.blocked")):
            waiters = {thread: wait for thread, wait in stuck.waits.items() if wait.obj == obj}
            hold = graph.holds.get(obj)
            if obj in self._told or obj in graph.foreign or not self._stand.certain(waiters):
                continue
            if hold is not None and hold.thread in graph.ended:
                self._told.add(obj)
                found.append(self._tell(obj, hold.thread, "", hold.line, hold.seq, stuck))
            elif obj not in graph.signals and (permits := graph.permits.get(obj)):
                left = [(thread, *taken[-1]) for thread, taken in self._permits.get(obj, {}).items()
                        if taken and permits[thread] > 0 and thread in graph.ended]
                if left:
                    self._told.add(obj)
                    found.append(self._tell(obj, left[0][0], "a permit of ", left[0][1], left[0][2], stuck))
        return found

    def _tell(self, obj: int, thread: int, what: str, line: int, seq: int, stuck: Stuck) -> Finding:
        names = self._stand.names
        thing, who = f"{what}{names.object(obj)}", names.thread(thread)
        waiters = {each: wait for each, wait in stuck.waits.items() if wait.obj == obj}
        ended = "crashed" if thread in self._crashed else "ended"
        story = [f"{who} took {thing}{where(line)} and {ended} without giving it back."]
        for each, wait in waiters.items():
            story.append(f"{names.thread(each)} waits for {thing}{where(wait.line)}.")
        story.append("Nobody is left to give it back.")
        need = f"{listed([names.thread(each) for each in waiters])} {'needs' if len(waiters) == 1 else 'need'}"
        return Finding("forgotten_release", f"Forgotten release: {who} {ended} with {thing}, which {need}", tuple(story), (thread, *waiters), (obj,),
                       tuple(sorted({seq, self._stand.graph.ended[thread], *(wait.seq for wait in waiters.values())})),
                       _FIX.format(name=names.object(obj)), self._stand.possible_on())
