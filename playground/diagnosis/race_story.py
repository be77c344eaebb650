"""How a data race is told: who read and wrote what, where, and whose write was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from playground.diagnosis.accesses import Access
from playground.diagnosis.names import listed

FIXES = {
    "lost": "Hold one lock from reading {name} until it is written, in every thread that changes it.",
    "outdated": "Hold one lock around the look at {name} and the change that follows from it, in every thread that changes {name}.",
    "between": "Hold one lock from writing {name} until it is looked at, in every thread that changes {name}.",
    "within": "Let every thread hold one lock from its first to its last use of {name}, so that only one at a time is at it.",
    "updates": "Hold one lock from reading {name} until it is written, in every thread that changes it.",
    "writes": "Hold one lock around every write of {name}, or let one thread alone write it.",
    "stale": "Wait for the thread that writes {name} before reading it: join it, or pass the value through a Queue or an Event.",
    "lucky": "Wait for the thread that writes {name} before reading it: join it, or pass the value through a Queue or an Event.",
}
_TITLES = {
    "lost": "Data race: {threads} change {name} at the same time, and a write is lost",
    "outdated": "Data race: {first} acts on a look at {name} that is out of date: {second} changed it in between",
    "between": "Data race: {first} writes {name}, and {second} writes it before {first} looks at it again",
    "within": "Data race: {second} looks at {name} while {first}'s change is in it too",
    "updates": "Data race: {threads} change {name}, and nothing keeps them apart",
    "writes": "Data race: {threads} write {name}, and nothing says who is last",
    "stale": "Data race: {threads} use {name}, and nothing says who is first",
    "lucky": "Data race: {threads} use {name}, and nothing says who is first",
}
_SHORT = 40


def title_of(kind: str, name: str, threads: Sequence[str]) -> str:
    """The race in one line; the threads in the order of their accesses."""
    return _TITLES[kind].format(name=name, threads=listed(list(threads)), first=threads[0], second=threads[-1])


def told(kind: str, name: str, accesses: Sequence[Access], other_read: Access | None, threads: Mapping[int, str]) -> Iterator[str]:
    """The story, cause before effect."""
    if kind == "lost":
        yield from _lost(name, accesses, other_read, threads)
        return
    if kind == "outdated":
        yield from _outdated(name, accesses, other_read, threads)
        return
    if kind in ("within", "between"):
        yield from (_within if kind == "within" else _between)(name, accesses, threads)
        return
    for access in accesses:
        yield f"{threads[access.thread]} {_did(access, name)}{_where(access)}."
    if kind == "updates":
        yield (f"No lock, join, queue or signal says which is first. This time {threads[accesses[1].thread]} went by what "
               f"{threads[accesses[0].thread]} had written; another time it may be the other way round, or both may read the same value, and then "
               "one of the two writes is lost.")
    elif kind == "writes":
        yield "No lock, join, queue or signal orders the two: the next run may end with the other's value."
    elif kind == "stale":
        yield f"Nothing made {threads[accesses[0].thread]} wait for that write, so it worked with the older value."
    else:
        yield f"Nothing made {threads[accesses[1].thread]} wait for that write: it found the new value only because it came late enough this time."


def _lost(name: str, accesses: Sequence[Access], other_read: Access | None, threads: Mapping[int, str]) -> Iterator[str]:
    read, lost, kept = accesses
    mine, other = threads[kept.thread], threads[lost.thread]
    if other_read is None:
        yield f"{mine} read {name}{_worth(read.before)}{_where(read)}."
        yield f"Then {other} {_did(lost, name)}{_where(lost)}."
        yield f"{mine} still went by what it had read: its write{_where(kept)} replaced {other}'s."
        return
    first, second = sorted((read, other_read), key=_step)
    yield f"{threads[first.thread]} read {name}{_where(first)}; {threads[second.thread]} read it too{_where(second)}."
    value = first.before if first.before == second.before else None
    yield f"Both read {_cut(value) if value else name} before either wrote."
    left = f": {name} is {_cut(kept.after)}" if kept.after and lost.after == kept.after else ""
    yield f"{mine}'s write{_where(kept)} replaced {other}'s{left}."
    yield f"No lock keeps the reading and the writing of {name} together."


def _outdated(name: str, accesses: Sequence[Access], other_read: Access | None, threads: Mapping[int, str]) -> Iterator[str]:
    look, change, act = accesses
    mine, other = threads[act.thread], threads[change.thread]
    if other_read is None:
        yield f"{mine} looked at {name}{_worth(look.before)}{_where(look)}."
    else:
        first, second = sorted((look, other_read), key=_step)
        yield (f"{threads[first.thread]} looked at {name}{_worth(first.before)}{_where(first)}; "
               f"{threads[second.thread]} looked at it too{_where(second)}.")
    yield f"Then {other} {_did(change, name) if change.after else f'changed {name}'}{_where(change)}."
    wrote = f": it wrote {_cut(act.after)}" if act.after else ""
    yield f"{mine} acted on what it had seen{wrote}{_where(act)}, and that was out of date."
    yield f"No lock keeps the look at {name} and the change together."


def _within(name: str, accesses: Sequence[Access], threads: Mapping[int, str]) -> Iterator[str]:
    other, mine, look = accesses
    for change in sorted((other, mine), key=_step):
        yield f"{threads[change.thread]} changed {name}{_where(change)}."
    yield (f"{threads[look.thread]} looked at {name}{_where(look)} and found both changes: "
           f"nothing keeps {threads[other.thread]} out while it is at it.")


def _between(name: str, accesses: Sequence[Access], threads: Mapping[int, str]) -> Iterator[str]:
    mine, other, look = accesses
    yield f"{threads[mine.thread]} {_did(mine, name)}{_where(mine)}."
    yield f"Then {threads[other.thread]} {_did(other, name)}{_where(other)}."
    found = f"found {_cut(look.before)}, not what it had written" if look.before else f"found what {threads[other.thread]} had written"
    yield f"{threads[look.thread]} looked at {name}{_where(look)} and {found}."
    yield f"No lock keeps the writing and the look at {name} together."


def _did(access: Access, name: str) -> str:
    if not access.write:
        return f"read {name}{_worth(access.before)}"
    return f"wrote {_cut(access.after)} to {name}" if access.after else f"wrote {name}"


def _worth(value: str | None) -> str:
    return f" when it was {_cut(value)}" if value else ""


def _where(access: Access) -> str:
    place = [f"line {access.line}"] if access.line else []
    return f" ({', '.join([*place, f'step {access.step}'])})"


def _cut(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."


def _step(access: Access) -> int:
    return access.step
