"""Code that is not the program's own: what of it is known to keep no secrets, and what counts as touching anything.

Instructions of the program are watched; what C code and the standard library's Python code do is not. So whatever is called or used is trusted
only if it is listed here, and all else is an access to any object, or takes the proof away.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import re
import types
from types import CodeType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any

from playground.inside.beneath.containers import SCALARS, is_container
from playground.inside.beneath.origin import LIBRARY

PURE_MODULES = frozenset({"threading", "_thread", "queue", "_queue", "time", "math", "operator", "string", "re", "json", "itertools", "functools",
                          "collections", "dataclasses", "typing", "concurrent.futures", "enum", "sys", "os", "posix", "builtins", "contextlib",
                          "statistics", "fractions", "decimal", "datetime", "traceback", "heapq", "bisect", "copy", "_heapq", "_bisect", "_json",
                          "_functools", "_operator", "_collections", "textwrap", "types", "abc", "_abc", "posixpath", "genericpath", "reprlib",
                          "json.encoder", "json.decoder", "numbers", "pprint", "copyreg"})
"""Modules whose functions keep no state that the order of calls could change, or that are modelled."""
CHANGING_MODULES = frozenset({"heapq", "bisect", "operator"})
"""Those of them whose Python functions may change what they are given."""
OUTSIDE = {
    "weakref": "whether an object is still alive", "gc": "whether an object is still alive", "ctypes": "memory that ctypes reaches",
    "asyncio": "asyncio's own loop", "atexit": "what runs at the exit",
    "signal": "when a signal comes", "multiprocessing": "other processes", "subprocess": "other processes",
    "socket": "the network", "select": "files and sockets", "selectors": "files and sockets", "mmap": "files", "tempfile": "files", "shutil": "files",
    "sqlite3": "a database", "inspect": "frames", "faulthandler": "when a signal comes", "tracemalloc": "memory", "logging": "logging's own state",
    "shelve": "files", "dbm": "files", "secrets": "chance", "uuid": "chance", "importlib": "the table of modules", "code": "code made at run time",
}
"""What a program touches that imports such a module: nothing that the dependence relation knows."""
OUTSIDE_CALLS = {
    "open": "files", "exec": "code made at run time", "eval": "code made at run time", "compile": "code made at run time",
    "__import__": "the table of modules", "breakpoint": "a debugger",
}
"""The same of built-in functions."""
_FROZEN: Any = (*SCALARS, tuple, slice, type, enum.Enum, decimal.Decimal, fractions.Fraction, datetime.date, datetime.time, datetime.timedelta,
           datetime.tzinfo, pathlib.PurePath, re.Pattern, re.Match, FunctionType, MethodType, types.BuiltinFunctionType, ModuleType, CodeType,
           BaseException, types.GenericAlias)
LASTING = frozenset({"builtins", "threading", "queue", "_thread", "_queue", "time", "collections", "random", "datetime", "_io", "re", "functools",
                     "itertools", "enum", "types"})
"""Modules whose classes live as long as the process; others may be imported afresh by each execution, and are not remembered."""
_KNOWN: dict[type, bool] = {}
"""What `frozen` found about classes that live as long as the process."""
_NAMES: dict[type, frozenset[str]] = {}
_RANGES = (range, type(iter(range(0))), type(iter(())))


def own_code(function: FunctionType, program: str) -> bool:
    """True if its instructions are watched."""
    return function.__code__.co_filename == program


def modelled(module: object) -> bool:
    """True for a module of the model, or of the standard library above it."""
    return isinstance(module, str) and (module in LIBRARY or module in ("_thread", "_queue", "time") or module.startswith("playground.inside"))


def bare(function: Any) -> Any:
    """What a partial, a bound method, a static or class method calls in the end."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, (MethodType, staticmethod, classmethod)):
            function = function.__func__
        else:
            return function


def calls_back(value: object, program: str) -> bool:
    """True for something whose call runs the program's own code."""
    function = bare(value)
    return isinstance(function, FunctionType) and own_code(function, program)


def frozen(thing: object) -> bool:
    """True for a value that stays as it is, or that the model knows, or whose methods are all the program's own."""
    cls = type(thing)
    known = _KNOWN.get(cls)
    if known is None:
        known = issubclass(cls, _FROZEN) or cls in _RANGES or _plain(cls)
        if cls.__module__ in LASTING:
            _KNOWN[cls] = known
    return known


def _plain(cls: type) -> bool:
    """True for a class whose operations are all the program's own code, or the model's."""
    if cls.__module__ != "__main__":
        return modelled(cls.__module__)
    return not hasattr(cls, "__dataclass_fields__") and all(base.__module__ in ("__main__", "builtins", "typing", "abc") or modelled(base.__module__)
                                                            for base in cls.__mro__)


def opaque(thing: object) -> bool:
    """True for a thing that an operator, a format or a loop reads by code that is not watched, and that can change."""
    return type(thing) not in SCALARS and not is_container(thing) and not isinstance(thing, GeneratorType) and not frozen(thing)


def library_names(cls: type) -> frozenset[str]:
    """The attributes that the standard library itself uses in such an object of its own (`queue` of a Queue, `_flag` of an Event)."""
    if cls in _NAMES:
        return _NAMES[cls]
    names: set[str] = set()
    for base in cls.__mro__:
        if modelled(base.__module__) and base.__module__ in LIBRARY:
            for value in vars(base).values():
                function = getattr(value, "__wrapped__", value)
                if isinstance(function, FunctionType):
                    names.update(function.__code__.co_names)
    if cls.__module__ in LASTING:
        _NAMES[cls] = frozenset(names)
    return frozenset(names)


def watched(thread: object, function: object, program: str) -> bool:
    """True if all that the thread will run is the program's own code, or the model's."""
    if hasattr(thread, "_bootstrap"):
        run = getattr(type(thread), "run", None)
        if isinstance(run, FunctionType) and own_code(run, program):
            return True
        function = getattr(thread, "_target", None) or getattr(thread, "function", None)
        if function is None:
            return True
    function = bare(function)
    if not isinstance(function, FunctionType):
        function = vars(type(function)).get("__call__", function)
    if isinstance(function, FunctionType):
        return own_code(function, program) or modelled(function.__globals__.get("__name__"))
    return function is print
