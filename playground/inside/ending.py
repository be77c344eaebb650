"""How the program ends: what CPython does after the last line of main, and the exit status it gives.

The order is Py_FinalizeEx's (Python/pylifecycle.c): threads that are no daemons are waited for, atexit runs, the streams are flushed, the
module's names are cleared so that their `__del__` speaks; then everything ends, daemons in the middle of what they do.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import ModuleType, TracebackType

from playground.inside import crashes, real, wording
from playground.inside.recorder import Recorder
from playground.model.event import KIND_ID

__builtins__ = real.builtins
_ENDED, _CRASHED, _KILLED = KIND_ID["thread.ended"], KIND_ID["thread.crashed"], KIND_ID["thread.killed"]
_JOINING, _JOINED = KIND_ID["thread.joining"], KIND_ID["thread.joined"]
_MOST_UNWRITTEN_S = 5.0
"""Who has the pipe for so long and writes nothing has left it."""


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
        return _system_exit(error)
    _whatever_happens(lambda: crashes.note_crash(recorder, error))
    try:
        _print(error)
    except SystemExit as leaving:
        return _system_exit(leaving)
    return 130 if type(error) is KeyboardInterrupt else 1


def _system_exit(error: BaseException) -> int:
    try:
        code = error.code  # type: ignore[attr-defined]
    except BaseException:  # noqa: BLE001 - an exception without a code is printed itself
        code = error
    if code is not None and not wording.is_a(code, int):
        _whatever_happens(lambda: print(code, file=sys.stderr))
    return wording.exit_status(code)


def _print(error: BaseException) -> None:
    trace = real.traceback_of(error)
    sys.last_exc = sys.last_value = error
    sys.last_type, sys.last_traceback = type(error), trace
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        real.default_excepthook(type(error), error, trace)
        return
    try:
        hook(type(error), error, trace)
    except SystemExit:
        raise
    except BaseException as second:  # noqa: BLE001 - CPython prints both
        failed = second
        _whatever_happens(lambda: _print_both(failed, error))


def _print_both(second: BaseException, first: BaseException) -> None:
    """As CPython does, which calls the hook from no frame and while it handles nothing."""
    trace = _without_our_frame(second)
    if real.context_of(second) is first:
        real.set_context(second, None)
    print("Error in sys.excepthook:", file=sys.stderr)
    real.default_excepthook(type(second), second, trace)
    print("\nOriginal exception was:", file=sys.stderr)
    real.default_excepthook(type(first), first, real.traceback_of(first))


def finish(recorder: Recorder, status: int) -> int:
    """Wait for the others, run what waits for the exit, report how it ended. Where the recorder falls over, all but the report is as ever."""
    awaited = _whatever_happens(lambda: _leaving(recorder))
    _guarded(real.threading_shutdown, lambda: f"Exception ignored on threading shutdown {threading!r}:")
    if awaited:
        _whatever_happens(lambda: recorder.emit_for(0, _JOINED, awaited))
    _guarded(real.run_exitfuncs, lambda: "Exception ignored in atexit callback:")
    status = _flushed(status)
    _whatever_happens(lambda: _end(recorder, status))
    return status


def _whatever_happens[Result](step: Callable[[], Result]) -> Result | None:
    """What a step comes to that must not keep the program from ending as it does in CPython (None: it failed)."""
    try:
        return step()
    except BaseException:  # noqa: BLE001 - only the report suffers
        return None


def _leaving(recorder: Recorder) -> int:
    """Main has come to its end: what it waits for now (0: for nobody)."""
    main = recorder.threads.entries[0]
    if not main.crash:
        return _join_first(recorder)
    recorder.emit_for(0, _CRASHED, main.obj, main.crash_line, 0, recorder.text(main.crash))
    return 0


def _end(recorder: Recorder, status: int) -> None:
    """Everybody is cut off; the last record."""
    main, alive = recorder.threads.entries[0], [member for member in recorder.threads.entries[1:] if not member.over]
    if len(real.live_threads) == 1 and real.thread_count() <= 1:
        _whatever_happens(lambda: _clear(recorder))
    recorder.leave()
    for member in alive:
        recorder.emit_for(member.number, _KILLED, member.obj)
    if not main.crash:
        recorder.emit_for(0, _ENDED, main.obj)
    if _send_all(recorder):
        recorder.close("exception" if recorder.error else "exit" if status else "ok", status)
        _send_all(recorder)


def _send_all(recorder: Recorder) -> bool:
    """What was told so far goes out, however late it is read: first, so that nothing is left out for want of room; and last, the last record too.

    False if another thread's flush never came back. Where it only waits for a slow reader it gives the pipe free after a while.
    """
    while not recorder.writing.acquire(True, _MOST_UNWRITTEN_S):
        if not recorder.writer:
            return False
    try:
        recorder.pipe.push_all()
    finally:
        recorder.writing.release()
    return True


def _join_first(recorder: Recorder) -> int:
    """Main waits for threads that are no daemons: report the wait, on the first of them."""
    for member in recorder.threads.entries[1:]:
        if not member.over and not member.daemon and member.obj:
            recorder.emit_for(0, _JOINING, member.obj)
            return member.obj
    return 0


def _guarded(step: Callable[[], object], words: Callable[[], str]) -> None:
    """One step of the end; CPython prints what it raises and goes on."""
    try:
        step()
    except BaseException as error:  # noqa: BLE001 - what a program raises at its end is printed, no more
        failed, trace = error, _without_our_frame(error)
        _whatever_happens(lambda: print(words(), file=sys.stderr))
        _whatever_happens(lambda: real.default_excepthook(type(failed), failed, trace))


def _without_our_frame(error: BaseException) -> TracebackType | None:
    """The error's traceback, which begins where we called the program's code, from there on."""
    trace = real.traceback_of(error)
    real.set_traceback(error, trace.tb_next if trace is not None else None)
    return real.traceback_of(error)


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
    module = real.reference(sys.modules.pop("__main__", ModuleType("__main__")))
    real.collect()
    left = module()
    names = left.__dict__ if left is not None else {}
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and (name.startswith("_") and not name.startswith("__")) == private:
                names[name] = None
    real.collect()
