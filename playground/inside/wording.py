"""An exception's text as CPython's traceback gives it, without running any code of the program's to get it.

The type's `__str__` and the exception's fields are read through the interpreter's own slots: a metaclass, a property called `args` or a
`__getattr__` is never asked. Only a `__str__` of the interpreter's is called, and only where all that it will read is plain.
"""

from __future__ import annotations

from playground.inside import real
from playground.inside.suggestions import suggestion

__builtins__ = real.builtins
MOST_LETTERS = 300
_PLAIN = (str, int, float, bool, bytes, type(None))
_name_of = type.__dict__["__name__"].__get__
_bases_of = type.__dict__["__mro__"].__get__
_names_in = type.__dict__["__dict__"].__get__

_BUILT_IN = {id(each): each for each in real.builtins.values() if isinstance(each, type) and issubclass(each, BaseException)}
_READS: dict[type[BaseException], tuple[str, ...]] = {
    OSError: ("errno", "strerror", "filename", "filename2"), ImportError: ("msg",), SyntaxError: ("msg", "filename", "lineno"),
    UnicodeDecodeError: ("encoding", "object", "reason"), UnicodeEncodeError: ("encoding", "object", "reason"),
    UnicodeTranslateError: ("object", "reason"), BaseExceptionGroup: ("message",),
}
"""What the `__str__` of that class reads besides (or instead of) `args`."""
_WITHOUT_ARGUMENTS = (SyntaxError, UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError, BaseExceptionGroup)


def type_name(error: BaseException) -> str:
    """The type's name, whatever its metaclass does."""
    return str(_name_of(type(error)))[:100]


def is_a(error: object, kind: type) -> bool:
    """Whether it is one of that kind, without asking it."""
    return any(each is kind for each in _bases_of(type(error)))


def message(error: BaseException) -> str:
    """The exception's text, '' where only the program's own code could make it."""
    try:
        return _message(error)[:MOST_LETTERS]
    except BaseException:  # noqa: BLE001 - a message that cannot be made is no message
        return ""


def sentence(error: BaseException) -> str:
    """`ValueError: text`, cut."""
    text = message(error)
    return (f"{type_name(error)}: {text}" if text else type_name(error))[:MOST_LETTERS]


def _message(error: BaseException) -> str:
    found = next(each for each in _bases_of(type(error)) if "__str__" in _names_in(each))
    owner = _BUILT_IN.get(id(found))
    if owner is None:
        return ""
    arguments = BaseException.__dict__["args"].__get__(error)
    fields = [owner.__dict__[name].__get__(error) for name in _READS.get(owner, ())]
    read = fields if owner in _WITHOUT_ARGUMENTS else [*fields, *arguments]
    if all(_is_plain(each) for each in read):
        return str(owner.__dict__["__str__"](error)) + _suggestion(error)
    if owner in _READS:
        return ""
    return deep(arguments[0] if len(arguments) == 1 else arguments, 3)


def _suggestion(error: BaseException) -> str:
    try:
        return suggestion(error)
    except BaseException:  # noqa: BLE001 - the message stands without it
        return ""


def _is_plain(item: object) -> bool:
    return _among(type(item), _PLAIN)


def _among(kind: type, kinds: tuple[type, ...]) -> bool:
    """By identity: a metaclass may have an `__eq__` of its own."""
    return any(kind is each for each in kinds)


def deep(item: object, depth: int) -> str:
    """A plain container's repr without any repr of the program's."""
    kind = type(item)
    if _among(kind, (int, float, bool, type(None))) or (_among(kind, (str, bytes)) and len(item) <= MOST_LETTERS):  # type: ignore[arg-type]
        return repr(item)
    if depth and _among(kind, (list, tuple, set)) and item:
        parts = ", ".join(deep(each, depth - 1) for each in list(item)[:20])  # type: ignore[call-overload]
        return {list: f"[{parts}]", tuple: f"({parts}{',' * (len(item) == 1)})", set: f"{{{parts}}}"}[kind]  # type: ignore[arg-type,index]
    if _among(kind, (list, tuple, set)) and not item:
        return repr(item)
    if depth and kind is dict:
        rows = list(item.items())[:20]  # type: ignore[attr-defined]
        return "{" + ", ".join(f"{deep(key, depth - 1)}: {deep(value, depth - 1)}" for key, value in rows) + "}"
    return f"<{_name_of(kind)}>"


def exit_status(code: object) -> int:
    """The status that a process ends with by `sys.exit(code)` (pythonrun.c: handle_system_exit)."""
    if code is None:
        return 0
    if is_a(code, int):
        number = int.__index__(code)  # type: ignore[arg-type]
        return number & 0xFF if -(2**31) <= number < 2**31 else 255
    return 1
