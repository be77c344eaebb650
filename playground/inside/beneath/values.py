"""What the operands of an instruction are at this moment, as far as that can be told without running any code."""

from __future__ import annotations

import builtins
import gc
import inspect
import sys
from collections import deque
from types import FrameType, FunctionType, GeneratorType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.containers import KEYS, SCALARS, is_container
from playground.inside.beneath.foreign import modelled, opaque
from playground.inside.beneath.origin_of_values import Origin
from playground.model.schedule import ANY_PART, READ, WRITE, Pending, pending_at

MISSING = object()
"""As a value: it cannot be told."""


_COMPREHENSION = ".0"
"""What CPython calls the iterator that a generator expression is given."""
_OWN_REFERENCES = 4 if sys.version_info[:2] == (3, 13) else 0
"""So many references has that iterator in `touched`, if nobody but the expression has it: its frame, its stack, and two of ours."""
_ITERATORS: frozenset[type] = frozenset({
    type(iter([])), type(iter({})), type(iter({}.values())), type(iter({}.items())), type(iter(set())), type(iter(deque()))})


class Values:
    """Looks operands up in the frame that stands before the instruction. `hot_*` are the names that can be bound to something else meanwhile."""

    def __init__(self, baton: Baton) -> None:
        self.baton = baton
        self.hot_names: set[str] = set()
        self.hot_cells: set[str] = set()
        self.hot_attributes: set[str] = set()
        self._drivers: dict[int, int] = {}
        self._execution = 0
        self._shared: dict[int, tuple[FrameType, int]] = {}
        """Frames of generators that more than one thread may drive, by their address, and the generators' numbers."""

    def advance(self, thing: Any, line: int) -> Pending | None:
        """A generator goes on (its code is watched); two threads that drive the same one may collide in the middle of it."""
        if not isinstance(thing, GeneratorType):
            return None
        if self._execution != self.baton.execution:
            self._execution = self.baton.execution
            self._drivers.clear()
            self._shared.clear()
        number, me = self.baton.number(thing), self.baton.current.id
        if self._drivers.setdefault(number, me) != me:
            self.baton.unproven.add("two threads drive the same generator")
        if len(self.baton.alive) > 1 and thing.gi_frame is not None:
            self._shared[id(thing.gi_frame)] = (thing.gi_frame, number)
        return pending_at("call", number, ANY_PART, WRITE, line)

    def entered(self, frame: FrameType, line: int) -> Pending | None:
        """A generator runs now: until it yields, whoever else drives it is refused."""
        known = self._shared.get(id(frame))
        if known is None or known[0] is not frame or self._execution != self.baton.execution:
            return None
        return pending_at("call", known[1], ANY_PART, WRITE, line)

    def touched(self, frame: FrameType, operands: tuple[Origin, ...], mode: int, line: int, deep: bool = False) -> Pending | None:
        kind = "read" if mode == READ else "write"
        found = None
        for operand in operands:
            if operand.how == "fresh":
                if deep and self.reaches(operand, frame):
                    if len(self.baton.alive) > 1:
                        self.baton.unproven.add(OWN_CODE_WITHIN)
                    return pending_at(kind, 0, ANY_PART, mode, line)
                continue
            thing, sure = self.of(operand, frame)
            if thing is MISSING:
                return pending_at(kind, 0, ANY_PART, mode, line)
            if operand.name == _COMPREHENSION and type(thing) in _ITERATORS and sys.getrefcount(thing) <= _OWN_REFERENCES:
                thing = _walked(thing)
            if opaque(thing):
                changes = WRITE if hasattr(type(thing), "__next__") else mode
                return pending_at(kind, 0, ANY_PART, changes, line) if len(self.baton.alive) > 1 else None
            if isinstance(thing, GeneratorType):
                self.advance(thing, line)
            if is_container(thing):
                if deep and len(self.baton.alive) > 1 and speaks_for_itself(thing):
                    self.baton.unproven.add(OWN_CODE_WITHIN)
                if found is not None or not sure or (deep and nested(thing)):
                    return pending_at(kind, 0, ANY_PART, mode, line)
                found = thing
        return None if found is None else pending_at(kind, self.baton.number(found), ANY_PART, mode, line)

    def told(self, frame: FrameType, operands: tuple[Origin, ...], mode: int, line: int) -> Pending | None:
        """Values become text: that of a thread or a primitive tells its state of the moment, which no access stands for."""
        if len(self.baton.alive) > 1:
            for operand in operands:
                thing, _ = self.of(operand, frame)
                parts = thing.values() if isinstance(thing, dict) else thing if is_container(thing) or type(thing) is tuple else (thing,)
                if any(_tells_its_state(type(part)) for part in parts):
                    self.baton.unproven.add("the state of a thread or a primitive was shown as text")
        return self.touched(frame, operands, mode, line, deep=True)

    def reaches(self, origin: Origin, frame: FrameType) -> bool:
        """Whether reading this value with all that lies in it may read something that another thread can change."""
        how = origin.how
        if how in ("const", "null"):
            return False
        if how in ("fresh", "exit"):
            return any(self.reaches(each, frame) for each in origin.held)
        if how == "tuple":
            return any(self.reaches(part, frame) for part in origin.parts)
        if how == "within" and origin.of is not None:
            return self._holds(origin.of, frame)
        if how == "iter":
            return any(self._holds(part, frame) for part in origin.parts)
        thing, _ = self.of(origin, frame)
        return can_change(thing)

    def _holds(self, container: Origin, frame: FrameType) -> bool:
        """The same of its elements."""
        if container.how in ("fresh", "exit", "const", "null", "tuple", "iter", "within"):
            return self.reaches(container, frame)  # nobody else has it: what can be changed is what lies in it
        thing, _ = self.of(container, frame)
        if is_container(thing) or type(thing) is tuple:
            return nested(thing)
        return can_change(thing)

    def called(self, origin: Origin, frame: FrameType) -> Any:
        """The value, or the function behind it where it is a method of the thing before the dot."""
        value, _ = self.of(origin, frame)
        if value is MISSING and origin.how == "attr" and origin.of is not None:
            owner, _ = self.of(origin.of, frame)
            return MISSING if owner is MISSING else in_class(owner if isinstance(owner, type) else type(owner), origin.name)
        return value

    def of(self, origin: Origin, frame: FrameType) -> tuple[Any, bool]:
        """The value now (MISSING: cannot be told without running code), and whether it surely still is the one on the stack."""
        how = origin.how
        if how == "local":
            return frame.f_locals.get(origin.name, MISSING), True
        if how == "const":
            return origin.value, True
        if how == "global":
            in_class_body = frame.f_code.co_name != "<module>" and not frame.f_code.co_flags & inspect.CO_NEWLOCALS
            found = frame.f_locals.get(origin.name, MISSING) if in_class_body else MISSING
            if found is MISSING:
                found = frame.f_globals.get(origin.name, MISSING)
            if found is MISSING:
                found = vars(builtins).get(origin.name, MISSING)
            return found, origin.name not in self.hot_names
        if how == "cell":
            return frame.f_locals.get(origin.name, MISSING), origin.name not in self.hot_cells
        if how == "attr" and origin.of is not None:
            owner, sure = self.of(origin.of, frame)
            if owner is MISSING:
                return MISSING, False
            if origin.name == "__class__":
                return type(owner), sure
            attributes = getattr(owner, "__dict__", None) if type(owner) not in SCALARS else None
            if attributes is not None and origin.name in attributes:
                return attributes[origin.name], sure and origin.name not in self.hot_attributes
            return MISSING, False
        if how == "item" and origin.of is not None:
            container, sure = self.of(origin.of, frame)
            key, _ = self.of(origin.parts[0], frame)
            if type(container) in (list, dict, tuple) and type(key) in KEYS:
                try:
                    return container[key], sure and type(container) is tuple
                except (LookupError, TypeError):
                    return MISSING, False
        return MISSING, False


def in_class(cls: type, name: str) -> Any:
    """What the class or one of its ancestors has under that name, unbound."""
    for each in cls.__mro__:
        if name in vars(each):
            return vars(each)[name]
    return MISSING


def _walked(iterator: Any) -> Any:
    """The container that an iterator walks; nothing, once it is at the end."""
    return next((each for each in gc.get_referents(iterator) if is_container(each)), None)


OWN_CODE_WITHIN = "the program's own code runs in the middle of a container's operation"
_DUNDERS = ("__eq__", "__lt__", "__gt__", "__le__", "__ge__", "__hash__", "__repr__", "__str__", "__format__", "__bool__", "__len__", "__add__",
            "__radd__", "__iter__", "__next__", "__index__", "__getitem__", "__contains__")


def speaks_for_itself(container: Any) -> bool:
    """True if an element, or a key, has operations in Python of its own: reading the container runs them one after another."""
    values = (*container.values(), *container) if isinstance(container, dict) else container
    return any(_own_operations(type(value)) for value in values)


def _own_operations(cls: type) -> bool:
    return cls.__module__ == "__main__" and any(isinstance(in_class(cls, name), FunctionType) for name in _DUNDERS)


def _tells_its_state(cls: type) -> bool:
    found = in_class(cls, "__repr__")
    return isinstance(found, FunctionType) and modelled(found.__globals__.get("__name__"))


def can_change(thing: Any) -> bool:
    """True for what another thread can change, for what holds such things, and for what is not known."""
    return (thing is MISSING or is_container(thing) or isinstance(thing, GeneratorType) or opaque(thing)
            or (type(thing) is tuple and nested(thing)))


def nested(container: Any) -> bool:
    """True if reading the container may mean reading others inside it."""
    values = container.values() if isinstance(container, dict) else container
    return any(is_container(value) or type(value) is tuple or opaque(value) for value in values)


def shared(operands: tuple[Origin, ...]) -> tuple[Origin, ...]:
    """Those operands that another thread may have, too."""
    parts = tuple(part for each in operands for part in (each.parts if each.how in ("tuple", "iter") else (each,)))
    return tuple(each for each in parts if each.how not in ("const", "null") and (each.how != "fresh" or each.held))
