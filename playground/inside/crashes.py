"""Exceptions that nobody catches: which was the first, where it was raised, and its traceback."""

from __future__ import annotations

import sys
import threading
from types import FrameType, TracebackType

from playground.inside import real
from playground.inside.kit import FreeKit
from playground.inside.monitor import code_of, inner_code
from playground.inside.recorder import Recorder
from playground.inside.wording import is_a, message, sentence, type_name

__builtins__ = real.builtins


def install(kit: FreeKit) -> None:
    """Learn of every exception that leaves a thread's function."""
    hook = inner_code(code_of(threading._make_invoke_excepthook), "invoke_excepthook")  # type: ignore[attr-defined]
    kit.monitor.watch(hook, start=lambda _frame: _thread_crashed(kit.recorder))
    _listen_to_what_is_only_printed(kit.recorder)


def _listen_to_what_is_only_printed(recorder: Recorder) -> None:
    """Exceptions of the program's code that CPython cannot raise, in `__del__` or at the exit, fail it as well; the thread goes on."""
    printed = sys.__unraisablehook__

    def unraisablehook(unraisable: sys.UnraisableHookArgs, /) -> None:
        """Handle an unraisable exception."""
        error = unraisable.exc_value
        if error is not None and is_a(error, Exception) and line_of_trace(recorder, real.traceback_of(error)):
            recorder.crashed(type_name(error), message(error), trace_text(error))
        printed(unraisable)

    sys.unraisablehook = sys.__unraisablehook__ = unraisablehook


def _thread_crashed(recorder: Recorder) -> None:
    error = real.exception()
    if error is not None and not is_a(error, SystemExit):
        note_crash(recorder, error)


def note_crash(recorder: Recorder, error: BaseException) -> None:
    """The calling thread is being left by that exception."""
    note = sentence(error)
    recorder.crashed(type_name(error), message(error), trace_text(error))
    thread = recorder.me()
    if 0 <= thread < len(recorder.threads.entries):
        member = recorder.threads.entries[thread]
        member.crash, member.crash_line = note, line_of_trace(recorder, real.traceback_of(error))


def trace_text(error: BaseException) -> str:
    """The traceback's places and the last line, without calling anything of the visitor's."""
    try:
        places = real.stack_summary(real.walk_traceback(real.traceback_of(error)), limit=-12, lookup_lines=True)
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
