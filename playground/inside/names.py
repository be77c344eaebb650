"""What the learner calls a thing: the assignment target at the very call that created it.

The exact call is found by its position (CPython keeps line and column of each instruction), so two locks made on one line have two names.
`chopstick = [Lock() for _ in range(3)]` gives `chopstick[0]`, `self.lock = Lock()` in `Account.__init__` gives `a.lock` where the account was
assigned to `a`, with the detail `Account.lock`.
"""

from __future__ import annotations

import ast
import dis
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Protocol

from playground.inside import real

__builtins__ = real.builtins

type Span = tuple[int, int, int, int]

_MOST_OUTER = 3
_FACTORY = "__dataclass_dflt_"
_name_of = type.__dict__["__name__"].__get__


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call's result goes: `chopstick`, numbered in a comprehension or loop; `lock` as an attribute of `self` in class Account."""

    name: str
    attribute: str = ""
    owner: str = ""
    numbered: bool = False
    keyed: str = ""
    """The name of the variable that is the subscript in `locks[name] = Lock()`."""


class Owner(Protocol):
    """Who knows the visitor's code."""

    def mine(self, frame: FrameType) -> bool:
        """Whether that frame runs it."""


class Names:
    """Names for what the visitor's code creates, from the program's text."""

    def __init__(self, recorder: Owner, tree: ast.Module | None) -> None:
        self.recorder = recorder
        self._targets: dict[Span, Target] = {}
        self._spans: dict[tuple[int, int], tuple[CodeType, Span]] = {}
        self._numbers: dict[tuple[Span, str], tuple[object, int, int]] = {}
        self._taken: dict[str, int] = {}
        if tree is not None:
            _collect(tree, self._targets)

    def of(self, frame: FrameType | None, fallback: str) -> tuple[str, str, int]:
        """Name, detail and line of what is being created beneath this frame."""
        frame = self._visitors(frame)
        if frame is None:
            return self._unique(fallback, always=True), "", 0
        line = frame.f_lineno or 0
        name, detail = self._name(frame, _MOST_OUTER)
        if not name:
            return self._unique(detail or fallback, always=not detail), "", line
        return self._unique(name), detail, line

    def _visitors(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and not self.recorder.mine(frame):
            frame = frame.f_back
        return frame

    def _name(self, frame: FrameType, outer: int, made: int = 0) -> tuple[str, str]:
        span = self._span(frame)
        target = self._targets.get(span)
        if target is None:
            # a subclass's __init__ calling super().__init__(): the thing is named where the subclass was called
            back = self._visitors(frame.f_back)
            if frame.f_code.co_name == "__init__" and back is not None and outer:
                whole = frame.f_locals.get("self")
                holder, detail = self._name(back, outer - 1, id(whole))
                field, owner = _factory_field(frame), _name_of(type(whole))
                return (f"{holder or owner}.{field}", f"{owner}.{field}") if field else (holder, detail)
            return "", ""
        if target.attribute:
            return self._attribute(frame, target, outer, made)
        if target.keyed:
            key = frame.f_locals.get(target.keyed)
            if type(key) in (str, int) and len(str(key)) < 40:
                return f"{target.name}[{key!r}]", ""
            return self._numbered(frame, span, target.name, made), ""
        if target.numbered:
            return self._numbered(frame, span, target.name, made), ""
        return target.name, target.owner

    def _attribute(self, frame: FrameType, target: Target, outer: int, made: int) -> tuple[str, str]:
        detail = f"{target.owner}.{target.attribute}" if target.owner else ""
        back = self._visitors(frame.f_back)
        holder = target.name
        if target.name == "self" and frame.f_code.co_name == "__init__" and back is not None and outer:
            holder = self._name(back, outer - 1, id(frame.f_locals.get("self")))[0]
        if not holder or holder == "self":
            holder = target.owner or holder
        attribute = self._numbered(frame, self._span(frame), target.attribute, made) if target.numbered else target.attribute
        return f"{holder}.{attribute}", detail

    def _span(self, frame: FrameType) -> Span:
        code, at = frame.f_code, frame.f_lasti
        found = self._spans.get((id(code), at))
        if found is None:
            where = next((p for n, p in enumerate(code.co_positions()) if n == at // 2), (None, None, None, None))
            first, last, left, right = where
            found = self._spans[id(code), at] = (code, (first or 0, last or 0, left or 0, right or 0))
        return found[1]

    def _numbered(self, frame: FrameType, span: Span, name: str, made: int) -> str:
        """The next number at that place; a new call of the function starts again from 0. `made` is the id of an object that is just being made
        there: two locks made within it are of one number."""
        key, place = _call(frame), (span, name)
        last_key, last, last_made = self._numbers.get(place, (None, -1, 0))
        number = last + (not made or made != last_made) if last_key is key else 0
        self._numbers[place] = (key, number, made)
        return f"{name}[{number}]"

    def _unique(self, name: str, *, always: bool = False) -> str:
        """A second thing of the same name is `lock (2)`; things without a name are numbered from 1."""
        count = self._taken.get(name, 0) + 1
        self._taken[name] = count
        if always:
            return f"{name}-{count}"
        return name if count == 1 else f"{name} ({count})"


def _call(frame: FrameType) -> object:
    """What tells this call from every other: a mark on the frame. Its address would not do, the next call may have the same."""
    if frame.f_trace is None:
        frame.f_trace = lambda *_: None
    return frame.f_trace


def _factory_field(frame: FrameType) -> str:
    """The field that a dataclass's own `__init__` is just making by its default_factory, which is loaded under a name made from the field's."""
    if frame.f_code.co_filename != "<string>":
        return ""
    loaded = [each.argval for each in dis.get_instructions(frame.f_code) if each.offset <= frame.f_lasti and each.opname.startswith("LOAD_")]
    name = next((each for each in reversed(loaded) if type(each) is str and each.startswith(_FACTORY)), "")
    return name.removeprefix(_FACTORY).removesuffix("__")


def _collect(tree: ast.Module, targets: dict[Span, Target]) -> None:
    """Every call in the program that has a name to go by; iterative, because programs may nest deeply."""
    waiting: list[tuple[ast.AST, str, bool]] = [(tree, "", False)]
    while waiting:
        node, owner, loop = waiting.pop()
        if isinstance(node, ast.ClassDef):
            _class_attributes(node, targets)
        match node:
            case ast.Assign(targets=[target], value=value):
                _assign(target, value, owner, loop, targets)
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value) if value is not None:
                _assign(target, value, owner, loop, targets)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                _assign(target, value, owner, loop, targets)
            case ast.keyword(arg=str() as name, value=ast.Call() as value):
                targets.setdefault(_span_of(value), Target(name))
            case ast.Call(func=ast.Attribute(value=holder, attr="append" | "add" | "put"), args=[ast.Call() as value]):
                _holder(holder, value, owner, targets)
            case _:
                pass
        inner_owner = node.name if isinstance(node, ast.ClassDef) else owner
        inner_loop = loop or isinstance(node, (ast.For, ast.While))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            inner_loop = False
        waiting += [(child, inner_owner, inner_loop) for child in ast.iter_child_nodes(node)]


def _class_attributes(node: ast.ClassDef, targets: dict[Span, Target]) -> None:
    """`class Account: common = Lock()` is `Account.common`; a `field(default_factory=Lock)` is made in an __init__ that has no text."""
    for statement in node.body:
        match statement:
            case (ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value)
                  | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as value)):
                targets[_span_of(value)] = Target(f"{node.name}.{name}")
            case _:
                pass


def _holder(holder: ast.expr, value: ast.Call, owner: str, targets: dict[Span, Target]) -> None:
    match holder:
        case ast.Name(id=name):
            targets.setdefault(_span_of(value), Target(name, numbered=True))
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            targets.setdefault(_span_of(value), Target(name, attribute, owner if name == "self" else "", numbered=True))
        case _:
            pass


def _assign(target: ast.expr, value: ast.expr, owner: str, loop: bool, targets: dict[Span, Target]) -> None:
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for each, part in zip(target.elts, value.elts, strict=False):
            _assign(each, part, owner, loop, targets)
        return
    base = _target(target, owner)
    if base is None:
        return
    match value:
        case ast.Call():
            targets.setdefault(_span_of(value), base)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for number, part in enumerate(parts):
                if isinstance(part, ast.Call):
                    targets[_span_of(part)] = _at(base, str(number))
        case ast.Dict(keys=keys, values=parts):
            for key, part in zip(keys, parts, strict=True):
                if isinstance(part, ast.Call) and isinstance(key, ast.Constant):
                    targets[_span_of(part)] = _at(base, repr(key.value)[:40])
        case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
            _comprehension(base, part, targets)
        case ast.DictComp(key=key, value=ast.Call() as part):
            keyed = key.id if isinstance(key, ast.Name) and not base.attribute else ""
            targets[_span_of(part)] = Target(base.name, base.attribute, base.owner, numbered=not keyed, keyed=keyed)
        case ast.BoolOp(values=parts):
            for part in parts:
                if isinstance(part, ast.Call):
                    targets[_span_of(part)] = base
        case ast.IfExp(body=first, orelse=second):
            for part in (first, second):
                if isinstance(part, ast.Call):
                    targets[_span_of(part)] = base
        case _:
            pass


def _comprehension(base: Target, part: ast.expr, targets: dict[Span, Target]) -> None:
    for each in [part, *(part.elts if isinstance(part, ast.Tuple) else ())]:
        if isinstance(each, ast.Call):
            targets[_span_of(each)] = Target(base.name, base.attribute, base.owner, numbered=True)


def _target(target: ast.expr, owner: str) -> Target | None:
    match target:
        case ast.Name(id=name):
            return Target(name)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return Target(name, attribute, owner if name in ("self", "cls") else "")
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=value)):
            return Target(f"{name}[{repr(value)[:40]}]")
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=key)):
            return Target(name, keyed=key)
        case ast.Subscript(value=ast.Name(id=name)):
            return Target(name, numbered=True)
        case _:
            return None


def _at(base: Target, index: str) -> Target:
    if base.attribute:
        return Target(base.name, f"{base.attribute}[{index}]", base.owner)
    return Target(f"{base.name}[{index}]")


def _span_of(node: ast.expr) -> Span:
    return (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0)
