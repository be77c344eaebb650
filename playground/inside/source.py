"""The program's text becomes the module `__main__`, as `python program.py` would make it.

`linecache` gets the text, so tracebacks show its lines although no such file exists within the walls.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import sys
import sysconfig
from types import CodeType, ModuleType


def new_main(name: str) -> ModuleType:
    """A fresh `__main__` with the file name the visitor gave."""
    module = ModuleType("__main__")
    module.__dict__.update(__file__=name, __builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = module
    sys.argv[:] = [name]
    return module


def release() -> str:
    """This Python as schedules name it: `3.13`, `3.14t`."""
    return "{}.{}{}".format(*sys.version_info[:2], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")


def remember(source: str, name: str) -> None:
    """Let tracebacks find the program's lines."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def compiled(source: str, name: str) -> CodeType:
    """The program's code; raises what CPython raises for it."""
    return compile(source, name, "exec", dont_inherit=True)


def parsed(source: str) -> ast.Module | None:
    """The program's tree, for names; None where it nests too deeply to be walked."""
    try:
        return ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return None
