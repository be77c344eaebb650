"""`Did you mean: 'lock'?`: what CPython's traceback adds to a name that does not exist (Lib/traceback.py: _compute_suggestion_error).

CPython asks `dir` and `hasattr`, which may run the program's code; here the names are read from the dictionaries themselves, and a class
with a `__dir__` of its own gets no suggestion.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from types import FrameType, GetSetDescriptorType, ModuleType

from playground.inside import real

__builtins__ = real.builtins

_bases_of = type.__dict__["__mro__"].__get__
_names_in = type.__dict__["__dict__"].__get__
_trace_of = BaseException.__dict__["__traceback__"].__get__
_LOCALS = (dict, type((lambda: sys._getframe().f_locals)()))
_DIRS = tuple(_names_in(each)["__dir__"] for each in (object, type, ModuleType))

try:
    _closest: Callable[[list[str], str], str | None] = import_module("_suggestions")._generate_suggestions
except ImportError:
    _closest = lambda _names, _wrong: None  # noqa: E731 - CPython 3.12 has it in Python only


def suggestion(error: BaseException) -> str:
    """The words that follow the message, '' if nothing comes near."""
    kind = next((each for each in (AttributeError, NameError, ImportError) if each in _plain_bases(error)), None)
    if kind is None:
        return ""
    wrong = kind.__dict__["name_from" if kind is ImportError else "name"].__get__(error)
    if type(wrong) is not str:
        return ""
    found = _similar(error, kind, wrong)
    words = f". Did you mean: '{found}'?" if found else ""
    if kind is NameError and wrong in sys.stdlib_module_names:
        words += f"{' Or did' if found else '. Did'} you forget to import '{wrong}'?"
    return words


def _plain_bases(error: BaseException) -> list[type]:
    return [each for each in _bases_of(type(error)) if type(each) is type]


def _similar(error: BaseException, kind: type, wrong: str) -> str | None:
    trace = _trace_of(error)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame if trace is not None else None
    names = _locals(frame)
    if kind is NameError:
        if frame is None:
            return None
        if "self" in names and wrong in (_attributes(names["self"]) or ()):
            return f"self.{wrong}"
        return _closest([name for each in (names, frame.f_globals, frame.f_builtins) for name in each if type(name) is str], wrong)
    if kind is ImportError:
        module = ImportError.__dict__["name"].__get__(error)
        holder: object = sys.modules.get(module) if type(module) is str else None
        own = False
    else:
        holder = AttributeError.__dict__["obj"].__get__(error)
        own = names.get("self", names) is holder
    found = _attributes(holder)
    if found is None:
        return None
    hidden = wrong[:1] != "_" and not own
    return _closest(sorted(name for name in found if not (hidden and name[:1] == "_")), wrong)


def _locals(frame: FrameType | None) -> dict[str, object]:
    names = frame.f_locals if frame is not None else {}
    return dict(names) if type(names) in _LOCALS else {}


def _attributes(holder: object) -> set[str] | None:
    """The names that `dir` would find; None where the program has a say in that."""
    kind = type(holder)
    own = [each for each in (_names_in(base).get("__dir__") for base in _bases_of(kind)) if each is not None]
    if own[0] not in _DIRS:
        return None
    if kind is ModuleType:
        return {name for name in vars(holder) if type(name) is str} if "__dir__" not in vars(holder) else None
    classes = _bases_of(holder) if issubclass(kind, type) else _bases_of(kind)
    names = {name for each in classes for name in _names_in(each)}
    instance = next((_names_in(base)["__dict__"] for base in _bases_of(kind) if "__dict__" in _names_in(base)), None)
    if type(instance) is GetSetDescriptorType and not issubclass(kind, type):
        names.update(instance.__get__(holder))
    return {name for name in names if type(name) is str}
