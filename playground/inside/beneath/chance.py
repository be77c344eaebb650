"""What decides in a real run beside the order of its threads, and is always the same in here: addresses, hashes of strings, chance, the machine.

A program whose threads can do no wrong in any order may still go wrong by one of these, and no number of executions under one seed would show it. So
where it looks at one of them the execution counts towards no proof. (Its own readings of the clock are `clock.py`'s to tell.)

The order of a set is decided by hashes unless its elements are numbers. Who only asks a set what is in it, or how many, depends on no order.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import os
import pathlib
import random
import sys
from collections.abc import Callable, Iterable, Set
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from playground.inside.beneath.origin_of_values import SET_OPERATORS, Origin, Site, sites
from playground.inside.beneath.values import MISSING, Values
from playground.model.outcome import HASHES

CHANCE, CLOCK, MACHINE, ADDRESSES = "chance", "the real clock", "files and the machine", "the address or the hash of an object"
type Mark = Callable[[FrameType], None]

_MACHINE_ALIKE = frozenset({"cpu_count", "fspath", "fsencode", "fsdecode", "strerror", "getcwd", "getenv", "_exit", "sched_yield", "get_exec_path"})
"""What of `os` says the same each time, or is nobody's to see."""
_NUMBERS = (int, float, complex, decimal.Decimal, fractions.Fraction, type(None))
"""Types whose hashes are the same in every process."""
_MAKES_SETS = frozenset({"set", "frozenset", "Set", "union", "intersection", "difference", "symmetric_difference"})
_VIEWS = frozenset({"keys", "items"})
_WALKS = frozenset({"GET_ITER", "GET_YIELD_FROM_ITER", "UNPACK_SEQUENCE", "UNPACK_EX", "LIST_EXTEND", "FORMAT_SIMPLE", "CONVERT_VALUE"})
"""Instructions that go through what lies on top of the stack."""
_ORDERLESS = frozenset({"len", "sorted", "set", "frozenset", "min", "max", "any", "all", "bool", "isinstance", "type", "callable", "add", "append",
                        "put", "put_nowait", "update", "union", "intersection", "difference", "symmetric_difference", "difference_update",
                        "discard", "remove", "intersection_update", "symmetric_difference_update", "issubset", "issuperset", "isdisjoint",
                        "Thread", "Timer", "submit", "setdefault", "appendleft", "insert", "get", "copy"})
"""Calls that do not tell in which order a set is that they are given."""
_SORTING = frozenset({"sorted", "min", "max"})
"""With a key of the program's own they keep the order of what is equal."""
_WALKING = frozenset({"list", "tuple", "iter", "next", "enumerate", "zip", "map", "filter", "join", "extend", "extendleft", "fromkeys", "deque",
                      "print", "str", "repr", "format", "reduce", "sum", "dict", "chain", "islice", "cycle", "product", "permutations",
                      "combinations", "dumps", "writelines"})
"""Calls that go through what they are given: they tell, too, where nobody knows whether that is a set."""


def _machine() -> dict[Any, str]:
    """Functions that answer from outside, with what they answer from."""
    told: dict[Any, str] = {cls.__dict__[name].__get__(None, cls): CLOCK for cls, names in
                            ((datetime.datetime, ("now", "utcnow")), (datetime.date, ("today",))) for name in names}
    told[datetime.datetime.today] = CLOCK
    told |= {function: MACHINE for name, function in vars(os).items() if isinstance(function, (BuiltinFunctionType, FunctionType))
             and name not in _MACHINE_ALIKE}
    told |= {getattr(os.path, name): MACHINE for name in ("exists", "lexists", "isfile", "isdir", "islink", "getsize", "getmtime", "getatime",
                                                          "getctime", "realpath", "samefile")}
    told |= {os.urandom: CHANCE, random.SystemRandom: CHANCE}
    told |= {getattr(sys, name): MACHINE for name in ("getrefcount", "_current_frames", "_getframe", "getallocatedblocks", "getsizeof")}
    return told


_MACHINE = _machine()
_REACH = frozenset({"os", "posix", "random", "datetime", "pathlib", "sys"})
"""Modules that hold such functions."""
_RANDOM = random._inst
_OF_FILES = frozenset(dir(pathlib.Path)) - frozenset(dir(pathlib.PurePath))
_CALLABLE = (BuiltinFunctionType, FunctionType, MethodType, type)


class Chance:
    """Makes marks for the instructions of one program; a mark looks at the frame that stands before its instruction."""

    def __init__(self, codes: Iterable[CodeType], values: Values, defined: frozenset[str]) -> None:
        self._values = values
        self._baton = values.baton
        self._own = defined
        self._seeded = -1
        """The last execution in which the program gave the random module a seed of its own."""
        self._sets, reached = _facts(codes)
        self._reaches, self._paths = bool(reached & _REACH), "pathlib" in reached

    def mark(self, site: Site) -> Mark | None:
        """How to tell that this instruction looks at what another process would see otherwise; None if it surely does not."""
        name, argument = site.instruction.opname, site.instruction.argval
        if name in ("LOAD_GLOBAL", "LOAD_NAME") and argument in ("id", "hash") and argument not in self._own:
            return lambda frame: self._tell(ADDRESSES)
        if name == "LOAD_ATTR" and argument == "__hash__":
            return lambda frame: self._tell(ADDRESSES)
        if name in _WALKS:
            return self._walk(site.top())
        if name == "FORMAT_WITH_SPEC" or (name == "BINARY_OP" and site.instruction.argrepr in ("%", "%=")):
            return self._walk(site.top(2 if name == "FORMAT_WITH_SPEC" else 1)) if self._sets else None
        if name == "CALL_FUNCTION_EX":
            return self._walk(site.top(1 + ((site.instruction.arg or 0) & 1)))
        if name in ("CALL", "CALL_KW"):
            return self._call(site)
        return None

    def _tell(self, reason: str) -> None:
        self._baton.unproven.add(reason)

    # sets ------------------------------------------------------------------------------------------------------------------------------

    def _walk(self, walked: Origin) -> Mark | None:
        """Something is gone through."""
        if walked.how in ("iter", "tuple", "null"):
            return None
        if walked.how == "const":
            return (lambda frame: self._tell(HASHES)) if _unordered(walked.value) else None
        if not self._sets or (walked.how == "fresh" and walked.name != "set"):
            return None

        def mark(frame: FrameType) -> None:
            if self._may_be_unordered(walked, frame):
                self._tell(HASHES)

        return mark

    def _may_be_unordered(self, origin: Origin, frame: FrameType) -> bool:
        if origin.how == "const":
            return _unordered(origin.value)
        if origin.how == "fresh":
            return origin.name == "set" and (not origin.parts or any(self._may_be_a_set(part, frame) for part in origin.parts))
        thing = self._values.of(origin, frame)[0]
        return thing is MISSING or _unordered(thing)

    def _may_be_a_set(self, operand: Origin, frame: FrameType) -> bool:
        if operand.how in ("const", "fresh", "iter"):
            return operand.how == "iter" or self._may_be_unordered(operand, frame)
        thing = self._values.of(operand, frame)[0]
        return thing is MISSING or isinstance(thing, Set)

    # calls -----------------------------------------------------------------------------------------------------------------------------

    def _call(self, site: Site) -> Mark | None:
        count, more = site.instruction.arg or 0, int(site.instruction.opname == "CALL_KW")
        callee = site.top(count + 2 + more)
        given = tuple(site.top(depth) for depth in range(1 + more, count + 1 + more))
        walks = callee.name in _WALKING or (more > 0 and callee.name in _SORTING)
        sets = self._sets and (callee.name == "pop" or (bool(given) and (walks or callee.name not in _ORDERLESS)))
        if not sets and not self._reaches:
            return None

        def mark(frame: FrameType) -> None:
            if sets:
                self._given(callee, given, walks, frame)
            if self._reaches:
                self._reached(self._function(callee, frame), count)
                for each in given:
                    self._reached(self._function(each, frame), 1)

        return mark

    def _given(self, callee: Origin, given: tuple[Origin, ...], walks: bool, frame: FrameType) -> None:
        """A set is handed to a call that may go through it, or gives up any of its elements."""
        if callee.name == "pop" and callee.of is not None and not given:
            if self._may_be_unordered(callee.of, frame):
                self._tell(HASHES)
            return
        known = self._values.of(callee, frame)[0] if callee.how != "attr" else MISSING
        if isinstance(known, FunctionType) and known.__globals__ is frame.f_globals:
            return  # the program's own: what it does with a set is seen there
        for each in given:
            if each.how in ("iter", "tuple", "null", "const"):
                continue
            if each.how == "fresh":
                if walks and self._may_be_unordered(each, frame):
                    self._tell(HASHES)
                continue
            thing = self._values.of(each, frame)[0]
            if walks if thing is MISSING else _unordered(thing) or (walks and _holds_unordered(thing)):
                self._tell(HASHES)

    # what answers from outside ---------------------------------------------------------------------------------------------------------

    def _function(self, callee: Origin, frame: FrameType) -> Any:
        """What is called, where that can be told without running code."""
        if callee.how in ("const", "fresh", "iter", "tuple", "null"):
            return None
        if callee.how != "attr" or callee.of is None:
            return self._values.of(callee, frame)[0]
        owner = self._values.of(callee.of, frame)[0]
        if type(owner) is ModuleType:
            return vars(owner).get(callee.name)
        if owner is datetime.datetime or owner is datetime.date:
            return getattr(owner, callee.name, None)
        if callee.name in _OF_FILES and (isinstance(owner, pathlib.Path) or (owner is MISSING and self._paths)):
            self._tell(MACHINE)
        return None

    def _reached(self, function: Any, count: int) -> None:
        if not isinstance(function, _CALLABLE) or (isinstance(function, type) and type(function) is not type):
            return
        if getattr(function, "__self__", None) is _RANDOM:
            if function.__name__ == "seed" and count:
                self._seeded = self._baton.execution
            elif self._seeded != self._baton.execution:
                self._tell(CHANCE)
        elif function is random.Random and not count:
            self._tell(CHANCE)
        elif function in _MACHINE:
            self._tell(_MACHINE[function])


def _facts(codes: Iterable[CodeType]) -> tuple[bool, set[str]]:
    """Whether the text can come by a set, and which modules it imports."""
    sets = views = operators = False
    imported: set[str] = set()
    for site in (site for code in codes for site in sites(code, frozenset())):
        name, argument = site.instruction.opname, site.instruction.argval
        sets |= name in ("BUILD_SET", "SET_ADD", "SET_UPDATE") or (name.startswith("LOAD_") and isinstance(argument, str) and argument in _MAKES_SETS)
        views |= name == "LOAD_ATTR" and argument in _VIEWS
        operators |= name == "BINARY_OP" and site.instruction.argrepr.rstrip("=") in SET_OPERATORS
        if name == "IMPORT_NAME":
            imported.add(argument.partition(".")[0])
    return sets or (views and operators), imported


def _unordered(thing: object) -> bool:
    """True for a set whose order another process would not repeat."""
    return isinstance(thing, (set, frozenset)) and len(thing) > 1 and not all(_is_number(each) for each in thing)


def _is_number(element: object) -> bool:
    return type(element) in _NUMBERS or type(element) is bool or (isinstance(element, tuple) and all(_is_number(each) for each in element))


def _holds_unordered(thing: object) -> bool:
    """True for a container with such a set in it: whoever makes a text of it tells the order."""
    parts: Iterable[object] = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, (list, tuple)) else ()
    return any(_unordered(part) for part in parts)
