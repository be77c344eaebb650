"""How the program ends: what CPython does after the last line of main, and the exit status it gives.

The order is Py_FinalizeEx's (Python/pylifecycle.c): threads that are no daemons are waited for, atexit runs, the streams are flushed, the
module's names are cleared so that their `__del__` speaks; then everything ends, daemons in the middle of what they do.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from types import ModuleType

from playground.inside import crashes, real, wording
from playground.inside.recorder import Recorder
from playground.model.event import KIND_ID

_ENDED, _CRASHED, _KILLED = KIND_ID["thread.ended"], KIND_ID["thread.crashed"], KIND_ID["thread.killed"]
_JOINING, _JOINED = KIND_ID["thread.joining"], KIND_ID["thread.joined"]


def uncompiled(recorder: Recorder, error: BaseException) -> int:
    """The text is no program: say so as CPython does."""
    error.__traceback__ = None
    line = error.lineno if isinstance(error, SyntaxError) else None
    words = wording.message(error) if line is None else str(error.msg)  # type: ignore[attr-defined]
    words = words or "the program nests too deeply for Python's parser"
    recorder.crashed(wording.type_name(error), f"line {line}: {words}" if line else words, "".join(traceback.format_exception_only(error))[-3000:])
    sys.excepthook(type(error), error, None)
    return 1


def uncaught(recorder: Recorder, error: BaseException) -> int:
    """An exception left the program's main thread: print it, give its exit status (pythonrun.c: handle_system_exit)."""
    if wording.is_a(error, SystemExit):
        return _system_exit(error)  # type: ignore[arg-type]
    crashes.note_crash(recorder, error)
    _print(error)
    return 130 if type(error) is KeyboardInterrupt else 1


def _system_exit(error: SystemExit) -> int:
    code = error.code
    if code is not None and not isinstance(code, int):
        with contextlib.suppress(Exception):
            print(code, file=sys.stderr)
    return wording.exit_status(code)


def _print(error: BaseException) -> None:
    sys.last_exc = sys.last_value = error
    sys.last_type, sys.last_traceback = type(error), error.__traceback__
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        sys.__excepthook__(type(error), error, error.__traceback__)
        return
    try:
        hook(type(error), error, error.__traceback__)
    except SystemExit:
        raise
    except BaseException as second:  # noqa: BLE001 - CPython prints both
        with contextlib.suppress(BaseException):
            print("Error in sys.excepthook:", file=sys.stderr)
            sys.__excepthook__(type(second), second, second.__traceback__)
            print("\nOriginal exception was:", file=sys.stderr)
            sys.__excepthook__(type(error), error, error.__traceback__)


def finish(recorder: Recorder, status: int) -> int:
    """Wait for the others, run what waits for the exit, report how it ended."""
    main = recorder.threads.entries[0]
    if main.crash:
        recorder.emit_for(0, _CRASHED, main.obj, main.crash_line, 0, recorder.text(main.crash))
    awaited = 0 if main.crash else _join_first(recorder)
    _guarded(real.threading_shutdown, f"Exception ignored on threading shutdown {threading!r}:")
    if awaited:
        recorder.emit_for(0, _JOINED, awaited)
    _guarded(real.run_exitfuncs, "Exception ignored in atexit callback:")
    status = _flushed(status)
    alive = [member for member in recorder.threads.entries[1:] if not member.over]
    if len(real.live_threads) == 1 and real.thread_count() <= 1:
        _guarded(lambda: _clear(recorder), "Exception ignored at the end of the program:")
    for member in alive:
        recorder.emit_for(member.number, _KILLED, member.obj)
    if not main.crash:
        recorder.emit_for(0, _ENDED, main.obj)
    recorder.close("exception" if recorder.error else "exit" if status else "ok", status)
    return status


def _join_first(recorder: Recorder) -> int:
    """Main waits for threads that are no daemons: report the wait, on the first of them."""
    for member in recorder.threads.entries[1:]:
        if not member.over and not member.daemon and member.obj:
            recorder.emit_for(0, _JOINING, member.obj)
            return member.obj
    return 0


def _guarded(step: Callable[[], object], words: str) -> None:
    """One step of the end; CPython prints what it raises and goes on."""
    try:
        step()
    except BaseException as error:  # noqa: BLE001 - what a program raises at its end is printed, no more
        with contextlib.suppress(BaseException):
            print(words, file=sys.stderr)
            trace = error.__traceback__
            sys.__excepthook__(type(error), error, trace.tb_next if trace is not None else None)


def _flushed(status: int) -> int:
    """Flush the streams; a stdout that cannot be flushed gives status 120, as in CPython."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:  # noqa: BLE001 - a stream of the program's own may raise anything
            status = 120 if name == "stdout" else status
    return status


def _clear(recorder: Recorder) -> None:
    """Let go of the module, so that the garbage collector ends its objects while their functions still have all their names; where something
    else holds the module, its names are set to None, private ones first (pylifecycle.c: finalize_modules)."""
    recorder.home = {}
    module = weakref.ref(sys.modules.pop("__main__", ModuleType("__main__")))
    gc.collect()
    left = module()
    names = left.__dict__ if left is not None else {}
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and (name.startswith("_") and not name.startswith("__")) == private:
                names[name] = None
    gc.collect()
