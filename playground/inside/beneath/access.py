"""Accesses to what threads share, known before they happen: globals, closures, attributes, items and mutating methods of containers.

For each instruction that may touch something shared there is a recipe, made once per program: it looks at the frame that stands before the
instruction and says which object and which part of it are about to be read or written. Names that are bound only once, before any thread
runs, are not shared state; if one is bound later after all, the execution does not count towards a proof.
"""

from __future__ import annotations

from collections import defaultdict
from types import CodeType, FrameType, FunctionType, GeneratorType, GetSetDescriptorType, ModuleType
from typing import Any

from playground.inside.beneath.around import Around, is_cache, looked_for
from playground.inside.beneath.baton import Baton
from playground.inside.beneath.calls import Calls
from playground.inside.beneath.chance import Chance, Mark
from playground.inside.beneath.containers import EXACT, KEYS, SCALARS, is_container
from playground.inside.beneath.foreign import LASTING, OUTSIDE, library_names, modelled, opaque
from playground.inside.beneath.gil import switches_before
from playground.inside.beneath.origin_of_values import Origin, Site, sites
from playground.inside.beneath.points import Recipe
from playground.inside.beneath.under_gil import UnderGil
from playground.inside.beneath.values import MISSING, OWN_CODE_WITHIN, Values, in_class, shared
from playground.model.schedule import ANY_PART, PURE, READ, WRITE, Pending, pending_at

_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
_STORES = frozenset({"STORE_GLOBAL", "STORE_NAME", "DELETE_GLOBAL", "DELETE_NAME"})
_TOP_IS_READ = frozenset({"UNPACK_SEQUENCE", "UNPACK_EX", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE", "FORMAT_SIMPLE", "CONVERT_VALUE",
                          "TO_BOOL", "UNARY_NOT", "GET_LEN", "MATCH_SEQUENCE", "MATCH_MAPPING", "MATCH_KEYS", "FOR_ITER"})
_SHARES_CELL = frozenset({"LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_CLOSURE"})
"""How an inner function is given a variable of its outer one (whose own code reads it by LOAD_DEREF)."""
_REFLECTIVE = frozenset({"setattr", "delattr", "exec", "eval", "globals", "locals", "vars"})
_DEEP = frozenset({"FORMAT_SIMPLE", "CONVERT_VALUE", "FORMAT_WITH_SPEC", "COMPARE_OP"})
"""Operations that read what lies in the container's elements, too."""
_OF_THE_OBJECT = frozenset({"__class__", "__dict__", "__code__", "__defaults__", "__kwdefaults__", "__closure__", "__bases__", "__globals__"})
"""Attributes that say what an object is."""
_OF_THE_THREAD = frozenset({"name", "daemon", "ident", "native_id", "getName", "setName", "isDaemon", "setDaemon"})
_MADE_OF_WORDS = ("builtins", "collections", "__main__", "enum", "types", "typing", "threading", "queue", "abc", "_thread", "_queue")
"""Where the descriptors come from that keep no state of their own (or whose code is watched)."""


def recipes_for(codes: list[CodeType], granularity: str, baton: Baton) -> dict[int, dict[int, Recipe]]:
    """Recipes by id of code object and offset; empty above the granularity `access`."""
    if granularity in ("sync", "line"):
        return {}
    program = _Program(codes, baton)
    table: dict[int, dict[int, Recipe]] = {}
    for code in codes:
        recipes: dict[int, Recipe] = {}
        last: Site | None = None
        touched = True  # since the last point at `gil`: a second stop with nothing in between shows nothing new
        for site in sites(code, program.defined):
            before, last = last, site
            recipe, mark = program.recipe(site), program.chance.mark(site)
            if recipe is None:
                recipe = program.around.recipe(code, site, before.instruction.opname if before is not None else "")
            if granularity == "gil":
                point = touched and switches_before(site.instruction, before.instruction if before is not None else None)
                touched = not point and touched
                touched |= recipe is not None or site.instruction.is_jump_target or "CALL" in site.instruction.opname
                recipe = program.under_gil.point(before, _never_nothing(recipe, site)) if point else None
                mark = program.under_gil.mark(site, mark)
            elif granularity == "bytecode" and site.instruction.opname not in ("CACHE", "RESUME", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR"):
                recipe = _never_nothing(recipe, site)
            if mark is not None:
                recipe = _marked(mark, recipe)
            if recipe is not None:
                recipes[site.instruction.offset] = recipe
        table[id(code)] = recipes
    return table


def _never_nothing(recipe: Recipe | None, site: Site) -> Recipe:
    plain = pending_at("instruction", 0, 0, PURE, site.line)
    if recipe is None or isinstance(recipe, Pending):
        return recipe or plain
    return lambda frame: recipe(frame) or plain


def _marked(mark: Mark, recipe: Recipe | None) -> Recipe:
    def marked(frame: FrameType) -> Pending | None:
        mark(frame)
        return recipe(frame) if recipe is not None and not isinstance(recipe, Pending) else recipe

    return marked


class _Program:
    """What the whole text says about its names."""

    def __init__(self, codes: list[CodeType], baton: Baton) -> None:
        self._baton = baton
        self._program = codes[0].co_filename
        self._values = Values(baton)
        self._cells = object()
        self._quiet: set[tuple[type, str]] = set()
        """Methods of the model's own objects, which are nobody's to change."""
        stores: dict[str, int] = {}
        cell_stores: dict[str, int] = {}
        self._loaded = loads = {site.instruction.argval for code in codes if code.co_name != "<module>" for site in sites(code, frozenset())
                 if site.instruction.opname in _LOADS}
        for code in codes:
            top = code.co_name == "<module>"
            for site in sites(code, frozenset()):
                ins = site.instruction
                if ins.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                    self._values.hot_names.add(ins.argval)
                elif ins.opname == "STORE_NAME" and top:
                    stores[ins.argval] = stores.get(ins.argval, 0) + 1
                elif ins.opname in ("STORE_DEREF", "DELETE_DEREF"):
                    cell_stores[ins.argval] = cell_stores.get(ins.argval, 0) + (1 if _binds_before_sharing(code, site) else 2)
                elif ins.opname in ("STORE_ATTR", "DELETE_ATTR") and not (code.co_name == "__init__" and site.top() == Origin("local", "self")):
                    self._values.hot_attributes.add(ins.argval)
        if loads & _REFLECTIVE:
            self._values.hot_names |= stores.keys()
        if any({"__main__", "modules"}.intersection(code.co_names) for code in codes):
            self._values.hot_names |= stores.keys() & self._values.hot_attributes
        self._values.hot_names |= {name for name, count in stores.items() if count > 1 and name in loads}
        self._values.hot_cells |= {name for name, count in cell_stores.items() if count > 1}
        self.defined = frozenset(code.co_name for code in codes) | frozenset(stores) | frozenset(self._values.hot_names)
        self._calls = Calls(self._values, self.defined, self._program)
        self.chance = Chance(codes, self._values, self.defined)
        self.around = Around(codes, self._values)
        self.under_gil = UnderGil(self._values, self._program)

    # recipes, one per kind of instruction ----------------------------------------------------------------------------------------------

    def recipe(self, site: Site) -> Recipe | None:
        """How to tell what this instruction will touch; None if it never touches anything shared."""
        ins, name = site.instruction, site.instruction.opname
        if name in _LOADS:
            return self._name(site, READ) if ins.argval in self._values.hot_names else None
        if name in _STORES:
            return self._name(site, WRITE)
        if name in ("LOAD_DEREF", "STORE_DEREF", "DELETE_DEREF", "LOAD_FROM_DICT_OR_DEREF"):
            return self._cell(site, READ if name.startswith("LOAD") else WRITE) if ins.argval in self._values.hot_cells else None
        if name == "LOAD_ATTR":
            return self._attribute(site, READ)
        if name in ("STORE_ATTR", "DELETE_ATTR"):
            return self._attribute(site, WRITE)
        if name == "BINARY_SUBSCR" or (name == "BINARY_OP" and ins.argrepr == "[]"):
            return self._item(site, site.top(2), site.top(), READ)
        if name in ("STORE_SUBSCR", "DELETE_SUBSCR"):
            return self._item(site, site.top(2), site.top(), WRITE)
        if name == "CONTAINS_OP":
            return self._membership(site, site.top(), site.top(2))
        if name == "BINARY_SLICE":
            return self._operands(site, (site.top(3),), READ)
        if name == "STORE_SLICE":
            return self._operands(site, (site.top(3), site.top(4)), WRITE)
        if name == "BINARY_OP":
            return self._operands(site, (site.top(2), site.top()), WRITE if "=" in ins.argrepr else READ)
        if name == "COMPARE_OP":
            return self._operands(site, (site.top(2), site.top()), READ)
        if name in _TOP_IS_READ:
            top = site.top()
            return self._operands(site, top.parts if top.how == "iter" else (top,), READ)
        if name in ("CALL", "CALL_KW"):
            return self._calls.recipe(site)
        if name == "IMPORT_NAME":
            return self._import(ins.argval)
        if name == "LOAD_SUPER_ATTR" and not (ins.arg or 0) & 1:
            return pending_at("read", 0, ANY_PART, READ, site.line)
        if name == "MATCH_CLASS":
            return pending_at("read", 0, ANY_PART, READ, site.line)
        if name == "CALL_FUNCTION_EX":
            return pending_at("call", 0, ANY_PART, WRITE, site.line)
        return None

    def _name(self, site: Site, mode: int) -> Recipe | None:
        name, line, baton = site.instruction.argval, site.line, self._baton
        settled = name not in self._values.hot_names
        if settled and name not in self._loaded:
            return None
        kind = "read" if mode == READ else "write"

        def recipe(frame: FrameType) -> Pending | None:
            if settled:
                if len(baton.alive) > 1 and frame.f_locals is frame.f_globals:
                    baton.unproven.add(f"the name {name} was bound while threads ran")
                return None
            return pending_at(kind, baton.number(frame.f_globals), baton.part(name), mode, line)

        return recipe

    def _import(self, module: str) -> Recipe | None:
        """A module that reaches outside of what is told apart."""
        reach = OUTSIDE.get(module.partition(".")[0])
        if reach is None:
            return None

        def recipe(frame: FrameType) -> None:
            self._baton.unproven.add(reach)

        return recipe

    def _cell(self, site: Site, mode: int) -> Recipe:
        name, line, baton = site.instruction.argval, site.line, self._baton
        kind = "read" if mode == READ else "write"
        return lambda frame: pending_at(kind, baton.number(self._cells), baton.part(name), mode, line)

    def _attribute(self, site: Site, mode: int) -> Recipe:
        owner, name, line, baton = site.top(), site.instruction.argval, site.line, self._baton
        quiet = self._quiet
        kind = "read" if mode == READ else "write"

        def recipe(frame: FrameType) -> Pending | None:
            thing, sure = self._values.of(owner, frame)
            if thing is MISSING:
                return pending_at(kind, 0, baton.part(name), mode, line)
            cls: Any = type(thing)
            if (cls, name) in quiet:
                return None
            plain = cls in SCALARS or cls in EXACT
            space = getattr(thing, "__dict__", None) if not plain else None
            if name in _OF_THE_THREAD and _is_thread(cls):
                return self._of_thread(thing, name, mode, line)
            if (space is None or name in space) and modelled(cls.__module__) and name in library_names(cls):
                baton.unproven.add("an attribute of the library's own was used")
            if cls is ModuleType and vars(thing) is frame.f_globals:
                return pending_at(kind, baton.number(frame.f_globals), baton.part(name), mode, line)
            if mode == READ:
                if cls is ModuleType or plain:
                    return None
                if space is None or name not in space:
                    found = in_class(type(thing), name)
                    if callable(found) or (hasattr(type(found), "__get__") and type(found).__name__ not in ("member_descriptor",)):
                        if space is None and cls.__module__ in LASTING and modelled(cls.__module__):
                            quiet.add((cls, name))
                        if is_cache(found, self._program):
                            return looked_for(self._values, thing, sure, name, line)
                        return self._described(thing, found, line)
                    if found is not MISSING and type(found).__name__ != "member_descriptor":
                        return pending_at(kind, 0, baton.part(name), mode, line)
            elif isinstance(thing, (ModuleType, type)) and type(thing) is ModuleType:
                baton.unproven.add(f"an attribute of the module {thing.__name__} was changed")
            elif name == "args" and isinstance(thing, BaseException):
                baton.unproven.add("what an exception says was changed")
            elif len(baton.alive) > 1 and (name in _OF_THE_OBJECT or (isinstance(thing, type) and callable(in_class(thing, name)))):
                baton.unproven.add(f"what an object is was changed ({name})")
            whose = 0 if not sure or _inherits(thing) else baton.number(thing)
            return pending_at(kind, whose, baton.part(name), mode, line)

        return recipe

    def _of_thread(self, thread: Any, name: str, mode: int, line: int) -> Pending | None:
        """What a thread object tells of itself: its name and kind as they are set, its identity from the moment when it runs."""
        baton = self._baton
        if name in ("name", "daemon"):
            told = mode == WRITE or name in self._values.hot_attributes
            return pending_at("read" if mode == READ else "write", baton.number(thread), baton.part(name), mode, line) if told else None
        if len(baton.alive) > 1 and thread is not baton.current.thread:
            baton.unproven.add(f"a thread was asked by another: {name}")
            return pending_at("read", baton.number(thread), baton.part(name), READ, line)
        return None

    def _described(self, thing: Any, found: Any, line: int) -> Pending | None:
        """An attribute that its class computes."""
        if type(found) is GetSetDescriptorType and found.__name__ != "__class__":
            baton = self._baton
            return pending_at("read", 0 if found.__name__ == "__dict__" else baton.number(thing), ANY_PART, READ, line) if self._matters(
                thing) else None
        if type(found).__module__ not in _MADE_OF_WORDS:
            self._baton.unproven.add(f"code of {type(found).__module__} ran for an attribute")
        return None

    def _matters(self, thing: Any) -> bool:
        return len(self._baton.alive) > 1 and not isinstance(thing, (type, FunctionType, BaseException)) and not modelled(type(thing).__module__)

    def _item(self, site: Site, container: Origin, key: Origin, mode: int) -> Recipe | None:
        if container.how in ("fresh", "tuple"):
            return None
        line, baton = site.line, self._baton
        kind, deletes = ("read" if mode == READ else "write"), site.instruction.opname == "DELETE_SUBSCR"
        stored = shared((site.top(3),)) if site.instruction.opname == "STORE_SUBSCR" else ()

        def recipe(frame: FrameType) -> Pending | None:
            index, _ = self._values.of(key, frame)
            part = baton.part(("item", index)) if type(index) in KEYS else ANY_PART
            thing, sure = self._values.of(container, frame)
            if thing is MISSING:
                return pending_at(kind, 0, ANY_PART, mode, line)
            if not is_container(thing):
                return pending_at(kind, 0, ANY_PART, mode, line) if opaque(thing) and len(baton.alive) > 1 else None
            exact = type(thing)
            if type(index) not in KEYS and stored and self._values.touched(frame, stored, READ, line) is not None:
                return pending_at(kind, 0, ANY_PART, mode, line)  # a slice takes what is in the value
            if _calls_back(thing) and len(baton.alive) > 1:
                baton.unproven.add("code ran for an item that was missing")
            if exact is dict and mode == WRITE and (deletes or type(index) not in KEYS or index not in thing):
                part = ANY_PART  # the order of keys is part of a dict
            if exact is dict or (exact is list and type(index) is int and index >= 0 and not deletes):
                return pending_at(kind, baton.number(thing) if sure else 0, part, mode, line)
            changes = WRITE if exact is not list and exact is not set and hasattr(thing, "__missing__") else mode
            return pending_at(kind, baton.number(thing) if sure else 0, ANY_PART, changes, line)

        return recipe

    def _drawn(self, frame: FrameType, operands: tuple[Origin, ...], line: int) -> Pending | None:
        """`out += numbers()`: a container takes one element after another out of what may be a generator of the program's own."""
        if len(self._baton.alive) > 1 and len(operands) > 1 and is_container(self._values.of(operands[0], frame)[0]):
            given, _ = self._values.of(operands[1], frame)
            if given is MISSING or isinstance(given, GeneratorType):
                self._baton.unproven.add(OWN_CODE_WITHIN)
        return self._values.touched(frame, operands, WRITE, line)

    def _membership(self, site: Site, container: Origin, key: Origin) -> Recipe | None:
        """`key in container`: a mapping is asked for one key; of all else every element may be compared."""
        operands = shared((container, key))
        if not operands:
            return None
        line, baton = site.line, self._baton

        def recipe(frame: FrameType) -> Pending | None:
            thing, sure = self._values.of(container, frame)
            if isinstance(thing, dict):
                index, _ = self._values.of(key, frame)
                part = baton.part(("item", index)) if type(index) in KEYS else ANY_PART
                return pending_at("read", baton.number(thing) if sure else 0, part, READ, line)
            return self._values.touched(frame, operands, READ, line, deep=True)

        return recipe

    def _operands(self, site: Site, operands: tuple[Origin, ...], mode: int) -> Recipe | None:
        """Operations that read whole values: only containers can change meanwhile."""
        operands = shared(operands)
        if not operands:
            return None
        line, name = site.line, site.instruction.opname
        deep = name in _DEEP or site.instruction.argrepr.rstrip("=") == "%"
        if site.instruction.argrepr in ("+=", "|="):
            return lambda frame: self._drawn(frame, operands, line)
        if deep and name != "COMPARE_OP":
            return lambda frame: self._values.told(frame, operands, mode, line)
        return lambda frame: self._values.touched(frame, operands, mode, line, deep)


def _is_thread(cls: type) -> bool:
    return any(each.__name__ == "Thread" and each.__module__ == "threading" for each in cls.__mro__)


def _inherits(thing: Any) -> bool:
    """True for a class that has another of the program's above it: an attribute may be either's."""
    return isinstance(thing, type) and sum(each.__module__ == "__main__" for each in thing.__mro__) > 1


def _calls_back(container: Any) -> bool:
    """True for a container that runs Python code where a key is missing."""
    if type(container) is defaultdict:
        return container.default_factory is not None and not isinstance(container.default_factory, type)
    return isinstance(container, dict) and isinstance(in_class(type(container), "__missing__"), FunctionType)


def _binds_before_sharing(code: CodeType, site: Site) -> bool:
    """True for the one binding of a local variable that comes before any inner function could have it."""
    name = site.instruction.argval
    if name in code.co_freevars or name in code.co_varnames or site.instruction.opname != "STORE_DEREF" or _loops(code):
        return False
    return not any(other.instruction.argval == name for other in sites(code, frozenset())
                   if other.instruction.opname in _SHARES_CELL and other.instruction.offset < site.instruction.offset)


def _loops(code: CodeType) -> bool:
    return any(site.instruction.opname == "JUMP_BACKWARD" for site in sites(code, frozenset()))
