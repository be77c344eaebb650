"""One trace from two watchers: the recorder inside the program and the sampler outside it, in order of CLOCK_MONOTONIC, numbered for good.

The recorder's facts come late (it needs the GIL to speak), the sampler's at once. So samples are held until the recorder has spoken about
that moment, or until `hold_ns` has passed, which follows how late the recorder has been. A fact that is later still keeps its order but
takes the time of the event before it: `at_ns` never falls.

A sample becomes an event only where it adds something true, and the recorder's word wins: a wait on a named lock is better than "some futex".
What a sample can add:
recorded RUNNING: it waits for the GIL, is in I/O, or blocks somewhere that the recorder does not watch;
recorded BLOCKED or SLEEPING: the wait itself is over, but the thread cannot say so yet: it waits for the GIL, or it runs or reads a file
while its events are thinned. That the sampler calls such a wait a futex or a sleep adds nothing; nor, on a GIL build, that it is awake without the
GIL: it waits for a core, and no line of it runs. Where one thread alone lives it has nobody to wait for: it runs, though the machine may give it
no core. A thread that is over, by the recorder, is nobody to add to.

A look at all threads carries the time at which it began; each thread is read up to SKEW_NS later. So a fact of a thread that falls between is
fresher or older than its reading, nobody knows. Then the reading is dropped; only a thread that seems to have gone into a wait right after the
fact is asked about again DOUBT_NS later: if neither watcher has said anything newer by then, it is still there. What was seen before older facts came
in late, or before the recorder spoke of the thread at all, is said again after them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress

from playground.causes import Causes
from playground.model.event import KIND_ID, KINDS, LETS_GO, NO_CAUSE, RECORDER, SAMPLER, Batch, ThreadState
from playground.model.record import Facts, ThreadInfo
from playground.sampling import HOLDS_GIL, Sample

SKEW_NS = 200_000
DOUBT_NS = 5_000_000
HANDOVER_NS = 1_500_000
"""A GIL let go and taken by another within a tick and a half of the sampler is one hand-over."""
SOON_NS, AHEAD_NS = 3_500_000, 60_000_000
"""On a build with a GIL, a thread seen running without it either works in C, or is on its way to or from the GIL. Its next look tells: if that shows
it waiting for the GIL or having it, SOON or with little CPU time used meanwhile, then it waited already. On a busy machine looks are far apart."""
HOLD_MIN_NS, HOLD_MAX_NS = 30_000_000, 250_000_000
_BEGAN, _SAMPLED, _TAKEN, _DROPPED, _KILLED = (KIND_ID[name] for name in ("thread.began", "sampled", "gil.taken", "gil.dropped", "thread.killed"))
_ENDED = frozenset({ThreadState.DONE, ThreadState.CRASHED, ThreadState.KILLED})
_OVER = _ENDED | {ThreadState.NONE}
_WAITING = frozenset({ThreadState.BLOCKED, ThreadState.SLEEPING})
_AWAY = _WAITING | {ThreadState.IO}
_SEEN = frozenset({ThreadState.RUNNING, ThreadState.WAITING_GIL, *_WAITING, ThreadState.IO})
_NOT_OWN = bytes(number for number, kind in enumerate(KINDS) if not kind.own)
_NO_FACTS = Facts(array("Q"), b"", b"", array("H"), array("I"), array("I"), array("I"), array("I"), array("I"))
_CPU_STEP_MS = 40
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class _Look:
    """A sample whose moment comes at `at_ns`. `doubt_ns`: the fact that put it in doubt (0: none has, yet)."""

    at_ns: int
    sample: Sample
    about_gil: bool = False
    doubt_ns: int = 0


@dataclass(slots=True)
class _Lane:
    """What is known of one thread. `recorded` and `fact_ns` are the recorder's last word; `shown` is what the trace says now."""

    recorded: int = ThreadState.NONE
    shown: int = ThreadState.NONE
    fact_ns: int = 0
    line: int = 0
    sample: Sample | None = None
    told_cpu_ms: int = 0


class Merger:
    """Turns claims and samples into batches; one for each run. Times that go in are absolute, times that come out count from `origin_ns`.

    `events` counts what it has numbered. Samples may come before `set_out`, nothing else.
    """

    def __init__(self) -> None:
        self.hold_ns = HOLD_MIN_NS
        self.events = 0
        self._origin_ns = 0
        self._gil = True
        self._causes = Causes()
        self._lanes: dict[int, _Lane] = {}
        self._thread_of: dict[int, int] = {}
        self._unclaimed: dict[int, Sample] = {}
        """By native id: the last sample of a thread that the recorder has not spoken of yet."""
        self._pending: list[_Look] = []
        self._last_ns = 0
        self._looked_ns = 0
        """The moment of the last sample that was taken."""
        self._holder = _NOBODY
        self._columns = _Columns()

    def set_out(self, origin_ns: int, *, gil: bool) -> None:
        """The program is about to run; without a GIL nobody can hold it."""
        self._origin_ns, self._gil = origin_ns, gil

    def meet(self, info: ThreadInfo) -> None:
        """A thread was announced."""
        self._lanes[info.thread] = _Lane(line=info.line)
        if info.tid:
            self._thread_of[info.tid] = info.thread

    def sample(self, samples: Iterable[Sample]) -> None:
        """Keep samples until their moment has come."""
        for sample in samples:
            insort(self._pending, _Look(sample.at_ns, sample, about_gil=True), key=_moment)
            insort(self._pending, _Look(sample.at_ns + SKEW_NS, sample), key=_moment)

    def facts(self, facts: Facts, now_ns: int) -> Batch | None:
        """The recorder's events with every sample that lies among them; `now_ns` is the host's clock, beyond which no event can lie."""
        if not facts.kind:
            return None
        late = now_ns - facts.at_ns[0]
        self.hold_ns = max(HOLD_MIN_NS, min(HOLD_MAX_NS, max(late * 5 // 4, self.hold_ns - (self.hold_ns >> 4))))
        at_ns = _since(facts.at_ns, self._origin_ns, self._last_ns, max(self._last_ns, now_ns - self._origin_ns))
        overdue = facts.at_ns[0] < self._looked_ns
        batch = self._merge(facts, at_ns, at_ns[-1])
        if overdue:
            self._ask_again(facts)
        return batch

    def _ask_again(self, facts: Facts) -> None:
        """Facts that came after newer samples were told: what those showed still holds."""
        for thread, at_ns in dict(zip(facts.thread, facts.at_ns, strict=True)).items():
            lane = self._lanes[thread]
            if lane.sample is not None and lane.sample.at_ns >= at_ns:
                insort(self._pending, _Look(lane.fact_ns + self._origin_ns, lane.sample, doubt_ns=lane.fact_ns), key=_moment)

    def settle(self, until_ns: int) -> Batch | None:
        """Samples up to that moment become events: the recorder is not going to say anything older."""
        if not self._pending or self._pending[0].at_ns > until_ns:
            return None
        return self._merge(_NO_FACTS, _NO_FACTS.at_ns, until_ns - self._origin_ns)

    def close(self, at_ns: int) -> Batch | None:
        """The process is gone: the last samples, then every thread that still lived is cut off with it, at that absolute time."""
        until = max(self._last_ns, at_ns - self._origin_ns)
        last = self._merge(_NO_FACTS, _NO_FACTS.at_ns, until, cut_off=True)
        self._pending.clear()
        return last

    def living(self) -> dict[int, int]:
        """The state shown of each thread that has begun and not ended."""
        return {thread: lane.shown for thread, lane in self._lanes.items() if lane.recorded not in _OVER}

    def still(self) -> bool:
        """By the sampler: no thread that lives runs, waits for the GIL or for a file."""
        views = (lane.sample for lane in self._lanes.values() if lane.recorded not in _OVER)
        return all(sample is None or sample.state in _WAITING for sample in views)

    def _merge(self, facts: Facts, at_ns: array[int], until_ns: int, *, cut_off: bool = False) -> Batch | None:
        begin = 0
        while self._pending and (look := self._pending[0]).at_ns - self._origin_ns <= until_ns:
            end = bisect_right(at_ns, look.at_ns - self._origin_ns, begin)
            self._take(facts, at_ns, begin, end)
            begin = end
            del self._pending[0]
            self._looked_ns = look.at_ns
            thread = self._thread_of.get(look.sample.tid, _NOBODY)
            if look.about_gil:
                if self._gil:
                    self._see_gil(look.sample, thread)
            elif thread in self._lanes:
                self._see(look, thread, self._lanes[thread])
            else:
                self._unclaimed[look.sample.tid] = look.sample
        self._take(facts, at_ns, begin, len(at_ns))
        if cut_off:
            self._cut_off(until_ns)
        return self._batch()

    def _batch(self) -> Batch | None:
        batch = self._columns.batch(self.events - len(self._columns.kind))
        self._columns = _Columns()
        return batch if len(batch) else None

    def _take(self, facts: Facts, at_ns: array[int], begin: int, end: int) -> None:
        """Append the facts [begin, end): columns at a time; only events that wait or wake are looked at singly."""
        if begin == end:
            return
        pairs = self._causes.find(facts.kind, facts.thread, facts.obj, facts.line, begin, end, self.events)
        self._columns.extend(facts, at_ns, begin, end, [(seq - self.events + len(self._columns.kind), cause) for seq, cause in pairs])
        self.events += end - begin
        self._last_ns = at_ns[end - 1]
        thread, to = facts.thread[begin:end], facts.to[begin:end]
        for who, place in dict(compress(zip(thread, range(begin, end), strict=True), to)).items():
            lane = self._lanes[who]
            lane.recorded = lane.shown = facts.to[place]
            lane.fact_ns = at_ns[place]
        line = facts.line[begin:end]
        for who, number in dict(compress(zip(thread, line, strict=True), line)).items():
            self._lanes[who].line = number
        if _BEGAN in facts.kind[begin:end]:
            self._learn_native_ids(facts, begin, end)
        if self._gil:
            self._hold(facts, begin, end)

    def _hold(self, facts: Facts, begin: int, end: int) -> None:
        """Who tells an event of its own has the GIL, and gives it up where it waits or ends: the readers of the trace go by the same rule."""
        for place in range(end - 1, begin - 1, -1):
            if facts.kind[place] not in _NOT_OWN:
                self._holder = _NOBODY if facts.to[place] in LETS_GO else facts.thread[place]
                return

    def _learn_native_ids(self, facts: Facts, begin: int, end: int) -> None:
        place = facts.kind.find(_BEGAN, begin, end)
        while place >= 0:
            tid, thread = facts.value[place], facts.thread[place]
            self._thread_of[tid] = thread
            lane = self._lanes[thread]
            lane.sample = self._unclaimed.pop(tid, lane.sample)
            place = facts.kind.find(_BEGAN, place + 1, end)

    def _see(self, look: _Look, thread: int, lane: _Lane) -> None:
        sample = look.sample
        if look.doubt_ns:
            if lane.sample is not sample or lane.fact_ns != look.doubt_ns:
                return
        else:
            lane.sample = sample
        if lane.recorded in _OVER:
            return
        state = self._adds(lane, sample, self._seen_state(lane, sample))
        if state == lane.shown and sample.cpu_ms - lane.told_cpu_ms < _CPU_STEP_MS:
            return
        if state != lane.shown and not look.doubt_ns and lane.fact_ns > sample.at_ns - self._origin_ns:
            if lane.recorded == ThreadState.RUNNING and state in _AWAY:
                insort(self._pending, _Look(lane.fact_ns + DOUBT_NS + self._origin_ns, sample, doubt_ns=lane.fact_ns), key=_moment)
            return
        lane.shown, lane.told_cpu_ms = state, sample.cpu_ms
        wait = self._causes.waits.get(thread)
        obj, line = (wait[1], wait[2]) if wait and state == lane.recorded and state in _WAITING else (0, lane.line)
        self._say(look.at_ns - self._origin_ns, _SAMPLED, state, thread, obj, line, sample.cpu_ms)

    def _seen_state(self, lane: _Lane, sample: Sample) -> int:
        """The sampler's state, without the moments in which a thread reaches for the GIL or has just lost it."""
        if sample.state == ThreadState.WAITING_GIL and self._alone():
            return ThreadState.RUNNING
        if not self._gil or self._holder == _NOBODY or sample.state != ThreadState.RUNNING or sample.flags & HOLDS_GIL:
            return sample.state
        for other in self._pending:
            apart_ns = other.at_ns - sample.at_ns
            if apart_ns > AHEAD_NS:
                break
            if other.sample.tid == sample.tid and other.sample is not sample:
                idle = apart_ns <= SOON_NS or (other.sample.cpu_ms - sample.cpu_ms) * 2_000_000 < apart_ns
                reaching = other.sample.state == ThreadState.WAITING_GIL or other.sample.flags & HOLDS_GIL
                return ThreadState.WAITING_GIL if idle and reaching else sample.state
        return sample.state

    def _alone(self) -> bool:
        """One thread lives: nobody of the program can keep the GIL from it. The recorder may have it for a moment, or a core is missing."""
        living = (lane for lane in self._lanes.values() if lane.recorded not in _OVER)
        return next(living, None) is None or next(living, None) is None

    def _adds(self, lane: _Lane, sample: Sample, seen: int) -> int:
        """The state to show: the sampler's where it knows better, else the recorder's."""
        if lane.recorded == ThreadState.NEW or seen not in _SEEN:
            return lane.recorded
        waking = self._gil and seen == ThreadState.RUNNING and not sample.flags & HOLDS_GIL
        return lane.recorded if lane.recorded in _WAITING and (seen in _WAITING or waking) else seen

    def _see_gil(self, sample: Sample, thread: int) -> None:
        if sample.flags & HOLDS_GIL:
            if thread in self._lanes and self._lanes[thread].recorded in _ENDED:
                return
            holder = thread
        elif thread == self._holder and thread != _NOBODY and not self._handed_over(sample.at_ns):
            holder = _NOBODY
        else:
            return
        if holder == self._holder:
            return
        speaker = holder if holder != _NOBODY else self._holder
        self._holder = holder
        self._say(sample.at_ns - self._origin_ns, _TAKEN if holder != _NOBODY else _DROPPED, ThreadState.NONE, speaker)

    def _handed_over(self, at_ns: int) -> bool:
        for other in self._pending:
            if other.at_ns > at_ns + HANDOVER_NS:
                return False
            if other.about_gil and other.sample.flags & HOLDS_GIL:
                return True
        return False

    def _cut_off(self, at_ns: int) -> None:
        for thread, lane in self._lanes.items():
            if lane.recorded not in _OVER:
                lane.recorded = lane.shown = ThreadState.KILLED
                self._say(at_ns, _KILLED, ThreadState.KILLED, thread, 0, lane.line)

    def _say(self, at_ns: int, kind: int, to: int, thread: int, obj: int = 0, line: int = 0, value: int = 0) -> None:
        self._last_ns = max(self._last_ns, at_ns)
        self._columns.append(self._last_ns, kind, to, thread, obj, line, value)
        self.events += 1


class _Columns:
    """A batch in the making."""

    def __init__(self) -> None:
        self.at_ns, self.thread = array("Q"), array("H")
        self.kind, self.to, self.source = bytearray(), bytearray(), bytearray()
        self.obj, self.line, self.value, self.note, self.step, self.cause = (array("I") for _ in range(6))

    def extend(self, facts: Facts, at_ns: array[int], begin: int, end: int, causes: list[tuple[int, int]]) -> None:
        span = slice(begin, end)
        self.at_ns += at_ns[span]
        self.kind += facts.kind[span]
        self.to += facts.to[span]
        self.source += bytes([RECORDER]) * (end - begin)
        self.thread += facts.thread[span]
        for name in ("obj", "line", "value", "note", "step"):
            getattr(self, name).extend(getattr(facts, name)[span])
        self.cause += array("I", [NO_CAUSE]) * (end - begin)
        for place, cause in causes:
            self.cause[place] = cause

    def append(self, at_ns: int, kind: int, to: int, thread: int, obj: int, line: int, value: int) -> None:
        self.at_ns.append(at_ns)
        self.kind.append(kind)
        self.to.append(to)
        self.source.append(SAMPLER)
        self.thread.append(thread)
        for column, item in ((self.obj, obj), (self.line, line), (self.value, value), (self.note, 0), (self.step, 0), (self.cause, NO_CAUSE)):
            column.append(item)

    def batch(self, first_seq: int) -> Batch:
        return Batch(first_seq, self.at_ns, bytes(self.kind), bytes(self.to), bytes(self.source), self.thread, self.obj, self.line,
                     self.value, self.note, self.step, self.cause)


def _moment(look: _Look) -> int:
    return look.at_ns


def _since(at_ns: array[int], origin_ns: int, floor_ns: int, ceiling_ns: int) -> array[int]:
    """The times less `origin_ns`, kept within [floor, ceiling].

    The columns never fall, so one look at each end tells whether all lie within; then one subtraction of two very long integers
    does the whole column (each lane is at least `origin_ns`: nothing borrows from its neighbour).
    """
    if at_ns[0] < origin_ns + floor_ns or at_ns[-1] > origin_ns + ceiling_ns:
        return array("Q", [min(max(each - origin_ns, floor_ns), ceiling_ns) for each in at_ns])
    size = len(at_ns) * 8
    whole = int.from_bytes(at_ns.tobytes(), "little") - int.from_bytes(origin_ns.to_bytes(8, "little") * len(at_ns), "little")
    return array("Q", whole.to_bytes(size, "little"))
