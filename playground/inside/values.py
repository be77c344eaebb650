"""What the program's shared variables are worth after each step of a recorded execution, as text.

Looked at are the module's variables, attributes of the program's own instances and classes, what lies in short lists and dictionaries, closures, and
the main thread's own containers. Nothing of the program's is run to look: values are told by their exact type (`plain.py`), attributes are read
through the interpreter's own slots. A name is told from its first plain value on; names in capitals, attributes of classes and empty containers only
once they change, and then with the value that they had before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import BuiltinFunctionType, FrameType, FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

from playground.inside.plain import plain
from playground.model.steps import MOST_NAMES, MOST_VALUED_STEPS, VALUE_BYTES, Value

_SCALARS = frozenset({int, float, bool, str, bytes, type(None)})
_CONTAINERS = frozenset({list, dict, deque, set, frozenset, tuple, bytearray})
_CLOSED = frozenset({FunctionType, BuiltinFunctionType, MethodType, ModuleType})
"""Nothing in them is a variable."""
_NOT_NAMES = frozenset({"self", "cls"})
_MOST_ELEMENTS = 20
_MOST_LOOKED_AT = 400
_DEPTH = 3
_names_in = type.__dict__["__dict__"].__get__
_ancestors = type.__dict__["__mro__"].__get__
_name_of = type.__dict__["__name__"].__get__


class Values:
    """The values of one execution."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._quiet: dict[str, tuple[int, str]] = {}
        """Names that have not changed yet: the step at which they were first seen, and their text."""
        self._shown: dict[str, tuple[object, str]] = {}
        """The scalar that a name had last, and its text: most steps change nothing."""
        self.late: list[tuple[int, Value]] = []
        """Values that belong to an earlier step: their name turned out to be a variable."""

    def changed(self, space: Mapping[str, Any], frames: Iterable[tuple[int, FrameType]], step: int) -> tuple[Value, ...]:
        """What is different now from the last look."""
        if step > MOST_VALUED_STEPS:
            return ()
        found: dict[str, str] = {}
        changed: list[Value] = []
        for name, value, quiet in _Walk().variables(space, frames):
            if name in found or not self._wanted(name, value, quiet, step):
                continue
            found[name] = text = self._text(name, value)
            if self._told.get(name) != text:
                self._told[name] = text
                changed.append(Value(name, text))
        for name, text in self._told.items():
            if text and name not in found:
                self._told[name] = ""
                changed.append(Value(name, ""))
        return tuple(changed)

    def _text(self, name: str, value: object) -> str:
        if type(value) not in _SCALARS:
            return shown(value)
        last = self._shown.get(name)
        if last is None or last[0] is not value:
            last = self._shown[name] = value, shown(value)
        return last[1]

    def _wanted(self, name: str, value: object, quiet: bool, step: int) -> bool:
        if name in self._told:
            return True
        if len(self._told) >= MOST_NAMES or not _is_plain(value):
            return False
        empty = not value and type(value) in _CONTAINERS
        if not (quiet or empty or name in self._quiet):
            return True
        text = self._text(name, value)
        since, before = self._quiet.setdefault(name, (step, text))
        if before == text:
            return False
        self._told[name] = before
        self.late.append((since, Value(name, before)))
        return True


@dataclass(slots=True)
class _Walk:
    """One look at everything; a thing that is met twice keeps its first name."""

    looked_at: int = 0
    met: set[int] = field(default_factory=set)

    def variables(self, space: Mapping[str, Any], frames: Iterable[tuple[int, FrameType]]) -> Iterator[tuple[str, Any, bool]]:
        """Name, value, and whether it is told only once it changes."""
        for name, value in list(space.items()):
            if type(value) not in _CLOSED and _speaks(name):
                yield from self._leaves(name, value, _DEPTH, name.isupper())
        for thread, frame in frames:
            code, local = frame.f_code, frame.f_locals
            shared = code.co_freevars if thread else (*code.co_cellvars, *code.co_freevars)
            for name in (*shared, *(() if thread else code.co_varnames)):
                value = local.get(name)
                if _speaks(name) and (name in shared or type(value) not in _SCALARS) and name in local:
                    yield from self._leaves(name, value, _DEPTH, False)

    def _leaves(self, name: str, value: Any, depth: int, quiet: bool) -> Iterator[tuple[str, Any, bool]]:
        self.looked_at += 1
        if self.looked_at > _MOST_LOOKED_AT or len(name) > 80:
            return
        kind = type(value)
        if kind in _SCALARS or kind in _CONTAINERS:
            yield name, value, quiet
            if depth and kind not in _SCALARS:
                for way, part in _elements(value):
                    yield from self._leaves(name + way, part, depth - 1, quiet)
            return
        if not depth or id(value) in self.met:
            return
        self.met.add(id(value))
        if is_own(kind):
            for attribute, part in attributes(value, kind):
                yield from self._leaves(f"{name}.{attribute}", part, depth - 1, quiet)
        elif isinstance(kind, type) and kind is type and is_own(value):
            for attribute, part in list(_names_in(value).items()):
                if _speaks(attribute) and not attribute.endswith("_") and type(part) in (*_SCALARS, *_CONTAINERS):
                    yield f"{name}.{attribute}", part, True


def _elements(value: Any) -> Iterator[tuple[str, Any]]:
    """The program's own instances among the first elements."""
    kind = type(value)
    if kind in (list, tuple, deque):
        for index, part in zip(range(_MOST_ELEMENTS), value, strict=False):
            if is_own(type(part)):
                yield f"[{index}]", part
    elif kind is dict:
        for key, part in list(value.items())[:_MOST_ELEMENTS]:
            if type(key) in (str, int) and is_own(type(part)):
                yield f"[{plain(key)}]", part


def attributes(thing: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """What an instance holds in its dictionary and slots; what the library keeps in it under an underscore is not the program's."""
    ancestors = _ancestors(kind)
    derived = any(each is not object and not is_own(each) for each in ancestors)
    for each in reversed(ancestors):
        for name, descriptor in list(_names_in(each).items()):
            if type(descriptor) is MemberDescriptorType and _speaks(name) and is_own(each):
                try:
                    yield name, descriptor.__get__(thing)
                except AttributeError:
                    continue
    own = next((_names_in(each)["__dict__"] for each in ancestors if "__dict__" in _names_in(each)), None)
    if type(own) is GetSetDescriptorType and type(space := own.__get__(thing)) is dict:
        for name, value in list(space.items()):
            if type(name) is str and _speaks(name) and not (derived and name.startswith("_")):
                yield name, value


def is_own(kind: type) -> bool:
    """Whether the program defined that class."""
    return kind not in _SCALARS and type(module := _names_in(kind).get("__module__")) is str and module == "__main__"


@lru_cache(maxsize=1_024)
def _speaks(name: str) -> bool:
    return name not in _NOT_NAMES and name != "_" and not name.startswith(("__", "."))


def _is_plain(value: Any, depth: int = 2) -> bool:
    kind = type(value)
    if kind in _SCALARS or kind is bytearray:
        return True
    if kind not in _CONTAINERS or not depth or len(value) > _MOST_LOOKED_AT:
        return kind in _CONTAINERS and not value
    parts = (*value, *value.values()) if kind is dict else tuple(value)
    return all(_is_plain(part, depth - 1) for part in parts)


def shown(value: Any) -> str:
    """The value as text, at most VALUE_BYTES long."""
    text = _text(value, 3)
    data = text.encode(errors="replace")
    return data.decode() if len(data) <= VALUE_BYTES else data[: VALUE_BYTES - 3].decode(errors="ignore") + "…"


def _text(value: Any, depth: int) -> str:
    kind = type(value)
    if kind in (str, bytes):
        return repr(value[:VALUE_BYTES])
    if kind is bytearray:
        return f"bytearray({bytes(value[:VALUE_BYTES])!r})"
    if kind not in _CONTAINERS:
        return plain(value)
    if not depth:
        return "(...)" if kind is tuple else "{...}" if kind in (dict, set, frozenset) else "[...]"
    if kind is dict:
        parts = [f"{_text(key, depth - 1)}: {_text(part, depth - 1)}" for key, part in _first(value.items())]
    else:
        parts = [_text(part, depth - 1) for part in _first(value)]
    if kind in (set, frozenset):
        parts = sorted(_text(part, depth - 1) for part in value)[:_MOST_ELEMENTS]
    inner = ", ".join(parts) + (", …" if len(value) > len(parts) else "")
    return _FRAMES[kind].format(f"{inner}," if kind is tuple and len(value) == 1 else inner) if value else _EMPTY[kind]


def _first(values: Iterable[Any]) -> list[Any]:
    return [part for _, part in zip(range(_MOST_ELEMENTS), values, strict=False)]


_FRAMES: dict[type, str] = {list: "[{}]", deque: "deque([{}])", tuple: "({})", set: "{{{}}}", frozenset: "frozenset({{{}}})", dict: "{{{}}}"}
_EMPTY: dict[type, str] = {list: "[]", deque: "deque([])", tuple: "()", set: "set()", frozenset: "frozenset()", dict: "{}"}
