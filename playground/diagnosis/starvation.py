"""Starvation: a thread could go on again and again, and never gets its turn.

never chosen  under control: ready at each of the last STEPS steps that the trace tells, until the run was cut off for having no end
overtaken     in free mode: while it waited for a lock, others that came later took the lock OVERTAKEN times, for WAITED_NS or more

A run that ends by itself starved nobody, whatever its schedule was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from playground.diagnosis.names import Names, listed
from playground.diagnosis.speaking import speaking
from playground.diagnosis.words import where
from playground.model.event import KIND_ID, KINDS, Batch, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Choices, Gap, Record
from playground.model.spec import RunSpec
from playground.model.steps import NOBODY, Choice

STEPS = 1_000
OVERTAKEN, WAITED_NS = 100, 1_000_000_000
_BLOCKED, _ACQUIRED, _REFUSED = _WANTED = tuple(KIND_ID[name] for name in ("lock.blocked", "lock.acquired", "lock.refused"))
_ENDS = frozenset(number for number, kind in enumerate(KINDS) if kind.to in (ThreadState.DONE, ThreadState.CRASHED))
_FIX_LOCK = ("Do the slow work outside the lock, or let the thread that gave {name} back do something else before it takes it again: a Lock keeps no "
             "queue.")
_FIX_TURN = "Let a thread that has nothing to do wait for a Condition, an Event or a Queue instead of looking again and again."


class _Wait:
    """A wait for a lock, and how often later comers took it meanwhile."""

    def __init__(self, obj: int, line: int, seq: int, at_ns: int) -> None:
        self.obj, self.line, self.seq, self.at_ns = obj, line, seq, at_ns
        self.overtakers: Counter[int] = Counter()


class Starvation:
    """Counts turns that did not come."""

    def __init__(self, spec: RunSpec) -> None:
        self._controlled = spec.mode == "controlled"
        self._names = Names()
        self._waits: dict[int, _Wait] = {}
        self._told: set[int] = set()
        self._passed_over: dict[int, Counter[int]] = {}
        self._lines: dict[int, int] = {}
        self._over = False
        self._ended: set[int] = set()

    def see(self, record: Record) -> Sequence[Finding]:
        """Follow the choices of a controlled run, the locks of a free one."""
        self._names.see(record)
        match record:
            case Choices():
                for choice in record.choices:
                    self._choose(choice)
            case Batch() if self._controlled:
                self._ended.update(record.thread[at] for at in speaking(record.kind) if record.kind[at] in _ENDS)
            case Batch():
                return list(self._overtaken(record))
            case Gap() if record.hides_state:
                self._waits = {thread: wait for thread, wait in self._waits.items() if record.objects and wait.obj not in record.objects}
        return ()

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Where nothing happens nobody is overtaken."""
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """Who was ready to the last, and never chosen."""
        if self._over:
            return ()
        return [self._tell_turn(thread, counts) for thread, counts in self._passed_over.items()
                if counts.total() >= STEPS and thread not in self._ended and not self._daemon(thread)]

    def _choose(self, choice: Choice) -> None:
        for stand in choice.stands:
            self._lines[stand.thread] = stand.line
        self._over |= choice.chosen == NOBODY
        ready = frozenset(choice.ready) - {choice.chosen}
        for thread in self._passed_over.keys() - ready:
            del self._passed_over[thread]
        for thread in ready:
            self._passed_over.setdefault(thread, Counter())[choice.chosen] += 1

    def _daemon(self, thread: int) -> bool:
        info = self._names.threads.get(thread)
        return info is None or info.daemon

    def _tell_turn(self, thread: int, counts: Counter[int]) -> Finding:
        who, steps = self._names.thread(thread), f"{counts.total():,}"
        others = [each for each, _ in counts.most_common(3) if each >= 0]
        line = self._lines.get(thread, 0)
        story = (f"{who} could have gone on at each of the last {steps} steps{f', from line {line}' if line else ''}.",
                 f"Each time another was chosen: {listed([f'{self._names.thread(each)} {counts[each]:,} times' for each in others])}.",
                 "The run was cut off before its turn came.")
        return Finding("starvation", f"Starvation: {who} was ready {steps} times and never chosen", story, (thread, *others), (), (), _FIX_TURN,
                       PossibleOn(gil=None, free_threaded=None), certain=False)

    def _overtaken(self, batch: Batch) -> Iterator[Finding]:
        for at in speaking(batch.kind):
            if batch.kind[at] not in _WANTED:
                continue
            kind, thread, obj = batch.kind[at], batch.thread[at], batch.obj[at]
            asked = self._waits.pop(thread, None)
            if kind == _BLOCKED:
                self._waits[thread] = _Wait(obj, batch.line[at], batch.first_seq + at, batch.at_ns[at])
            elif kind == _ACQUIRED and self._waits:
                since = asked.at_ns if asked is not None and asked.obj == obj else batch.at_ns[at]
                yield from self._others_wait(obj, thread, since, batch.at_ns[at], batch.first_seq + at)

    def _others_wait(self, obj: int, thread: int, since: int, now_ns: int, seq: int) -> Iterator[Finding]:
        for waiter, wait in self._waits.items():
            if wait.obj == obj and since > wait.at_ns and wait.seq not in self._told:
                wait.overtakers[thread] += 1
                if wait.overtakers.total() >= OVERTAKEN and now_ns - wait.at_ns >= WAITED_NS:
                    self._told.add(wait.seq)
                    yield self._tell_wait(waiter, wait, now_ns, seq)

    def _tell_wait(self, waiter: int, wait: _Wait, now_ns: int, seq: int) -> Finding:
        names, seconds = self._names, (now_ns - wait.at_ns) / 1e9
        who, lock, count = names.thread(waiter), names.object(wait.obj), wait.overtakers.total()
        others = [each for each, _ in wait.overtakers.most_common(3)]
        story = (f"{who} has waited {seconds:.1f} s for {lock}{where(wait.line)}.",
                 f"Meanwhile {listed([names.thread(each) for each in others])} came later and took it {count:,} times: whoever gives a Lock back may "
                 "take it again before a waiter has woken.")
        return Finding("starvation", f"Starvation: {who} waits for {lock} while others take it {count:,} times", story, (waiter, *others),
                       (wait.obj,), (wait.seq, seq), _FIX_LOCK.format(name=lock), PossibleOn(gil=True, free_threaded=None))
