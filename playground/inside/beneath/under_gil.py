"""What the table of switch points cannot know from the text alone: which calls return from Python, and which operators run the library's Python code.

CPython checks for a request to give up the GIL after a call in C and on entering a function of Python, not on returning from one. So after a call of
the program's own function there is no point; its entry was one. An operator of a class that the library writes in Python (`Fraction`, `Path`, `Flag`)
checks on entering that code: nobody stops there, so nothing is settled about a failure where one ran.
"""

from __future__ import annotations

from functools import cache
from types import FrameType, FunctionType, MethodType
from typing import Any

from playground.inside.beneath.chance import Mark
from playground.inside.beneath.foreign import own_code
from playground.inside.beneath.origin_of_values import Site
from playground.inside.beneath.points import Recipe
from playground.inside.beneath.values import Values
from playground.model.schedule import Pending

_OPERATORS = {"BINARY_OP": 2, "COMPARE_OP": 2, "CONTAINS_OP": 2, "BINARY_SUBSCR": 2, "STORE_SUBSCR": 3, "DELETE_SUBSCR": 2, "UNARY_NEGATIVE": 1,
              "UNARY_NOT": 1, "TO_BOOL": 1, "GET_ITER": 1, "FORMAT_SIMPLE": 1, "CONVERT_VALUE": 1}
"""Instructions that may run Python code of their operands' classes, and how many operands they have."""
_NO_OPERATORS = frozenset({"__init__", "__new__", "__init_subclass__", "__class_getitem__", "__repr__", "__reduce__", "__reduce_ex__", "__enter__",
                           "__exit__", "__del__", "__copy__", "__deepcopy__", "__getstate__", "__setstate__", "__dir__", "__call__", "__sizeof__"})
_OURS = ("builtins", "__main__", "_thread", "_queue")


class UnderGil:
    """Makes what is asked at run time, at the granularity `gil`."""

    def __init__(self, values: Values, program: str) -> None:
        self._values = values
        self._program = program

    def point(self, before: Site | None, recipe: Recipe) -> Recipe:
        """A point that is none where the instruction before it returned from the program's own function."""
        if before is None or before.instruction.opname not in ("CALL", "CALL_KW"):
            return recipe
        callee = before.top((before.instruction.arg or 0) + 2 + (before.instruction.opname == "CALL_KW"))

        def checked(frame: FrameType) -> Pending | None:
            if self._is_own(callee, frame):
                return None
            return recipe(frame) if not isinstance(recipe, Pending) else recipe

        return checked

    def mark(self, site: Site, other: Mark | None) -> Mark | None:
        """Tells that nothing is settled, where an operator runs the library's Python code; `other` is told beside it."""
        count = _OPERATORS.get(site.instruction.opname)
        if count is None:
            return other
        operands = [site.top(depth) for depth in range(1, count + 1)]

        def marked(frame: FrameType) -> None:
            if other is not None:
                other(frame)
            classes: list[Any] = [type(self._values.of(each, frame)[0]) for each in operands if each.how not in ("const", "fresh", "null")]
            if any(map(_runs_python, classes)):
                self._values.baton.unproven.add("Python code of the library runs inside an operator")

        return marked

    def _is_own(self, callee: Any, frame: FrameType) -> bool:
        value = self._values.called(callee, frame)
        if isinstance(value, (MethodType, staticmethod, classmethod)):
            value = value.__func__
        return isinstance(value, FunctionType) and own_code(value, self._program)


@cache
def _runs_python(cls: Any) -> bool:
    """True for a class of the library with an operator in Python."""
    return any(isinstance(value, FunctionType) and name.startswith("__") and name not in _NO_OPERATORS
               for each in cls.__mro__ if each.__module__ not in _OURS for name, value in vars(each).items())
