"""Where the values on the stack come from: a small abstract interpretation of bytecode, one basic block at a time.

A monitoring callback sees the instruction but not its operands. Most operands are plain to read from the code, though: a local name, a
global, a constant, an attribute of one of these. Where the origin cannot be told it is UNKNOWN, and the access counts as touching any object.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import NamedTuple


class Origin(NamedTuple):
    """How a value came onto the stack: `how` is unknown, fresh (made by this thread just now, or immutable), null, exit (a context
    manager's), local, global, cell, const, attr (of `of`, by `name`), item, tuple (of `parts`), iter (over `parts`), within (any element of `of`).

    `held` is what lies in a new container: nobody else has the container, but others may have what is in it.
    """

    how: str
    name: str = ""
    of: Origin | None = None
    value: object = None
    parts: tuple[Origin, ...] = ()
    held: tuple[Origin, ...] = ()


UNKNOWN, FRESH, NULL, EXIT = Origin("unknown"), Origin("fresh"), Origin("null"), Origin("exit")
FUNCTION = Origin("fresh", "function")
"""A function that was made just now (`lambda`, a generator expression): nobody else has it, but it is the program's own code."""
SET = Origin("fresh", "set")
"""New, and a set; what an operator makes of its two `parts` is one if they are."""
FRESH_CALLS = frozenset({"range", "len", "str", "int", "float", "bool", "abs", "repr", "round", "id", "hash", "isinstance", "issubclass", "list",
                         "dict",
                         "set", "frozenset", "tuple", "sorted", "bytes", "bytearray", "ord", "chr", "divmod", "print", "callable", "complex",
                         "format"})
"""Built-in functions whose result nobody else has, unless the program gives the name another meaning."""
_HOLDING_CALLS = frozenset({"list", "dict", "set", "frozenset", "tuple", "sorted"})
"""Those whose result holds the elements of what they are given."""
_MERGING = frozenset({"+", "*", "|", "&", "^", "-"})
"""Operators whose result may hold elements of both sides."""
_NUMBERS_AND_TEXT = (int, float, complex, str, bytes)
ITERATING_CALLS = frozenset({"enumerate", "reversed", "iter", "zip"})
SCALAR_METHODS = frozenset({"empty", "full", "is_set", "acquire", "locked", "is_alive", "qsize", "monotonic", "time", "perf_counter", "lower",
                            "upper",
                            "strip", "split", "join", "format", "startswith", "endswith", "append", "add", "start", "release", "put", "notify",
                            "notify_all", "set", "clear", "randint", "sleep"})
"""Methods whose result is a number, a text, None or new, unless the program defines a function of that name."""
VIEWS = frozenset({"keys", "values", "items"})
SET_OPERATORS = frozenset({"|", "&", "^", "-"})
_FRESH_OPS = frozenset({"BUILD_LIST", "BUILD_SET", "BUILD_MAP", "BUILD_STRING", "BUILD_SLICE", "BUILD_CONST_KEY_MAP",
                        "FORMAT_SIMPLE",
                        "FORMAT_WITH_SPEC", "CONVERT_VALUE", "COMPARE_OP", "CONTAINS_OP", "IS_OP", "UNARY_NOT", "TO_BOOL", "LOAD_BUILD_CLASS",
                        "LOAD_ASSERTION_ERROR", "LOAD_COMMON_CONSTANT", "IMPORT_NAME", "IMPORT_FROM", "BUILD_INTERPOLATION", "BUILD_TEMPLATE"})
_EMPTY = frozenset({"BUILD_LIST", "BUILD_SET", "BUILD_MAP"})
_MOST_HELD = 50
_HOLDERS = frozenset({"BUILD_LIST", "BUILD_SET", "BUILD_MAP", "BUILD_CONST_KEY_MAP"})
_KEEPS_STACK = frozenset({"RESUME", "NOP", "CACHE", "PRECALL", "COPY_FREE_VARS", "MAKE_CELL", "EXTENDED_ARG", "JUMP_BACKWARD", "JUMP_FORWARD",
                          "SETUP_ANNOTATIONS",
                          "NOT_TAKEN"})
_NO_WAY_ON = frozenset({"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"})


@dataclass(frozen=True, slots=True)
class Site:
    """One instruction with its operands' origins, topmost last."""

    instruction: dis.Instruction
    line: int
    stack: tuple[Origin, ...]

    def top(self, depth: int = 1) -> Origin:
        """The operand that many places below the top of the stack, 1 for the top itself."""
        return self.stack[-depth] if len(self.stack) >= depth else UNKNOWN


@lru_cache(maxsize=512)
def sites(code: CodeType, defined: frozenset[str]) -> tuple[Site, ...]:
    """Every instruction of a code object; `defined` are the function and global names that the program itself gives a meaning."""
    return tuple(_sites(code, defined))


def _sites(code: CodeType, defined: frozenset[str]) -> Iterator[Site]:
    instructions, handlers = _listing(code)
    arriving: dict[int, list[Origin]] = {}
    stack: list[Origin] = []
    alive = True
    line = code.co_firstlineno
    for place, instruction in enumerate(instructions):
        offset = instruction.offset
        if offset in handlers:
            stack = []
        elif offset in arriving:
            stack = _merged(stack, arriving[offset]) if alive else arriving[offset]
        elif not alive:
            stack = []
        line = instruction.line_number or line
        yield Site(instruction, line, tuple(stack[-12:]))
        _step(instruction, stack, defined)
        if instruction.opname == "GET_ITER":
            _rebound(stack, *_stored_after(instructions, place))
        if instruction.opname in _EMPTY and not instruction.arg and instructions[place + 1].opname == "SWAP":
            stack[-1] = stack[-1]._replace(held=(UNKNOWN,))  # a comprehension's: what its loop puts in is not followed
        alive = instruction.opname not in _NO_WAY_ON
        target = instruction.jump_target
        if target is not None and target > offset:
            arriving[target] = _merged(list(stack), arriving[target]) if target in arriving else list(stack)


def _stored_after(instructions: tuple[dis.Instruction, ...], place: int) -> set[str]:
    """Local names that are bound in what follows, perhaps in the loop over what was just looked up."""
    stored: set[str] = set()
    for each in instructions[place + 1 :]:
        if each.opname in ("STORE_FAST", "DELETE_FAST", "STORE_FAST_MAYBE_NULL"):
            stored.add(each.argval)
        elif each.opname == "STORE_FAST_STORE_FAST":
            stored.update(each.argval)
        elif each.opname == "STORE_FAST_LOAD_FAST":
            stored.add(each.argval[0])
    return stored


@lru_cache(maxsize=256)
def _listing(code: CodeType) -> tuple[tuple[dis.Instruction, ...], frozenset[int]]:
    """The instructions, and the offsets at which exception handlers begin; a program's code is walked several times, and `dis` is slow."""
    handlers = frozenset(entry.target for entry in dis._parse_exception_table(code))  # type: ignore[attr-defined]
    return tuple(dis.get_instructions(code)), handlers


def _merged(one: list[Origin], other: list[Origin]) -> list[Origin]:
    """What is known of the stack where two ways meet."""
    depth = min(len(one), len(other))
    return [a if a == b else UNKNOWN for a, b in zip(one[len(one) - depth :], other[len(other) - depth :], strict=True)]


def _step(ins: dis.Instruction, stack: list[Origin], defined: frozenset[str]) -> None:
    """Do to the stack of origins what the instruction does to the stack of values."""
    name, arg = ins.opname, ins.arg or 0

    def pop() -> Origin:
        return stack.pop() if stack else UNKNOWN

    def drop(count: int) -> list[Origin]:
        return [pop() for _ in range(count)][::-1]

    if name in _KEEPS_STACK:
        return
    if name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_AND_CLEAR", "LOAD_FAST_BORROW"):
        stack.append(Origin("local", ins.argval))
    elif name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
        stack.extend(Origin("local", each) for each in ins.argval)
    elif name == "STORE_FAST_LOAD_FAST":
        pop()
        _rebound(stack, ins.argval[0])
        stack.append(Origin("local", ins.argval[1]))
    elif name in ("STORE_FAST", "DELETE_FAST"):
        if name == "STORE_FAST":
            pop()
        _rebound(stack, ins.argval)
    elif name in ("STORE_GLOBAL", "STORE_NAME", "STORE_DEREF", "POP_TOP", "POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE", "POP_JUMP_IF_NONE",
                  "POP_JUMP_IF_NOT_NONE", "POP_ITER", "END_FOR"):
        pop()
    elif name == "STORE_FAST_STORE_FAST":
        drop(2)
        _rebound(stack, *ins.argval)
    elif name in ("LOAD_CONST", "RETURN_CONST", "LOAD_SMALL_INT"):
        stack.append(Origin("const", value=ins.argval))
    elif name == "LOAD_GLOBAL":
        stack.append(Origin("global", ins.argval))
        if arg & 1:
            stack.append(NULL)
    elif name == "LOAD_NAME":
        stack.append(Origin("global", ins.argval))
    elif name == "LOAD_DEREF":
        stack.append(Origin("cell", ins.argval))
    elif name == "PUSH_NULL":
        stack.append(NULL)
    elif name == "LOAD_ATTR":
        owner = pop()
        stack.append(Origin("attr", ins.argval, owner))
        if arg & 1:
            stack.append(owner)
    elif name == "STORE_ATTR":
        drop(2)
    elif name == "DELETE_ATTR":
        pop()
    elif name == "BINARY_SUBSCR" or (name == "BINARY_OP" and ins.argrepr == "[]"):
        container, key = drop(2)
        stack.append(Origin("item", of=container, parts=(key,)))
    elif name in ("STORE_SUBSCR",):
        drop(3)
    elif name == "DELETE_SUBSCR":
        drop(2)
    elif name == "BINARY_OP":
        left, right = drop(2)
        scalar = left.how in ("const", "fresh") or right.how in ("const", "fresh")
        operator = ins.argrepr.rstrip("=")
        made = SET._replace(parts=(left, right)) if operator in SET_OPERATORS else FRESH
        stack.append(made._replace(held=_merged_by(operator, left, right)) if scalar or "=" not in ins.argrepr else left)
    elif name == "BINARY_SLICE":
        stack.append(FRESH._replace(held=(within(drop(3)[0]),)))
    elif name == "COPY":
        stack.append(stack[-arg] if len(stack) >= arg else UNKNOWN)
    elif name == "SWAP":
        while len(stack) < arg:
            stack.insert(0, UNKNOWN)
        stack[-1], stack[-arg] = stack[-arg], stack[-1]
    elif name == "BUILD_TUPLE":
        stack.append(Origin("tuple", parts=tuple(drop(arg))))
    elif name == "GET_ITER":
        source = pop()
        stack.append(source if source.how == "iter" else Origin("iter", parts=(source,)))
    elif name == "BEFORE_WITH":
        stack.extend((Origin("exit", of=pop()), UNKNOWN))
    elif name == "LOAD_SPECIAL":
        pop()
        stack.extend((EXIT, UNKNOWN))
    elif name == "FOR_ITER":
        stack.append(UNKNOWN)
    elif name in ("CALL", "CALL_KW"):
        args = drop(arg + (name == "CALL_KW"))
        pop()
        stack.append(_result(pop(), args, defined))
    elif name in ("LIST_APPEND", "SET_ADD", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE"):
        added = pop()
        _put_in(stack, arg, added if name in ("LIST_APPEND", "SET_ADD") else within(added))
    elif name == "MAP_ADD":
        _put_in(stack, arg, *drop(2))
    elif name == "UNPACK_SEQUENCE":
        source = pop()
        stack.extend(reversed(source.parts) if source.how == "tuple" and len(source.parts) == arg else [UNKNOWN] * arg)
    elif name == "MAKE_FUNCTION":
        pop()
        stack.append(FUNCTION)
    elif name == "SET_FUNCTION_ATTRIBUTE":
        pop()
        pop()
        stack.append(FUNCTION)
    elif name in _FRESH_OPS:
        taken = drop(_popped(ins))
        stack.append((SET if name == "BUILD_SET" else FRESH)._replace(held=tuple(taken) if name in _HOLDERS else ()))
    else:
        stack.clear()


def _rebound(stack: list[Origin], *names: str) -> None:
    """Local names got new values: what is on the stack under them can be found there no more."""
    for at, origin in enumerate(stack):
        if any(_mentions(origin, name) for name in names):
            stack[at] = UNKNOWN


def _mentions(origin: Origin, name: str) -> bool:
    """True if the local variable is needed to find the value again."""
    if origin.how == "local" and origin.name == name:
        return True
    return (origin.of is not None and _mentions(origin.of, name)) or any(_mentions(each, name) for each in (*origin.parts, *origin.held))


def within(container: Origin) -> Origin:
    """Any element of it."""
    return Origin("within", of=container)


def _merged_by(operator: str, left: Origin, right: Origin) -> tuple[Origin, ...]:
    """What may lie in the result: nothing if it can only be a number or a text."""
    if operator not in _MERGING or (operator != "*" and any(type(each.value) in _NUMBERS_AND_TEXT for each in (left, right))):
        return ()
    return within(left), within(right)


def _put_in(stack: list[Origin], depth: int, *added: Origin) -> None:
    """Something more lies in the new container at that depth."""
    if 0 < depth <= len(stack) and stack[-depth].how == "fresh":
        stack[-depth] = stack[-depth]._replace(held=(*stack[-depth].held[-_MOST_HELD:], *added))


def _popped(ins: dis.Instruction) -> int:
    return 1 - dis.stack_effect(ins.opcode, ins.arg if ins.opcode >= dis.HAVE_ARGUMENT else None)


def _result(callee: Origin, args: list[Origin], defined: frozenset[str]) -> Origin:
    """Where the result of a call comes from."""
    if callee.name in defined:
        return UNKNOWN
    if callee.how == "global" and callee.name in FRESH_CALLS:
        made = SET if callee.name in ("set", "frozenset") else FRESH
        return made._replace(held=tuple(map(within, args))) if callee.name in _HOLDING_CALLS else made
    if callee.how == "global" and callee.name in ITERATING_CALLS:
        return Origin("iter", parts=tuple(args))
    if callee.how == "attr" and callee.name in VIEWS and callee.of is not None:
        return Origin("iter", parts=(callee.of,))
    if callee.how == "attr" and callee.name in SCALAR_METHODS:
        return FRESH
    return UNKNOWN
