"""What the visitor calls a thing: the variable, element or attribute through which the program reaches it.

Only a recorded execution asks, when it first meets a thing: names are looked for in the module, then in the functions that are on some
thread's stack, then one step further in (`forks[2]`, `account.lock`). `self` is nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

from playground.inside.plain import plain
from playground.inside.values import attributes, is_own

_DEFAULT_NAME = re.compile(r"Thread-(\d+)(?: \((.*)\))?")
_MARK = re.compile("\0([0-9]{1,9})\0")
_NOT_NAMES = frozenset({"self", "cls"})
_MOST = 400
"""So many elements or attributes of one thing are looked at."""


class Names:
    """Names of one execution's things, kept once found; a thing that is still being made gets its name later (`account = Account()`).

    Of what only a function has a name for yet (`this`, in its constructor) the module's own variable is asked again at the end.
    """

    def __init__(self) -> None:
        self._known: dict[int, str] = {}
        self._nameless: dict[int, Any] = {}
        self._local: dict[int, str] = {}

    def of(self, thing: Any, number: int, space: dict[str, Any], frames: Iterable[FrameType]) -> str:
        """The thing's name; a mark for it while the program has none, to be given to `settled`."""
        known = self._known.get(number)
        if known:
            return known
        if number not in self._local:
            known = _search(thing, (space,))
            if known:
                self._known[number] = known
                return known
            if local := _search(thing, (frame.f_locals for frame in frames)):
                self._local[number] = local
        self._nameless[number] = thing
        return f"\0{number}\0"

    def settle(self, space: dict[str, Any]) -> None:
        """The execution is over: what has no name by now is called by its type, in brackets."""
        for number, thing in self._nameless.items():
            if number not in self._known:
                found = _variable(thing, space) or self._local.get(number) or self.found(thing, space, ())
                self._known[number] = found or (plain(thing) if type(thing) is not str else "<str>")
        self._nameless.clear()
        self._local.clear()

    def settled(self, text: str) -> str:
        """The text with a name for each mark."""
        return _MARK.sub(lambda mark: self._known.get(int(mark[1]), ""), text) if "\0" in text else text

    def found(self, thing: Any, space: dict[str, Any], frames: Iterable[FrameType]) -> str:
        """What the program calls the thing just now, or nothing."""
        return _search(thing, (space, *(frame.f_locals for frame in frames)))


def thread_name(thread: Any, number: int) -> str:
    """As CPython calls it, in short: for executions that nobody is shown. What people see is `thread_names`'."""
    if number == 0:
        return "main"
    name = getattr(thread, "_name", "")
    match = _DEFAULT_NAME.fullmatch(name)
    if match:
        return f"{match[2] or type(thread).__name__.lower()}-{match[1]}"
    return name or f"thread-{number}"


def names_of(tasks: Iterable[Any]) -> dict[int, str]:
    """Names as people are shown them, of all threads of an execution that nobody recorded: default names count the threads of one target."""
    names: dict[int, str] = {}
    started: dict[str, int] = {}
    for task in tasks:
        match = _DEFAULT_NAME.fullmatch(getattr(task.thread, "_name", "") or "") if task.id else None
        names[task.id] = thread_name(task.thread, task.id)
        if match:
            stem = match[2] or type(task.thread).__name__
            started[stem] = started.get(stem, 0) + 1
            names[task.id] = f"{stem}-{started[stem]}"
    return names


def _search(thing: Any, spaces: Iterable[Mapping[str, Any]]) -> str:
    for names in spaces:
        if name := _variable(thing, names):
            return name
        spoken = [(name, value) for name, value in list(names.items()) if _speaks(name)]
        found = _inside(thing, spoken) or _inside(thing, [(name + way, part) for name, value in spoken for way, part in _parts(value)])
        if found:
            return found
    return ""


def _variable(thing: Any, names: Mapping[str, Any]) -> str:
    return next((name for name, value in list(names.items()) if value is thing and _speaks(name)), "")


def _inside(thing: Any, named: list[tuple[str, Any]]) -> str:
    return next((name + way for name, value in named for way, part in _parts(value) if part is thing), "")


def _speaks(name: str) -> bool:
    return name not in _NOT_NAMES and not name.startswith("_") and not name.startswith(".")


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What is in a thing, with the way to it; only of plain containers and of instances with a dictionary."""
    if type(value) in (list, tuple):
        yield from ((f"[{index}]", part) for index, part in enumerate(value[:_MOST]))
    elif type(value) is dict:
        yield from ((f"[{key!r}]", part) for key, part in list(value.items())[:_MOST] if type(key) in (str, int))
    elif is_own(type(value)):
        yield from ((f".{key}", part) for _, (key, part) in zip(range(_MOST), attributes(value, type(value)), strict=False))
