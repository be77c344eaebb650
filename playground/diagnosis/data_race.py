"""Data race: two threads touch the same variable, attribute or item, at least one writes, and nothing orders the two (happens-before).

In Python one load or one store never tears, so not every unordered pair is a fault. Told are, from the gravest on:

lost      a thread read, another stored, and the first stored what it had made of the old value (the pattern R-W-W of Lu et al., AVIO, 2006)
outdated  the same, where nothing was replaced: a container's method, other keys, a `del` (`if stack: stack.pop()`: check, then act); and where a test
          read what another changed before the body of the test wrote it (`if balance >= 70: balance -= 70`)
between   a thread wrote, another wrote too, and the first then tested what it found (W-W-R)
within    a thread changed a container, looked at it, and found there what another had changed at the same time
updates   two threads each read and then wrote; this time one had done so before the other began
writes    two writes of which nothing says which one stays
stale     a read that came before a write which nothing made it wait for, and that was never made up for by a later one
lucky     a read that came after such a write only because of this schedule

Not told: flags (names that are only ever set to True, False or None), reads that are repeated (polls, double checks), readers of what is always
written under one lock, two writes of the same value, and methods of containers, each of which is one indivisible act. Of a container as a whole
only `outdated` and `within` are told, and only where the program failed, up to where it failed.

Of a race that left something undone on which a thread waits for ever, that is told too, and the thing waited for is its object (`race_root.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from playground.diagnosis.accesses import Access, Accesses
from playground.diagnosis.check_then_act import outdated_test, overwritten
from playground.diagnosis.deciding import Deciding
from playground.diagnosis.names import Names
from playground.diagnosis.race_root import RaceRoot
from playground.diagnosis.race_story import FIXES, title_of, told
from playground.model.event import KIND_ID, Batch
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Choices, Record
from playground.model.spec import RunSpec
from playground.model.steps import NOBODY, Code

_CRASHED = KIND_ID["thread.crashed"]
_FLAG = re.compile(r"=\s*(True|False|None)\s*(#.*)?$")
_MOST, _MOST_WHOLE = 10, 200_000
_GRAVITY = ("lost", "outdated", "between", "within", "updates", "writes", "stale", "lucky")
_HAPPENED = ("lost", "outdated", "between")
"""The kinds whose harm was done in this very run."""


@dataclass(frozen=True, slots=True)
class Race:
    """Accesses of one place that nothing orders, in the order of the run.

    Of `lost` and `outdated` read, other's write, own write; of `between` own write, other's write, own read; of `within` the other's write, own
    write, own read; else the two.
    """

    kind: str
    accesses: tuple[Access, ...]
    other_read: Access | None = None
    """Of `lost` and `outdated`: the other's read from before its write, if there was one."""


class DataRace:
    """Collects accesses, which only a controlled run has; judged at the end. A free run costs nothing."""

    def __init__(self, spec: RunSpec) -> None:
        self._controlled = spec.mode == "controlled"
        self._text = spec.source
        self._source = spec.source.splitlines()
        self._names = Names()
        self._accesses = Accesses()
        self._root = RaceRoot(spec)
        self._crashed = NOBODY
        """The thread that crashed last."""

    def see(self, record: Record) -> Sequence[Finding]:
        """Keep what steps touch."""
        if self._controlled:
            self._names.see(record)
            self._root.see(record)
            if isinstance(record, Choices):
                self._accesses.choices(record)
            elif isinstance(record, Code):
                self._accesses.code(record)
            elif isinstance(record, Batch):
                self._accesses.batch(record)
                if (at := record.kind.rfind(_CRASHED)) >= 0:
                    self._crashed = record.thread[at]
        return ()

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """A race is no matter of time; what it led to may be."""
        if self._controlled:
            self._root.quiet(at_ns)
        return ()

    def end(self, at_ns: int) -> Sequence[Finding]:
        """The gravest race of each place; the gravest of all first."""
        races = [race for parts in self._accesses.things.values() for race in self._of_thing(parts)]
        races.sort(key=lambda each: _gravity(each[0]))
        return [self._tell(*race) for race in races[:_MOST]]

    def _of_thing(self, parts: dict[int, list[Access]]) -> Iterator[tuple[Race, list[Access]]]:
        """With all accesses of its place, the gravest race of each part; where the program failed also what changed the container as a whole."""
        whole = parts.get(0, []) if self._crashed != NOBODY else []
        told = False
        for part, accesses in parts.items():
            race = self._at(accesses) if part else None
            if race is None and whole and not told and len(whole) * len(parts) < _MOST_WHOLE:
                race = self._of_whole(sorted([*accesses, *whole], key=lambda access: access.step) if part else accesses)
                told = race is not None
            if race is not None:
                yield race, accesses

    def _of_whole(self, accesses: list[Access]) -> Race | None:
        """What led to the crash: nothing that came after the last access of who crashed. Others may have gone on before that thread's end."""
        last = self._accesses.last.get(self._crashed)
        if last is None:
            return lost(accesses)
        before = [access for access in accesses if access.step <= last.step]
        return lost(before) or _within(before, last)

    def _at(self, accesses: list[Access]) -> Race | None:
        if len({access.thread for access in accesses}) < 2:
            return None
        race = lost(self._before_the_crash(accesses)) or lost(accesses)
        if race is not None and not self._deciding.decides(race.accesses[0].line, race.accesses[-1].line):
            return race
        race = race or self._pair(accesses)
        changed = race is not None and race.kind in ("lost", "updates", "writes")
        return (self._checked(accesses, race) if changed or self._crashed != NOBODY else None) or race

    def _checked(self, accesses: list[Access], race: Race | None) -> Race | None:
        """A check that was out of date in this run says more than what might go wrong in another."""
        before = self._before_the_crash(accesses)
        if (outdated := outdated_test(before, self._deciding)) is not None:
            return Race("outdated", *outdated)
        check = overwritten(before, self._deciding) if race is not None and race.kind != "lost" else None
        return None if check is None else Race("between", check)

    def _before_the_crash(self, accesses: list[Access]) -> list[Access]:
        """What comes after a crash did not lead to it."""
        last = self._accesses.last.get(self._crashed)
        return accesses if last is None else [access for access in accesses if access.step <= last.step]

    @cached_property
    def _deciding(self) -> Deciding:
        return Deciding(self._text)

    def _pair(self, accesses: list[Access]) -> Race | None:
        """The gravest unordered pair that is more than a flag, a poll or a look at guarded data."""
        seen: dict[tuple[int, bool], Access] = {}
        found: dict[str, Race] = {}
        read: set[int] = set()
        flags = all(self._is_flag(access) for access in accesses if access.write)
        for access in accesses:
            for (thread, write), earlier in seen.items():
                if thread == access.thread or not (write or access.write) or earlier.comes_before(access):
                    continue
                kind = ("updates" if access.thread in read else "writes") if write and access.write else "stale" if access.write else "lucky"
                if kind not in found and not flags and not _harmless(kind, earlier, access, accesses):
                    found[kind] = Race(kind, (earlier, access))
            seen[access.thread, access.write] = access
            (read.discard if access.write else read.add)(access.thread)
        return next((found[kind] for kind in _GRAVITY if kind in found), None)

    def _is_flag(self, write: Access) -> bool:
        line = self._source[write.line - 1] if 0 < write.line <= len(self._source) else ""
        return bool(_FLAG.search(line)) or write.after in ("True", "False", "None")

    def _tell(self, race: Race, accesses: list[Access]) -> Finding:
        names = self._names
        threads = tuple(dict.fromkeys(access.thread for access in race.accesses))
        involved = race.accesses if race.other_read is None else (*race.accesses, race.other_read)
        spoken = {access.thread: names.thread(access.thread) for access in involved}
        plainest = sorted(race.accesses, key=lambda access: access.whole != (race.kind in ("outdated", "within")))
        name = next((access.name for access in plainest if access.name[:1] not in ("", "<", ".", "[")), "what they share")
        finding = Finding("data_race", title_of(race.kind, name, [spoken[thread] for thread in threads]),
                          tuple(told(race.kind, name, race.accesses, race.other_read, spoken)), threads, (), self._accesses.seqs(*involved),
                          FIXES[race.kind].format(name=name), PossibleOn(gil=None, free_threaded=True))
        undone = self._root.undone(race.accesses[-1], accesses, name, self._deciding) if race.kind in _HAPPENED else None
        if undone is None:
            return finding
        steps = {*finding.steps, *self._accesses.seqs(undone.look), *(wait.seq for wait in undone.waits.values())}
        return replace(finding, story=(*finding.story, undone.sentence), objects=(undone.obj,), steps=tuple(sorted(steps)),
                       threads=tuple(dict.fromkeys((*threads, undone.look.thread, *undone.waits))))


def _gravity(race: Race) -> tuple[int, int]:
    """What went wrong in this run comes first, and of that what went wrong first; then what may go wrong in another."""
    happened = race.kind in _HAPPENED
    return (-1, race.accesses[-1].step) if happened else (_GRAVITY.index(race.kind), race.accesses[0].step)


def lost(accesses: list[Access]) -> Race | None:
    """The first write of a thread that went by a read from before another's write, with nothing to keep the two apart; best one whose other thread
    had read the same. `lost` where it replaced what the other had stored, else `outdated`.
    """
    read: dict[int, Access] = {}
    last_write: Access | None = None
    reads_before: dict[int, Access] = {}
    found: Race | None = None
    for access in accesses:
        if not access.write:
            read[access.thread] = access
            continue
        mine = read.pop(access.thread, None)
        if (mine is not None and last_write is not None and last_write.thread != access.thread and last_write.step > mine.step
                and (mine.apart_from(last_write) or last_write.apart_from(access))):
            other = reads_before.get(last_write.thread)
            race = Race("lost" if last_write.stores and access.stores else "outdated", (mine, last_write, access), other)
            if other is not None:
                return race
            found = found or race
        if mine is not None:
            reads_before[access.thread] = mine
        else:
            reads_before.pop(access.thread, None)
        last_write = access
    return found


def _within(accesses: list[Access], last: Access) -> Race | None:
    """Who crashed on the line of that access had changed the container, and then found in it what another had changed without waiting."""
    found = accesses[-1] if accesses else None
    if found is None or found.write or (found.thread, found.line) != (last.thread, last.line):
        return None
    changes = [access for access in accesses if access.write]
    mine = next((access for access in reversed(changes) if access.thread == found.thread), None)
    other = next((access for access in reversed(changes) if access.apart_from(found)), None)
    return Race("within", (other, mine, found)) if mine is not None and other is not None else None


def _harmless(kind: str, earlier: Access, later: Access, accesses: list[Access]) -> bool:
    if kind == "updates":
        return False
    if kind == "writes":
        return later.after is not None and later.after == earlier.after
    reader, writer = (earlier, later) if kind == "stale" else (later, earlier)
    if kind == "stale" and writer.after is not None and writer.after == reader.before:
        return True
    others = [other for other in accesses if other.thread == reader.thread and not other.write and other is not reader]
    if any((other.line, other.offset) == (reader.line, reader.offset) or other.step > reader.step for other in others):
        return True
    guards = [write.locks for write in accesses if write.write and not write.comes_before(reader)]
    return kind == "lucky" and bool(others or frozenset.intersection(*guards, writer.locks))
