"""Exceptions that nobody catches: which was the first, and what to say of it without trusting its `__str__`."""

from __future__ import annotations

import sys
import threading
import traceback
from types import FrameType, TracebackType

from playground.inside.kit import Kit
from playground.inside.monitor import code_of, inner_code
from playground.inside.recorder import Recorder

_MOST_LETTERS = 300


def install(kit: Kit) -> None:
    """Learn of every exception that leaves a thread's function."""
    hook = inner_code(code_of(threading._make_invoke_excepthook), "invoke_excepthook")  # type: ignore[attr-defined]
    kit.monitor.watch(hook, start=lambda _frame: _thread_crashed(kit.recorder))


def _thread_crashed(recorder: Recorder) -> None:
    error = sys.exception()
    if error is not None and not isinstance(error, SystemExit):
        note_crash(recorder, error)


def note_crash(recorder: Recorder, error: BaseException) -> None:
    """The calling thread is being left by that exception."""
    note = sentence(error)
    recorder.crashed(type_name(error), message(error), trace_text(error))
    thread = recorder.me()
    if 0 <= thread < len(recorder.threads.entries):
        member = recorder.threads.entries[thread]
        member.crash, member.crash_line = note, line_of_trace(recorder, error.__traceback__)


def type_name(error: BaseException) -> str:
    """The type's name, whatever its metaclass does."""
    return str(type.__dict__["__name__"].__get__(type(error)))[:100]


def message(error: BaseException) -> str:
    """The exception's text: from its arguments where they are plain, through its own `__str__` only where that is the interpreter's."""
    str_of = type(error).__str__
    if str_of in (BaseException.__str__, KeyError.__str__, OSError.__str__, SyntaxError.__str__, ImportError.__str__, UnicodeDecodeError.__str__,
                  UnicodeEncodeError.__str__):
        arguments = error.args
        if all(type(each) in (str, int, float, bool, bytes, type(None)) for each in arguments):
            try:
                return str_of(error)[:_MOST_LETTERS]
            except Exception:  # noqa: BLE001 - a message that cannot be made is no message
                return ""
        if len(arguments) == 1:
            return _deep(arguments[0], 3)[:_MOST_LETTERS]
    return ""


def _deep(item: object, depth: int) -> str:
    """A plain container's repr without any repr of the visitor's."""
    kind = type(item)
    if kind in (int, float, bool, type(None)) or (kind in (str, bytes) and len(item) <= _MOST_LETTERS):  # type: ignore[arg-type]
        return repr(item)
    if depth and kind in (list, tuple, set):
        parts = ", ".join(_deep(each, depth - 1) for each in list(item)[:20])  # type: ignore[call-overload]
        return {list: f"[{parts}]", tuple: f"({parts})", set: f"{{{parts}}}"}[kind]
    if depth and kind is dict:
        rows = list(item.items())[:20]  # type: ignore[attr-defined]
        return "{" + ", ".join(f"{_deep(key, depth - 1)}: {_deep(value, depth - 1)}" for key, value in rows) + "}"
    return f"<{type.__dict__['__name__'].__get__(kind)}>"


def sentence(error: BaseException) -> str:
    """`ValueError: text`, cut."""
    text = message(error)
    return (f"{type_name(error)}: {text}" if text else type_name(error))[:_MOST_LETTERS]


def trace_text(error: BaseException) -> str:
    """The traceback's places and the last line, without calling anything of the visitor's."""
    try:
        places = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), limit=-12, lookup_lines=True)
        return ("Traceback (most recent call last):\n" + "".join(places.format()) + sentence(error))[-3000:]
    except Exception:  # noqa: BLE001 - no traceback is better than a broken run
        return sentence(error)


def line_of_trace(recorder: Recorder, trace: TracebackType | None) -> int:
    """The visitor's line where it was raised."""
    line = 0
    while trace is not None:
        frame: FrameType = trace.tb_frame
        if recorder.mine(frame):
            line = trace.tb_lineno or 0
        trace = trace.tb_next
    return line
