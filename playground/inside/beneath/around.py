"""What happens around the program's own code that other threads can see: a generator that is entered, a cached property that keeps its value.

Both are done by code that is not watched, before or after instructions that are. Between the entry of a generator and its yield nobody else may drive
it; between a cached property's look for a value and its keeping one, another thread may compute one of its own.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable
from types import CodeType, FrameType, FunctionType
from typing import Any

from playground.inside.beneath.origin_of_values import Site
from playground.inside.beneath.points import Recipe
from playground.inside.beneath.values import Values
from playground.model.schedule import READ, WRITE, Pending, pending_at

_CACHES: CodeType = functools.cached_property.__get__.__code__
_RETURNS = frozenset({"RETURN_VALUE", "RETURN_CONST"})


def is_cache(descriptor: object, program: str) -> bool:
    """True for a cached property whose value the program's own code computes."""
    return (type(descriptor) is functools.cached_property and isinstance(descriptor.func, FunctionType)
            and descriptor.func.__code__.co_filename == program)


def looked_for(values: Values, thing: Any, sure: bool, name: str, line: int) -> Pending:
    """The property looks whether it has kept a value."""
    return pending_at("read", values.baton.number(thing) if sure else 0, values.baton.part(name), READ, line)


class Around:
    """Makes recipes for the instructions of one program that stand next to such a moment."""

    def __init__(self, codes: Iterable[CodeType], values: Values) -> None:
        self._values = values
        self._caches = any("cached_property" in code.co_names for code in codes)

    def recipe(self, code: CodeType, site: Site, before: str) -> Recipe | None:
        """`before` is the instruction before this one."""
        if before == "RESUME" and code.co_flags & inspect.CO_GENERATOR:
            return lambda frame: self._values.entered(frame, site.line)
        if self._caches and site.instruction.opname in _RETURNS and code.co_argcount == 1:
            return lambda frame: self._kept(frame, site.line)
        return None

    def _kept(self, frame: FrameType, line: int) -> Pending | None:
        caller, baton = frame.f_back, self._values.baton
        if caller is None or caller.f_code is not _CACHES:
            return None
        given = caller.f_locals
        return pending_at("write", baton.number(given["instance"]), baton.part(given["self"].attrname), WRITE, line)
