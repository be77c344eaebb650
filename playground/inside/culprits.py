"""Who and what a failure is about: the threads that are stuck or crashed, and the things that they fought over.

Things are told apart by their place, since two threads may each call a list of their own `items`. An access whose object could not be told when it
happened is called by the words that the program has for it (`grid[1][0]`), and then goes for the place that bears this name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import NamedTuple

from playground.inside.beneath.origin_of_values import UNKNOWN, Origin, Site, sites
from playground.inside.recorded import Birth, Fact, Step
from playground.inside.recording import Recording
from playground.model.outcome import Outcome, Wait
from playground.model.schedule import READ, WRITE
from playground.model.steps import PARTS, Stand

_JOIN = "thread.join"
_SWITCHES = frozenset({"thread.start", "thread.begin", "thread.end", _JOIN})
"""Operations on a thread that ask it nothing."""
_LONGEST = 80
"""Words of a program that are longer name nothing."""


class Touch(NamedTuple):
    """One step, the place that it touched (0: not known), and that place's name ("" if the program has no word for it)."""

    step: Step
    place: int
    name: str

    @property
    def known(self) -> bool:
        """Whether the name says which thing it is."""
        return bool(self.name) and self.name[0] not in "<.["


def touched(told: Recording) -> list[Touch]:
    """Every step with its place and the best name for what it touched."""
    stands: dict[int, Stand] = {}
    found = []
    for number, step in enumerate(told.steps):
        if number < len(told.rows):
            stands.update((stand.thread, stand) for stand in told.rows[number].stands)
        stand = stands.get(step.thread)
        if stand is None or stand.kind != step.kind:
            found.append(Touch(step, 0, step.name))
            continue
        touch = Touch(step, stand.place, step.name)
        if not touch.known and not touch.place and stand.code and step.mode in (READ, WRITE) and not step.primitive:
            touch = touch._replace(name=_in_words(told.standings.codes[stand.code - 1], stand.offset) or step.name)
        found.append(touch)
    return found


def stuck(outcome: Outcome, told: Recording) -> tuple[Wait, ...]:
    """At a deadlock: the waits that keep it up. Who merely joins a thread that is stuck is not among them."""
    whom = _awaited(outcome.waits, told.facts, told.births)
    waits = tuple(wait for wait in outcome.waits if wait.kind != _JOIN or _in_circle(wait.thread, whom))
    return waits or outcome.waits


def objects_of(outcome: Outcome, waits: Iterable[Wait], touches: list[Touch]) -> tuple[str, ...]:
    """The names of what the failure is about, the surest first."""
    names = [wait.obj_name for wait in waits if wait.kind != _JOIN]
    names += fought_over(touches)
    names = names if any(names) else [wait.obj_name for wait in waits]
    if not any(names):
        mine = [each for each in touches if each.step.thread == outcome.thread and each.known and each.step.kind not in _SWITCHES]
        names = [each.name for each in mine if outcome.thread or each.step.line == outcome.line][-1:]
    return tuple(dict.fromkeys(filter(None, names)))


def fought_over(touches: Iterable[Touch]) -> list[str]:
    """Things that one thread changed and another used, in the order in which they were first changed; a whole is used with each of its parts."""
    memory = [each for each in touches if each.step.mode in (READ, WRITE) and each.name and not each.step.kind.startswith("thread.")
              and each.name[0] not in "<["]
    names: dict[int | str, str] = {each.place or each.name: each.name for each in reversed(memory) if each.known}
    uses: dict[int | str, _Uses] = {}
    first: dict[int | str, None] = {}
    for each in memory:
        for place in [each.place] if each.place else _meant_by(each, names):
            uses.setdefault(place, _Uses()).add(each.step, of_a_part=False)
            if isinstance(place, int) and place > 0:
                uses.setdefault(whole := -(place - place % PARTS), _Uses()).add(each.step, of_a_part=True)
                if each.step.mode == WRITE:
                    first.setdefault(whole)
            if each.step.mode == WRITE:
                first.setdefault(place)
    return [names[place] for place in first if place in names and uses[place].meet]


def _meant_by(touch: Touch, names: dict[int | str, str]) -> list[int | str]:
    """Where an access of an unknown thing may have gone: the places of that name, else all that have such an attribute, else its words alone."""
    if places := [place for place, name in names.items() if isinstance(place, int) and name == touch.name]:
        return list(places)
    attribute = touch.step.name
    return [place for place, name in names.items() if name == touch.name or (attribute[:1] == "." and name.endswith(attribute))]


class _Uses:
    """Who used one place: all of it, or a part."""

    def __init__(self) -> None:
        self._all: tuple[set[int], set[int]] = (set(), set())
        self._parts: tuple[set[int], set[int]] = (set(), set())

    def add(self, step: Step, *, of_a_part: bool) -> None:
        """One use more."""
        users, changers = self._parts if of_a_part else self._all
        users.add(step.thread)
        if step.mode == WRITE:
            changers.add(step.thread)

    @property
    def meet(self) -> bool:
        """Whether one thread's change and another's use can meet: two uses of parts may be of different ones."""
        (users, changers), (part_users, part_changers) = self._all, self._parts
        return bool(changers and len(users | part_users) > 1) or bool(users and part_changers and len(users | part_changers) > 1)


def _awaited(waits: Iterable[Wait], facts: Iterable[Fact], births: dict[int, Birth]) -> dict[int, int]:
    """Whom each thread waits for, as far as it is one thread."""
    joins = {fact.thread: fact.obj for fact in facts if fact.kind == "thread.joining"}
    threads = {birth.obj: thread for thread, birth in births.items() if birth.obj}
    return {wait.thread: threads.get(joins.get(wait.thread, 0), -1) if wait.kind == _JOIN else wait.holder for wait in waits}


def _in_circle(thread: int, whom: dict[int, int]) -> bool:
    following = whom.get(thread, -1)
    for _ in whom:
        if following == thread:
            return True
        following = whom.get(following, -1)
    return False


# the program's own words --------------------------------------------------------------------------------------------------------------------


def _in_words(code: CodeType, offset: int) -> str:
    """What the instruction there touches, as the program writes it; nothing where it is made on the way or a mere local."""
    site = next((each for each in sites(code, frozenset()) if each.instruction.offset == offset), None)
    words = next(filter(None, map(_words, _meant(site))), "") if site is not None else ""
    return words if len(words) <= _LONGEST else ""


def _meant(site: Site) -> Iterator[Origin]:
    name, count = site.instruction.opname, site.instruction.arg or 0
    if name in ("LOAD_ATTR", "STORE_ATTR", "DELETE_ATTR"):
        yield Origin("attr", site.instruction.argval, site.top())
    elif name in ("BINARY_SUBSCR", "STORE_SUBSCR", "DELETE_SUBSCR") or site.instruction.argrepr == "[]":
        yield Origin("item", "", site.top(2), None, (site.top(),))
    elif name == "CALL_FUNCTION_EX":
        yield from (site.top(), site.top(2))
    elif name in ("CALL", "CALL_KW"):
        count += name == "CALL_KW"
        owner = site.top(count + 2).of or UNKNOWN
        yield from (owner, *site.stack[len(site.stack) - count:]) if owner.how != "global" else (*site.stack[len(site.stack) - count:], owner)
    else:
        yield from (each for origin in (site.top(), site.top(2)) for each in (origin.parts if origin.how == "iter" else (origin,)))


def _words(origin: Origin) -> str:
    return _ways[origin.how](origin) if origin.how in _ways and origin.how != "local" else ""


def _owned(origin: Origin) -> str:
    return f"{owner}.{origin.name}" if (owner := _owner(origin)) else ""


def _item(origin: Origin) -> str:
    key = origin.parts[0]
    index = repr(key.value) if key.how == "const" else key.name if key.how in ("local", "global", "cell") else ""
    return f"{owner}[{index}]" if index and (owner := _owner(origin)) else ""


def _owner(origin: Origin) -> str:
    return _ways[origin.of.how](origin.of) if origin.of is not None and origin.of.how in _ways else ""


_ways: dict[str, Callable[[Origin], str]] = {
    "local": lambda origin: origin.name, "global": lambda origin: origin.name, "cell": lambda origin: origin.name, "attr": _owned, "item": _item}
"""How an origin reads in a program."""
