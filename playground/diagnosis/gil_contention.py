"""GIL contention: threads that compute did not run faster than one, for they waited for each other's turn at the interpreter.

Rests on the sampler's facts alone (free mode, a CPython with a GIL): how much CPU time each thread used, and for how long it stood waiting for the
GIL. Told at the end, and only of a run in which at least two threads each used MUCH_MS of CPU, all together hardly more than one thread could
have had (ALONE of the time), and each of those spent MOSTLY of its life waiting for the GIL.
"""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.names import Names, listed
from playground.model.event import KIND_ID, Batch, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Hello, Record
from playground.model.spec import RunSpec

_SAMPLED = KIND_ID["sampled"]
MUCH_MS, MOSTLY, ALONE = 300, 0.35, 1.15


class _Lane:
    """One thread as the sampler saw it. `since_ns`: it has waited for the GIL from then on (0: it does not)."""

    __slots__ = ("cpu_ms", "first_ns", "last_ns", "last_seq", "since_ns", "waited_ns")

    def __init__(self, at_ns: int) -> None:
        self.first_ns = self.last_ns = at_ns
        self.cpu_ms = self.waited_ns = self.since_ns = self.last_seq = 0


class GilContention:
    """Adds up waiting and computing by thread; looks only at samples, of which there are few."""

    def __init__(self, spec: RunSpec) -> None:
        self._names = Names()
        self._wanted = spec.mode != "controlled"
        self._lanes: dict[int, _Lane] = {}

    def see(self, record: Record) -> Sequence[Finding]:
        """Follow the samples."""
        self._names.see(record)
        if isinstance(record, Hello):
            self._wanted = self._wanted and record.gil
        elif isinstance(record, Batch) and self._wanted:
            self._follow(record)
        return ()

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """A thread may wait long; what counts is the whole run."""
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """What the threads that computed came to together."""
        lanes = {thread: lane for thread, lane in sorted(self._lanes.items()) if lane.cpu_ms >= MUCH_MS}
        if len(lanes) < 2:
            return ()
        began, ended = min(lane.first_ns for lane in lanes.values()), max(lane.last_ns for lane in lanes.values())
        cpu_ns = sum(lane.cpu_ms for lane in lanes.values()) * 1_000_000
        if cpu_ns > ALONE * (ended - began) or any(lane.waited_ns < MOSTLY * (lane.last_ns - lane.first_ns) for lane in lanes.values()):
            return ()
        return [self._tell(lanes, cpu_ns / 1e9, (ended - began) / 1e9)]

    def _follow(self, batch: Batch) -> None:
        for thread, lane in self._lanes.items():
            if lane.since_ns:
                self._go_on(lane, batch, 0, thread)
        at = batch.kind.find(_SAMPLED)
        while at >= 0:
            thread = batch.thread[at]
            lane = self._lanes.get(thread) or self._lanes.setdefault(thread, _Lane(batch.at_ns[at]))
            lane.cpu_ms = max(lane.cpu_ms, batch.value[at])
            lane.last_ns, lane.last_seq = batch.at_ns[at], batch.first_seq + at
            if batch.to[at] == ThreadState.WAITING_GIL and not lane.since_ns:
                lane.since_ns = batch.at_ns[at]
                self._go_on(lane, batch, at + 1, thread)
            at = batch.kind.find(_SAMPLED, at + 1)

    def _go_on(self, lane: _Lane, batch: Batch, begin: int, thread: int) -> None:
        """The wait is over with the thread's next event that says another state."""
        place = begin
        while True:
            try:
                place = batch.thread.index(thread, place)
            except ValueError:
                return
            state = batch.to[place]
            if state and state != ThreadState.WAITING_GIL:
                lane.waited_ns += batch.at_ns[place] - lane.since_ns
                lane.since_ns, lane.last_ns = 0, batch.at_ns[place]
                return
            place += 1

    def _tell(self, lanes: dict[int, _Lane], cpu_s: float, wall_s: float) -> Finding:
        names = self._names
        who = [names.thread(thread) for thread in lanes]
        several = listed(who) if len(who) < 5 else f"{len(who)} threads"
        waited = [f"{names.thread(thread)} waited {lane.waited_ns / 1e9:.1f} s for it" for thread, lane in list(lanes.items())[:4]]
        story = (f"{several} computed for {wall_s:.1f} s and used {cpu_s:.1f} s of CPU together: no more than one thread alone could have used.",
                 f"With the GIL one thread at a time runs Python code; {listed(waited)}.")
        return Finding("gil_contention", f"GIL: {several} did not run faster than one", story, tuple(lanes), (),
                       tuple(sorted(lane.last_seq for lane in lanes.values())),
                       "Use processes for work that computes (ProcessPoolExecutor), or a free-threaded CPython; threads pay where they wait.",
                       PossibleOn(gil=True, free_threaded=False))
