"""What a call will touch, told from what is called and with what, before it happens.

The program's own functions touch nothing by being called: their instructions are watched themselves. Containers' methods are in a table. For the
rest `foreign` says what is trusted; what is not counts as changing anything, and where it calls the program's own code in the middle of its work, or
reaches what no relation knows (files, lifetimes, code made at run time), the execution counts towards no proof.
"""

from __future__ import annotations

import builtins
import functools
import operator
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from playground.inside.beneath import foreign
from playground.inside.beneath.baton import Baton
from playground.inside.beneath.containers import MUTABLE, READERS, SCALARS, WRITERS, is_container
from playground.inside.beneath.origin_of_values import SCALAR_METHODS, Origin, Site
from playground.inside.beneath.points import Recipe
from playground.inside.beneath.values import MISSING, OWN_CODE_WITHIN, Values, can_change, in_class, nested, shared, speaks_for_itself
from playground.model.schedule import ANY_PART, READ, WRITE, Pending, pending_at

_REFLECTIVE = frozenset({"setattr", "delattr", "exec", "eval", "globals", "locals", "vars"})
_TELLING = frozenset({"print", "repr", "format", "ascii"})
_DEEP = frozenset({"print", "repr", "sorted", "min", "max", "sum", "format", "str", "any", "all", "dict"})
"""Built-in functions that read what lies in the container's elements, too."""
_COMPARING = frozenset({"sort", "index", "count", "remove"})
"""Methods of containers that do."""
_COPY_FIRST = frozenset({"sorted", "list", "tuple", "set", "frozenset", "dict", "deque"})
"""They take all they need before they call anybody back."""
_KEEP_WHAT_THEY_GET = frozenset({"append", "appendleft", "insert", "setdefault"})
"""Containers' methods that do not look into their arguments."""
_ONE_STEP = frozenset({"dumps", "namedtuple", "dataclass", "field", "wraps", "update_wrapper", "contextmanager", "total_ordering", "partial"})
"""Functions of the library in Python that do their reading in one call of C, or read nothing that changes."""
_DRAWING = frozenset({"extend", "extendleft", "update", "difference_update", "intersection_update", "symmetric_difference_update", "subtract"})
"""Methods that take one element after another out of what they are given."""
_READ_WHAT_THEY_GET = (*MUTABLE, tuple, frozenset, str, bytes)
"""Classes that read, in C, what an instance of a subclass is made from."""
_MODELS_METHODS = SCALAR_METHODS | {"join", "wait", "wait_for", "cancel", "result", "submit", "shutdown", "task_done", "get_nowait", "put_nowait"}
"""Methods of primitives, where it cannot be told whose method it is."""
_C_CALLS = (BuiltinFunctionType, MethodWrapperType)


class Calls:
    """Makes recipes for the calls of one program."""

    def __init__(self, values: Values, defined: frozenset[str], program: str) -> None:
        self._values = values
        self._baton: Baton = values.baton
        self._defined = defined
        self._quiet: set[tuple[type, str]] = set()
        """Methods of the model, which lives as long as the process: they announce themselves."""
        self._program = program

    def recipe(self, site: Site) -> Recipe | None:
        """How to tell what this CALL will touch."""
        count = site.instruction.arg or 0
        keywords: tuple[object, ...] = ()
        more = 1 if site.instruction.opname == "CALL_KW" else 0
        if more and isinstance(named := site.top().value, tuple):
            keywords = named
        callee, line = site.top(count + 2 + more), site.line
        given = tuple(site.top(depth) for depth in range(1 + more, count + 1 + more))
        args = shared(given)
        lambdas = any(each.how == "fresh" and each.name == "function" for each in given)
        if callee.how in ("exit", "fresh"):
            return None

        def recipe(frame: FrameType) -> Pending | None:
            if callee.how == "attr" and callee.of is not None:
                found = self._method(frame, callee, args, line)
            else:
                function, _ = self._values.of(callee, frame)
                found = self._function(frame, function, args, line, "file" in keywords)
            if keywords and callee.name == "dumps" and len(self._baton.alive) > 1:
                self._unproven("json reads in more steps than are told apart")
            if self._hands_on(frame, args):
                self._unproven("a container's method was handed on, to be called from C")
            if found is not None and len(self._baton.alive) > 1 and (lambdas or self._calls_back(frame, args)) and callee.name not in _COPY_FIRST:
                self._unproven(f"the program's own code runs inside {callee.name or 'a call'}")
            return found

        return recipe

    def _unproven(self, reason: str) -> None:
        self._baton.unproven.add(reason)

    def _calls_back(self, frame: FrameType, args: tuple[Origin, ...]) -> bool:
        return any(foreign.calls_back(self._values.called(arg, frame), self._program) for arg in args)

    def _hands_on(self, frame: FrameType, args: tuple[Origin, ...]) -> bool:
        """True if an argument is a container's own changing method: nobody sees when it is called."""
        for arg in args:
            if arg.how == "attr" and arg.of is not None and arg.name in WRITERS:
                owner, _ = self._values.of(arg.of, frame)
                if owner is MISSING or is_container(owner):
                    return True
            else:
                value, _ = self._values.of(arg, frame)
                if isinstance(value, operator.methodcaller) or (isinstance(value, _C_CALLS) and is_container(value.__self__)):
                    return True
        return False

    def _anything(self, line: int, mode: int = WRITE) -> Pending | None:
        """An access to any object; nothing at all while nobody else is there."""
        return pending_at("call", 0, ANY_PART, mode, line) if len(self._baton.alive) > 1 else None

    def _on(self, thing: Any, frame: FrameType, args: tuple[Origin, ...], line: int) -> Pending | None:
        """A call of C code that belongs to this object."""
        if len(self._baton.alive) < 2:
            return None
        if isinstance(thing, GeneratorType):
            return self._values.advance(thing, line)
        if args and self._values.touched(frame, args, READ, line) is not None:
            return self._anything(line)
        return pending_at("call", self._baton.number(thing), ANY_PART, WRITE, line)

    # methods ---------------------------------------------------------------------------------------------------------------------------

    def _method(self, frame: FrameType, callee: Origin, args: tuple[Origin, ...], line: int) -> Pending | None:
        assert callee.of is not None
        name = callee.name
        thing, sure = self._values.of(callee.of, frame)
        if (type(thing), name) in self._quiet and name not in getattr(thing, "__dict__", ()):
            return None
        if thing is MISSING or is_container(thing):
            mode = WRITE if name in WRITERS else READ if name in READERS else None
            if mode is not None:
                if len(self._baton.alive) > 1:
                    self._within(frame, thing, name, args)
                if name in _COMPARING and thing is not MISSING and nested(thing):
                    return self._anything(line, mode)
                if args and name not in _KEEP_WHAT_THEY_GET and self._values.touched(frame, args, READ, line) is not None:
                    return self._anything(line, mode)
                known = thing is not MISSING and sure
                return pending_at("read" if mode == READ else "write", self._baton.number(thing) if known else 0, ANY_PART, mode, line)
        if thing is MISSING:
            return None if name in self._defined or name in _MODELS_METHODS else self._anything(line)
        if type(thing) is ModuleType:
            return self._function(frame, vars(thing).get(name, MISSING), args, line)
        if type(thing) in SCALARS:
            if name in ("format", "format_map") and any(type(self._values.of(arg, frame)[0]) not in SCALARS for arg in args):
                return self._anything(line, READ)  # a field may name an attribute or an item
            return self._values.touched(frame, args, READ, line, deep=True)
        space = getattr(thing, "__dict__", None)
        if space is not None and name in space:
            return self._function(frame, space[name], args, line)
        if isinstance(thing, type):
            return self._function(frame, in_class_of(thing, name), args, line)
        found = foreign.bare(in_class(type(thing), name))
        if isinstance(found, FunctionType):
            if foreign.own_code(found, self._program):
                return None
            if foreign.modelled(found.__globals__.get("__name__")):
                self._of_the_model(name)
                if type(thing).__module__ in foreign.LASTING:
                    self._quiet.add((type(thing), name))
                return None
            return None if foreign.frozen(thing) and not args else self._anything(line)
        if found is MISSING:
            return None if foreign.frozen(thing) else self._anything(line)
        if foreign.frozen(thing):
            return self._values.touched(frame, args, READ, line) if args else None
        return self._on(thing, frame, args, line)

    def _within(self, frame: FrameType, thing: Any, name: str, args: tuple[Origin, ...]) -> None:
        """Where the program's own code runs in the middle of a container's method: elements that compare themselves, a generator that is drawn."""
        compares = name in _COMPARING and (thing is MISSING or speaks_for_itself(thing))
        draws = name in _DRAWING and any(each is MISSING or isinstance(each, GeneratorType) for each in
                                         (self._values.of(arg, frame)[0] for arg in args if arg.how != "fresh"))
        if compares or draws:
            self._unproven(OWN_CODE_WITHIN)

    def _of_the_model(self, name: str) -> None:
        if name in ("active_count", "enumerate", "activeCount") and len(self._baton.alive) > 1:
            self._unproven("which threads live was read from the table of threads")

    # functions -------------------------------------------------------------------------------------------------------------------------

    def _function(self, frame: FrameType, function: Any, args: tuple[Origin, ...], line: int, to_file: bool = False) -> Pending | None:
        if function is MISSING:
            return pending_at("call", 0, ANY_PART, WRITE, line)
        kept, function = _kept_by(function), foreign.bare(function)
        if not isinstance(function, FunctionType) and any(can_change(each) for each in kept):
            return self._anything(line)
        if isinstance(function, FunctionType):
            return self._python(frame, function, args, line)
        if isinstance(function, type):
            return self._new(frame, function, args, line)
        if isinstance(function, _C_CALLS):
            return self._c(frame, function, args, line, to_file)
        if isinstance(function, (MethodDescriptorType, WrapperDescriptorType)):
            return self._anything(line)
        called = foreign.bare(in_class(type(function), "__call__"))
        if isinstance(called, FunctionType) and foreign.own_code(called, self._program):
            return None
        if type(function).__name__ == "_lru_cache_wrapper":
            self._unproven("a cache of functools was used")
        elif type(function).__name__ in ("ReferenceType", "weakref"):
            self._unproven("whether an object is still alive was asked")
        return self._anything(line, READ if type(function).__module__ == "operator" and type(function).__name__ != "methodcaller" else WRITE)

    def _python(self, frame: FrameType, function: FunctionType, args: tuple[Origin, ...], line: int) -> Pending | None:
        if foreign.own_code(function, self._program):
            return None
        module = function.__globals__.get("__name__")
        if foreign.modelled(module):
            self._of_the_model(function.__name__)
            return None
        if module not in foreign.PURE_MODULES:
            return self._anything(line)
        if all(self._is_light(frame, arg) for arg in args):
            return None
        if len(self._baton.alive) > 1 and function.__name__ not in _ONE_STEP:
            self._unproven(f"{module}.{function.__name__} reads in more steps than are told apart")
        return self._anything(line, WRITE if module in foreign.CHANGING_MODULES else READ)

    def _is_light(self, frame: FrameType, arg: Origin) -> bool:
        """True for an argument that the callee cannot find anything shared in."""
        if arg.how == "fresh":
            return not self._values.reaches(arg, frame)
        value, _ = self._values.of(arg, frame)
        if type(value) in SCALARS or isinstance(value, (FunctionType, MethodType, BuiltinFunctionType, ModuleType, type)):
            return True
        return value is not MISSING and foreign.modelled(type(value).__module__)

    def _new(self, frame: FrameType, cls: type, args: tuple[Origin, ...], line: int) -> Pending | None:
        """A class is called: what it makes is new, but it may read what it is given."""
        if (cls.__module__ == "__main__" and not issubclass(cls, _READ_WHAT_THEY_GET)) or foreign.modelled(cls.__module__):
            return None
        if not args:
            return None
        if cls is str:
            return self._values.told(frame, args, READ, line)
        return self._values.touched(frame, args, READ, line, cls.__name__ in _DEEP)

    def _c(self, frame: FrameType, function: Any, args: tuple[Origin, ...], line: int, to_file: bool) -> Pending | None:
        owner, name = function.__self__, function.__name__
        if is_container(owner):
            reads = name in READERS
            if name in _COMPARING and nested(owner):
                return self._anything(line, READ if reads else WRITE)
            if args and name not in _KEEP_WHAT_THEY_GET and self._values.touched(frame, args, READ, line) is not None:
                return self._anything(line, READ if reads else WRITE)
            return pending_at("read" if reads else "write", self._baton.number(owner), ANY_PART, READ if reads else WRITE, line)
        if owner is builtins or (isinstance(owner, ModuleType) and name in foreign.OUTSIDE_CALLS):
            return self._builtin(frame, name, args, line, to_file)
        if isinstance(owner, ModuleType):
            if name.startswith("set") and owner.__name__ == "sys":
                self._unproven(f"sys.{name} was called")
            return self._of_module(frame, owner, args, line)
        if type(owner).__name__ == "Random":
            return pending_at("call", self._baton.number(owner), ANY_PART, WRITE, line)
        if owner is None or foreign.frozen(owner):
            return self._values.touched(frame, args, WRITE, line, deep=True) if args else None
        return self._on(owner, frame, args, line)

    def _builtin(self, frame: FrameType, name: str, args: tuple[Origin, ...], line: int, to_file: bool) -> Pending | None:
        if name in foreign.OUTSIDE_CALLS:
            self._unproven(foreign.OUTSIDE_CALLS[name])
        if name in _REFLECTIVE:
            return pending_at("call", 0, ANY_PART, WRITE, line)
        if name in ("next", "getattr", "hasattr"):
            if name == "next" and args:
                self._values.advance(self._values.of(args[-1], frame)[0], line)
            return pending_at("call", 0, ANY_PART, WRITE if name == "next" else READ, line)
        if to_file:
            return self._anything(line)
        if name in _TELLING and args:
            return self._values.told(frame, args, READ, line)
        return self._values.touched(frame, args, READ, line, name in _DEEP) if args else None

    def _of_module(self, frame: FrameType, module: ModuleType, args: tuple[Origin, ...], line: int) -> Pending | None:
        """A C function of a module may change the containers it is given, and, unless the module is known to have none, state of its own."""
        given = self._values.touched(frame, args, READ if module.__name__ in ("threading", "_json") else WRITE, line, deep=True) if args else None
        if module.__name__ in foreign.PURE_MODULES:
            return given
        return pending_at("call", 0 if given is not None else self._baton.number(module), ANY_PART, WRITE, line)


def _kept_by(function: Any) -> tuple[Any, ...]:
    """What a partial will give to what it calls."""
    kept: tuple[Any, ...] = ()
    while isinstance(function, functools.partial):
        kept += (*function.args, *function.keywords.values())
        function = function.func
    return kept


def in_class_of(cls: type, name: str) -> Any:
    """What a class itself, or its metaclass, has under that name."""
    found = in_class(cls, name)
    return in_class(type(cls), name) if found is MISSING else found
