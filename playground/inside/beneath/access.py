"""Accesses to what threads share, known before they happen: globals, closures, attributes, items and mutating methods of containers.

For each instruction that may touch something shared there is a recipe, made once per program: it looks at the frame that stands before the
instruction and says which object and which part of it are about to be read or written. Names that are bound only once, before any thread
runs, are not shared state; if one is bound later after all, the execution does not count towards a proof.
"""

from __future__ import annotations

import builtins
import inspect
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.containers import KEYS, READERS, SCALARS, WRITERS, is_container
from playground.inside.beneath.gil import switches_here
from playground.inside.beneath.origin_of_values import Origin, Site, sites
from playground.inside.beneath.points import Recipe
from playground.model.schedule import ANY_PART, PURE, READ, WRITE, Pending

_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
_STORES = frozenset({"STORE_GLOBAL", "STORE_NAME", "DELETE_GLOBAL", "DELETE_NAME"})
_TOP_IS_READ = frozenset({"UNPACK_SEQUENCE", "UNPACK_EX", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE", "FORMAT_SIMPLE", "CONVERT_VALUE",
                          "TO_BOOL", "UNARY_NOT", "GET_LEN", "MATCH_SEQUENCE", "MATCH_MAPPING", "MATCH_KEYS", "FOR_ITER"})
_PURE_MODULES = frozenset({"threading", "_thread", "queue", "time", "math", "operator", "string", "re", "json", "itertools", "functools",
                           "collections",
                           "dataclasses", "typing", "concurrent.futures", "enum", "sys", "os", "builtins", "contextlib", "statistics",
                           "fractions", "decimal", "datetime", "traceback", "heapq", "bisect", "copy", "_heapq", "_bisect", "_json",
                           "_functools", "_operator", "_collections"})
"""Modules whose functions keep no state that the order of calls could change, or that are modelled."""
_REFLECTIVE = frozenset({"setattr", "delattr", "exec", "eval", "globals", "locals", "vars"})
_DEEP = frozenset({"print", "repr", "sorted", "min", "max", "sum", "format", "FORMAT_SIMPLE", "CONVERT_VALUE", "FORMAT_WITH_SPEC", "COMPARE_OP"})
"""Operations that read what lies in the container's elements, too."""
_MISSING = object()


def recipes_for(codes: list[CodeType], granularity: str, baton: Baton) -> dict[int, dict[int, Recipe]]:
    """Recipes by id of code object and offset; empty above the granularity `access`."""
    if granularity in ("sync", "line"):
        return {}
    program = _Program(codes, baton)
    table: dict[int, dict[int, Recipe]] = {}
    for code in codes:
        recipes: dict[int, Recipe] = {}
        for site in sites(code, program.defined):
            recipe = program.recipe(site)
            if granularity == "gil":
                if not switches_here(site.instruction):
                    continue
                recipe = _never_nothing(recipe, site)
            elif granularity == "bytecode" and site.instruction.opname not in ("CACHE", "RESUME", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR"):
                recipe = _never_nothing(recipe, site)
            if recipe is not None:
                recipes[site.instruction.offset] = recipe
        table[id(code)] = recipes
    return table


def _never_nothing(recipe: Recipe | None, site: Site) -> Recipe:
    plain = Pending("instruction", 0, 0, PURE, False, site.line)
    if recipe is None or isinstance(recipe, Pending):
        return recipe or plain
    return lambda frame: recipe(frame) or plain


class _Program:
    """What the whole text says about its names."""

    def __init__(self, codes: list[CodeType], baton: Baton) -> None:
        self._baton = baton
        self._cells = object()
        stores: dict[str, int] = {}
        self._hot_names: set[str] = set()
        self._hot_cells: set[str] = set()
        self._hot_attributes: set[str] = set()
        cell_stores: dict[str, int] = {}
        self._loaded = loads = {site.instruction.argval for code in codes if code.co_name != "<module>" for site in sites(code, frozenset())
                 if site.instruction.opname in _LOADS}
        for code in codes:
            top = code.co_name == "<module>"
            for site in sites(code, frozenset()):
                ins = site.instruction
                if ins.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                    self._hot_names.add(ins.argval)
                elif ins.opname == "STORE_NAME" and top:
                    stores[ins.argval] = stores.get(ins.argval, 0) + 1
                elif ins.opname == "STORE_DEREF":
                    cell_stores[ins.argval] = cell_stores.get(ins.argval, 0) + (2 if ins.argval in code.co_freevars or _loops(code) else 1)
                elif ins.opname in ("STORE_ATTR", "DELETE_ATTR") and not (code.co_name == "__init__" and site.top() == Origin("local", "self")):
                    self._hot_attributes.add(ins.argval)
        if loads & _REFLECTIVE:
            self._hot_names |= stores.keys()
        self._hot_names |= {name for name, count in stores.items() if count > 1 and name in loads}
        self._hot_cells |= {name for name, count in cell_stores.items() if count > 1}
        self.defined = frozenset(code.co_name for code in codes) | frozenset(stores) | frozenset(self._hot_names)

    # recipes, one per kind of instruction ----------------------------------------------------------------------------------------------

    def recipe(self, site: Site) -> Recipe | None:
        """How to tell what this instruction will touch; None if it never touches anything shared."""
        ins, name = site.instruction, site.instruction.opname
        if name in _LOADS:
            return self._name(site, READ) if ins.argval in self._hot_names else None
        if name in _STORES:
            return self._name(site, WRITE)
        if name in ("LOAD_DEREF", "STORE_DEREF", "DELETE_DEREF", "LOAD_FROM_DICT_OR_DEREF"):
            return self._cell(site, READ if name.startswith("LOAD") else WRITE) if ins.argval in self._hot_cells else None
        if name == "LOAD_ATTR":
            return self._attribute(site, READ)
        if name in ("STORE_ATTR", "DELETE_ATTR"):
            return self._attribute(site, WRITE)
        if name == "BINARY_SUBSCR" or (name == "BINARY_OP" and ins.argrepr == "[]"):
            return self._item(site, site.top(2), site.top(), READ)
        if name in ("STORE_SUBSCR", "DELETE_SUBSCR"):
            return self._item(site, site.top(2), site.top(), WRITE)
        if name == "CONTAINS_OP":
            return self._item(site, site.top(), site.top(2), READ)
        if name == "BINARY_SLICE":
            return self._values(site, (site.top(3),), READ)
        if name == "STORE_SLICE":
            return self._values(site, (site.top(3),), WRITE)
        if name == "BINARY_OP":
            return self._values(site, (site.top(2), site.top()), WRITE if "=" in ins.argrepr else READ)
        if name == "COMPARE_OP":
            return self._values(site, (site.top(2), site.top()), READ)
        if name in _TOP_IS_READ:
            top = site.top()
            return self._values(site, top.parts if top.how == "iter" else (top,), READ)
        if name in ("CALL", "CALL_KW"):
            return self._call(site)
        if name == "CALL_FUNCTION_EX":
            return Pending("call", 0, ANY_PART, WRITE, False, site.line)
        return None

    def _name(self, site: Site, mode: int) -> Recipe | None:
        name, line, baton = site.instruction.argval, site.line, self._baton
        settled = name not in self._hot_names
        if settled and name not in self._loaded:
            return None
        kind = "read" if mode == READ else "write"

        def recipe(frame: FrameType) -> Pending | None:
            if settled:
                if len(baton.alive) > 1 and frame.f_locals is frame.f_globals:
                    baton.unproven.add(f"the name {name} was bound while threads ran")
                return None
            return Pending(kind, baton.number(frame.f_globals), baton.part(name), mode, False, line)

        return recipe

    def _cell(self, site: Site, mode: int) -> Recipe:
        name, line, baton = site.instruction.argval, site.line, self._baton
        kind = "read" if mode == READ else "write"
        return lambda frame: Pending(kind, baton.number(self._cells), baton.part(name), mode, False, line)

    def _attribute(self, site: Site, mode: int) -> Recipe:
        owner, name, line, baton = site.top(), site.instruction.argval, site.line, self._baton
        kind = "read" if mode == READ else "write"

        def recipe(frame: FrameType) -> Pending | None:
            thing, sure = self._value(owner, frame)
            if thing is _MISSING:
                return Pending(kind, 0, baton.part(name), mode, False, line)
            space = getattr(thing, "__dict__", None) if type(thing) not in SCALARS and not is_container(thing) else None
            if mode == READ:
                if type(thing) is ModuleType or type(thing) in SCALARS or is_container(thing):
                    return None
                if space is None or name not in space:
                    found = _in_class(type(thing), name)
                    if callable(found) or (hasattr(type(found), "__get__") and type(found).__name__ not in ("member_descriptor",)):
                        return None
                    if found is not _MISSING and type(found).__name__ != "member_descriptor":
                        return Pending(kind, 0, baton.part(name), mode, False, line)
            elif isinstance(thing, (ModuleType, type)) and type(thing) is ModuleType:
                baton.unproven.add(f"an attribute of the module {thing.__name__} was changed")
            return Pending(kind, baton.number(thing) if sure else 0, baton.part(name), mode, False, line)

        return recipe

    def _item(self, site: Site, container: Origin, key: Origin, mode: int) -> Recipe | None:
        if container.how in ("fresh", "tuple"):
            return None
        line, baton = site.line, self._baton
        kind, deletes = ("read" if mode == READ else "write"), site.instruction.opname == "DELETE_SUBSCR"

        def recipe(frame: FrameType) -> Pending | None:
            index, _ = self._value(key, frame)
            part = baton.part(("item", index)) if type(index) in KEYS else ANY_PART
            thing, sure = self._value(container, frame)
            if thing is _MISSING:
                return Pending(kind, 0, ANY_PART, mode, False, line)
            if not is_container(thing):
                return None
            exact = type(thing)
            if exact is dict or (exact is list and type(index) is int and index >= 0 and not deletes):
                return Pending(kind, baton.number(thing) if sure else 0, part, mode, False, line)
            changes = WRITE if exact is not list and exact is not set and hasattr(thing, "__missing__") else mode
            return Pending(kind, baton.number(thing) if sure else 0, ANY_PART, changes, False, line)

        return recipe

    def _values(self, site: Site, operands: tuple[Origin, ...], mode: int) -> Recipe | None:
        """Operations that read whole values: only containers can change meanwhile."""
        operands = _shared(operands)
        if not operands:
            return None
        line, deep = site.line, site.instruction.opname in _DEEP
        return lambda frame: self._touched(frame, operands, mode, line, deep)

    def _touched(self, frame: FrameType, operands: tuple[Origin, ...], mode: int, line: int, deep: bool = False) -> Pending | None:
        kind = "read" if mode == READ else "write"
        found = None
        for operand in operands:
            thing, sure = self._value(operand, frame)
            if thing is _MISSING:
                return Pending(kind, 0, ANY_PART, mode, False, line)
            if is_container(thing):
                if found is not None or not sure or (deep and _nested(thing)):
                    return Pending(kind, 0, ANY_PART, mode, False, line)
                found = thing
        return None if found is None else Pending(kind, self._baton.number(found), ANY_PART, mode, False, line)

    def _call(self, site: Site) -> Recipe | None:
        count = site.instruction.arg or 0
        more = 1 if site.instruction.opname == "CALL_KW" else 0
        callee, args = site.top(count + 2 + more), tuple(site.top(depth) for depth in range(1 + more, count + 1 + more))
        line, baton = site.line, self._baton
        args = _shared(args)
        if callee.how == "exit":
            return None

        def recipe(frame: FrameType) -> Pending | None:
            if callee.how == "attr" and callee.of is not None:
                thing, sure = self._value(callee.of, frame)
                if thing is _MISSING or is_container(thing):
                    mode = WRITE if callee.name in WRITERS else READ if callee.name in READERS else None
                    if mode is not None:
                        known = thing is not _MISSING and sure
                        return Pending("read" if mode == READ else "write", baton.number(thing) if known else 0, ANY_PART, mode, False, line)
                    if thing is _MISSING and callee.name not in self.defined and callee.name in _REFLECTIVE:
                        return Pending("call", 0, ANY_PART, WRITE, False, line)
                    return None
                if type(thing) is ModuleType:
                    return self._module_call(frame, thing, args, line)
                return self._touched(frame, args, READ, line) if type(thing) in SCALARS else None
            function, _ = self._value(callee, frame)
            return self._function(frame, function, args, line)

        return recipe

    def _module_call(self, frame: FrameType, module: ModuleType, args: tuple[Origin, ...], line: int) -> Pending | None:
        """A function of a module may change the containers it is given, and, unless the module is known to have none, state of its own."""
        given = self._touched(frame, args, READ if module.__name__ in ("threading", "json") else WRITE, line) if args else None
        if module.__name__ in _PURE_MODULES:
            return given
        return Pending("call", 0 if given is not None else self._baton.number(module), ANY_PART, WRITE, False, line)

    def _function(self, frame: FrameType, function: object, args: tuple[Origin, ...], line: int) -> Pending | None:
        if isinstance(function, (FunctionType, MethodType)):
            return None
        if function is _MISSING:
            return Pending("call", 0, ANY_PART, WRITE, False, line)
        name = getattr(function, "__name__", "")
        if isinstance(function, type):
            return self._touched(frame, args, READ, line) if args and function.__module__ == "builtins" else None
        if isinstance(function, BuiltinFunctionType):
            owner = function.__self__
            if is_container(owner):
                return Pending("write", self._baton.number(owner), ANY_PART, WRITE, False, line)
            if owner is builtins:
                if name in _REFLECTIVE:
                    return Pending("call", 0, ANY_PART, WRITE, False, line)
                if name == "next" or name in ("getattr", "hasattr"):
                    return Pending("call", 0, ANY_PART, WRITE if name == "next" else READ, False, line)
                return self._touched(frame, args, READ, line, name in _DEEP) if args else None
            if isinstance(owner, ModuleType):
                return self._module_call(frame, owner, args, line)
            if type(owner).__name__ == "Random":
                return Pending("call", self._baton.number(owner), ANY_PART, WRITE, False, line)
            return self._touched(frame, args, WRITE, line) if args else None
        return None

    # values ----------------------------------------------------------------------------------------------------------------------------

    def _value(self, origin: Origin, frame: FrameType) -> tuple[Any, bool]:
        """The value now (_MISSING: cannot be told without running code), and whether it surely still is the one on the stack."""
        how = origin.how
        if how == "local":
            return frame.f_locals.get(origin.name, _MISSING), True
        if how == "const":
            return origin.value, True
        if how == "global":
            in_class_body = frame.f_code.co_name != "<module>" and not frame.f_code.co_flags & inspect.CO_NEWLOCALS
            found = frame.f_locals.get(origin.name, _MISSING) if in_class_body else _MISSING
            if found is _MISSING:
                found = frame.f_globals.get(origin.name, _MISSING)
            if found is _MISSING:
                found = vars(builtins).get(origin.name, _MISSING)
            return found, origin.name not in self._hot_names
        if how == "cell":
            return frame.f_locals.get(origin.name, _MISSING), origin.name not in self._hot_cells
        if how == "attr" and origin.of is not None:
            owner, sure = self._value(origin.of, frame)
            if owner is _MISSING:
                return _MISSING, False
            attributes = getattr(owner, "__dict__", None) if type(owner) not in SCALARS else None
            if attributes is not None and origin.name in attributes:
                return attributes[origin.name], sure and origin.name not in self._hot_attributes
            return _MISSING, False
        if how == "item" and origin.of is not None:
            container, sure = self._value(origin.of, frame)
            key, _ = self._value(origin.parts[0], frame)
            if type(container) in (list, dict, tuple) and type(key) in KEYS:
                try:
                    return container[key], sure and type(container) is tuple
                except (LookupError, TypeError):
                    return _MISSING, False
        return _MISSING, False


def _loops(code: CodeType) -> bool:
    return any(site.instruction.opname == "JUMP_BACKWARD" for site in sites(code, frozenset()))


def _in_class(cls: type, name: str) -> Any:
    for each in cls.__mro__:
        if name in vars(each):
            return vars(each)[name]
    return _MISSING


def _nested(container: Any) -> bool:
    """True if reading the container may mean reading others inside it."""
    values = container.values() if isinstance(container, dict) else container
    return any(is_container(value) or type(value) is tuple for value in values)


def _shared(operands: tuple[Origin, ...]) -> tuple[Origin, ...]:
    """Those operands that another thread may have, too."""
    parts = tuple(part for each in operands for part in (each.parts if each.how in ("tuple", "iter") else (each,)))
    return tuple(each for each in parts if each.how not in ("fresh", "const", "null"))
