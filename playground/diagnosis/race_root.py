"""Whether a data race is the root of a standstill: its variable decided, after the race, about something undone on which a thread waits for ever.

Shown is that a thread looked at the variable after the race, in a test that decides about the call which would have ended the wait, and never made
that call; or that the one who waits on a condition looked at it in the test of its own wait. The call is known by its method and by the name of what
it is called on. Of a lock only its holder is asked. Whatever else lost an update in the same run is no root.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.diagnosis.accesses import Access
from playground.diagnosis.deciding import Deciding, last_part
from playground.diagnosis.names import listed
from playground.diagnosis.speaking import speaking
from playground.diagnosis.standstill import Standstill
from playground.diagnosis.waits import Wait
from playground.diagnosis.words import PROVIDES, WAIT_WORDS, where
from playground.model.event import KIND_ID, Batch
from playground.model.record import Record
from playground.model.spec import RunSpec

_ENDS_IT: dict[str, frozenset[str]] = {
    "event.waiting": frozenset({"set"}),
    "lock.blocked": frozenset({"release"}),
    "semaphore.blocked": frozenset({"release"}),
    "condition.waiting": frozenset({"notify", "notify_all"}),
    "queue.get_blocked": frozenset({"put", "put_nowait", "shutdown"}),
    "queue.put_blocked": frozenset({"get", "get_nowait", "shutdown"}),
    "queue.joining": frozenset({"task_done"}),
    "barrier.waiting": frozenset({"wait", "abort"}),
}
"""Kind of wait to the methods that can end it."""
_DONE = frozenset(KIND_ID[kind] for kind in (*PROVIDES, "lock.released", "barrier.waiting"))


@dataclass(frozen=True, slots=True)
class Undone:
    """What was left undone, as the end of the race's story, with what is waited for, the look that decided it, and who waits."""

    sentence: str
    obj: int
    look: Access
    waits: dict[int, Wait]


class RaceRoot:
    """Follows who waits and who did what; `undone` answers when the run is over."""

    def __init__(self, spec: RunSpec) -> None:
        self._stand = Standstill(spec)
        self._did: dict[tuple[int, int], int] = {}
        """By thread and object: the step in which it last did what can end a wait."""
        self._waits: dict[int, Wait] = {}
        """Of a run that stands still for ever."""

    def see(self, record: Record) -> None:
        """Follow the record."""
        self._stand.see(record)
        if isinstance(record, Batch):
            for at in speaking(record.kind):
                if record.kind[at] in _DONE:
                    self._did[record.thread[at], record.obj[at]] = record.step[at]

    def quiet(self, at_ns: int) -> None:
        """That much silence may show that nobody goes on."""
        stuck = self._stand.quiet(at_ns)
        if stuck is not None and stuck.still:
            self._waits = stuck.waits

    def undone(self, last: Access, accesses: Sequence[Access], name: str, deciding: Deciding) -> Undone | None:
        """What looks at this place, from the last access of the race on, left undone."""
        looks = {(look.thread, look.line): look for look in accesses if not look.write and look.step >= last.step} if self._waits else {}
        for look in sorted(looks.values(), key=lambda look: -look.step):
            for thread, wait in self._waits.items():
                did = self._left(look, thread, wait, deciding)
                if did:
                    value = f"{name}{f' when it was {look.before[:40]}' if look.before else ''}"
                    return self._tell(look, wait, "" if look is last else value, did)
        return None

    def _left(self, look: Access, thread: int, wait: Wait, deciding: Deciding) -> str:
        """What the thread that looked did because of it, or did not; "" if that cannot be shown."""
        obj = self._stand.names.object(wait.obj)
        if look.thread == thread:
            waits_so = wait.kind == "condition.waiting" and deciding.decides(look.line, wait.line)
            return f"and so waits on {obj}{where(wait.line)} for ever." if waits_so else ""
        hold = self._stand.graph.holds.get(wait.obj)
        if self._did.get((look.thread, wait.obj), -1) > look.step or (wait.kind == "lock.blocked" and (not hold or hold.thread != look.thread)):
            return ""
        call = deciding.left_undone(look.line, _ENDS_IT.get(wait.kind, frozenset()), last_part(obj))
        return f"and did not call {obj}.{call.method}()" if call else ""

    def _tell(self, look: Access, wait: Wait, value: str, did: str) -> Undone:
        names = self._stand.names
        waits = {thread: each for thread, each in self._waits.items() if each.obj == wait.obj}
        if not did.endswith("."):
            told = [f"{names.thread(each)} {WAIT_WORDS[held.kind].format(obj=names.object(held.obj))}{where(held.line)}"
                    for each, held in waits.items()]
            did = f"{did}: {listed(told)} for ever."
        who = names.thread(look.thread)
        if not value:
            return Undone(f"So {who} {did.removeprefix('and ').removeprefix('so ')}", wait.obj, look, waits)
        return Undone(f"{who} then read {value}{where(look.line, look.step)} {did}", wait.obj, look, waits)
