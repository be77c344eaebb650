"""Wrong waiter: a notify woke one of several waiters, who had no use for it, and the others wait on with nobody left to notify them.

`notify()` wakes whoever has waited longest, whatever that one waits for. Told only at a standstill, of the last notify of a condition, and only where
all that it woke left things as they were: they tested and waited again without letting go of the lock, or, where the steps tell it, went on
without changing anything, so that what was told to them would have served the others too. One who used up what the notify was about proves nothing,
and neither does a notify after which another thread had the lock first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from playground.diagnosis.names import listed
from playground.diagnosis.speaking import speaking
from playground.diagnosis.standstill import Standstill, Stuck
from playground.diagnosis.words import where
from playground.model.event import KIND_ID, KINDS, Batch, ThreadState
from playground.model.finding import Finding
from playground.model.record import Choices, Gap, Record
from playground.model.schedule import WRITE
from playground.model.steps import Choice, Stand

_WANTED = {KIND_ID[name] for name in ("condition.waiting", "condition.notified", "condition.woken", "condition.timed_out", "lock.acquired",
                                      "lock.released")}
_ENDS = {number for number, kind in enumerate(KINDS) if kind.to in (ThreadState.DONE, ThreadState.CRASHED)}
_CHANGES_NOTHING = ("lock.", "condition.wait", "thread.")
_FIX = ("Use notify_all(), or give each thing that is waited for a Condition of its own (they may share one lock): notify() wakes one thread, "
        "perhaps one that waits for something else.")


@dataclass(frozen=True, slots=True)
class _Notify:
    """A notify, the waiters that it woke, and those whom it left waiting; the longest waits are the first to end."""

    thread: int
    obj: int
    line: int
    seq: int
    step: int
    woke: tuple[int, ...]
    left: tuple[int, ...]


class WrongWaiter:
    """Follows who waits on each condition, whom its last notify woke, and what became of those."""

    def __init__(self, stand: Standstill) -> None:
        self._stand = stand
        self._waiting: dict[int, list[int]] = {}
        self._last: dict[int, _Notify] = {}
        self._awake: dict[int, int] = {}
        """Who has woken and not let go of the lock since, and at which step."""
        self._spans: dict[int, tuple[int, int]] = {}
        """Who has let go of it: the steps of waking and of letting go."""
        self._again: set[int] = set()
        """Who waited again before it let go of the lock otherwise."""
        self._taken: dict[int, int] = {}
        """The lock that each thread took last."""
        self._guarded: dict[int, _Notify] = {}
        """By lock: the notify that was the last under it."""
        self._forestalled: set[int] = set()
        """The notifies after which another thread had the lock before all that were woken had seen to it."""
        self._stands: dict[int, Stand] = {}
        self._changes: dict[int, list[int]] = {}
        """The steps in which each thread changed something."""
        self._steps_told = False
        self._thinned = False
        self._told: set[int] = set()

    def follow(self, record: Record) -> None:
        """Follow conditions; where steps are told also what threads change."""
        match record:
            case Gap():
                self._thinned |= record.hides_state
            case Choices():
                self._steps_told = True
                for choice in record.choices:
                    self._choose(choice)
            case Batch():
                for at in speaking(record.kind):
                    if record.kind[at] in _WANTED:
                        self._follow(record, at)
                    elif record.kind[at] in _ENDS:
                        self._lets_go(record.thread[at], record.step[at])

    def _choose(self, choice: Choice) -> None:
        for stand in choice.stands:
            self._stands[stand.thread] = stand
        chosen = self._stands.get(choice.chosen)
        if chosen is not None and chosen.mode == WRITE and not chosen.kind.startswith(_CHANGES_NOTHING):
            self._changes.setdefault(choice.chosen, []).append(choice.step)

    def _follow(self, batch: Batch, at: int) -> None:
        thread, obj = batch.thread[at], batch.obj[at]
        if KINDS[batch.kind[at]].name == "lock.acquired":
            self._takes(thread, obj)
            return
        waiting = self._waiting.setdefault(obj, [])
        match KINDS[batch.kind[at]].name:
            case "condition.waiting":
                waiting.append(thread)
                if self._awake.pop(thread, None) is not None:
                    self._again.add(thread)
            case "condition.notified":
                count = batch.value[at]
                woke, left = tuple(waiting[:count]), tuple(waiting[count:])
                notify = _Notify(thread, obj, batch.line[at], batch.first_seq + at, batch.step[at], woke, left)
                self._last[obj] = self._guarded[obj] = self._guarded[self._taken.get(thread, obj)] = notify
                self._waiting[obj] = list(left)
                for each in woke:
                    self._spans.pop(each, None)
                    self._again.discard(each)
            case "condition.woken":
                self._awake[thread] = batch.step[at]
            case "condition.timed_out" if thread in waiting:
                waiting.remove(thread)
            case "lock.released":
                self._lets_go(thread, batch.step[at])

    def _takes(self, thread: int, lock: int) -> None:
        self._taken[thread] = lock
        notify = self._guarded.get(lock)
        if notify is not None and thread not in notify.woke and not all(each in self._again or each in self._spans for each in notify.woke):
            self._forestalled.add(notify.seq)

    def _lets_go(self, thread: int, step: int) -> None:
        since = self._awake.pop(thread, None)
        if since is not None:
            self._spans[thread] = since, step

    def judge(self, stuck: Stuck) -> list[Finding]:
        """Waiters whom the last notify of their condition passed over, though who was woken had no use for it."""
        if not stuck.still or self._stand.woken_from_outside or self._thinned:
            return []
        found = []
        for obj in dict.fromkeys(wait.obj for wait in stuck.waits.values() if wait.kind == "condition.waiting"):
            notify = self._last.get(obj)
            if notify is None or notify.seq in self._told or notify.seq in self._forestalled:
                continue
            left = [each for each in notify.left if self._waits_on(obj, each, stuck) and stuck.waits[each].seq < notify.seq]
            if left and notify.woke and all(self._had_no_use(obj, each, stuck) for each in notify.woke) and self._certain(left, stuck):
                self._told.add(notify.seq)
                found.append(self._tell(notify, left, stuck))
        return found

    def _waits_on(self, obj: int, thread: int, stuck: Stuck) -> bool:
        wait = stuck.waits.get(thread)
        return wait is not None and (wait.kind, wait.obj) == ("condition.waiting", obj)

    def _certain(self, threads: Iterable[int], stuck: Stuck) -> bool:
        return self._stand.certain({thread: stuck.waits[thread] for thread in threads})

    def _had_no_use(self, obj: int, thread: int, stuck: Stuck) -> bool:
        if thread in self._again:
            return self._waits_on(obj, thread, stuck)
        if thread not in self._spans or not self._steps_told:
            return False
        woken, gone = self._spans[thread]
        return not any(woken < step < gone for step in self._changes.get(thread, ()))

    def _tell(self, notify: _Notify, left: list[int], stuck: Stuck) -> Finding:
        names = self._stand.names
        obj, woke = names.object(notify.obj), listed([names.thread(each) for each in notify.woke])
        everybody = listed([names.thread(each) for each in (*notify.woke, *notify.left)])
        story = [f"{names.thread(notify.thread)} notified {obj}{where(notify.line, notify.step)} while {everybody} waited on it: "
                 f"that woke {woke} only."]
        for each in notify.woke:
            again = each in self._again
            story.append(f"{names.thread(each)} tested what it waits for and waited again{where(stuck.waits[each].line)}." if again else
                         f"{names.thread(each)} went on and changed nothing: what it was woken for is there for the others as well.")
        story += [f"{names.thread(each)} was not woken and waits still{where(stuck.waits[each].line)}." for each in left]
        passed = listed([names.thread(each) for each in left])
        steps = {notify.seq, *(stuck.waits[each].seq for each in (*notify.woke, *left) if self._waits_on(notify.obj, each, stuck))}
        return Finding("lost_wakeup", f"Lost wake-up: {names.thread(notify.thread)} notified {obj}, which woke {woke} and not {passed}",
                       (*story, f"Nobody is left to notify {obj}."), tuple(dict.fromkeys((notify.thread, *notify.woke, *left))), (notify.obj,),
                       tuple(sorted(steps)), _FIX, self._stand.possible_on())
