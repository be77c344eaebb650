"""Small disguises, so that the program sees the interpreter it would see alone.

The hidden thread is taken out of the interpreter's lists of threads; a trace function of the program's own never sees the recorder's frames; the
recursion limit is measured from the program's first frame; `os._exit` sends what was printed before it leaves.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.drain import Drain
from playground.inside.recorder import Recorder

__builtins__ = real.builtins

_HERE = __file__.rpartition("/")[0]

type Tracer = Callable[[FrameType, str, Any], Any]


class Guises:
    """Bound methods stand in for builtins: like those, they do not bind again in a class."""

    def __init__(self, recorder: Recorder, drain: Drain, beneath: int) -> None:
        self._recorder = recorder
        self._drain = drain
        self._beneath = beneath

    def thread_count(self) -> int:
        """Return the number of currently running Python threads, excluding the main thread."""
        return real.thread_count() - bool(self._drain.ident)

    def current_frames(self) -> dict[int, FrameType]:
        """Return a dict mapping each thread's thread id to its current stack frame."""
        frames = real.current_frames()
        frames.pop(self._drain.ident, None)
        frames[real.get_ident()] = real.getframe(1)
        return frames

    def current_exceptions(self) -> dict[int, BaseException | None]:
        """Return a dict mapping each thread's identifier to its current raised exception."""
        found = real.current_exceptions()
        found.pop(self._drain.ident, None)
        return found

    def getrecursionlimit(self) -> int:
        """Return the current value of the recursion limit."""
        return real.getrecursionlimit() - self._beneath

    def setrecursionlimit(self, limit: int, /) -> None:
        """Set the maximum depth of the Python interpreter stack to n."""
        real.setrecursionlimit(limit + self._beneath if type(limit) is int and 0 < limit < 2**30 else limit)

    def exit(self, status: int) -> None:
        """Exit to the system with specified status, without normal exit processing."""
        if type(status) is int:
            self._recorder.flush(500)
        real.os_exit(status)

    def settrace(self, function: Tracer | None, /) -> None:
        """Set the global debug tracing function."""
        real.settrace(function if function is None or type(function) is Veil else Veil(function))

    def gettrace(self) -> object:
        """Return the global debug tracing function set with sys.settrace."""
        return _unveiled(real.gettrace())

    def setprofile(self, function: Tracer | None, /) -> None:
        """Set the profiling function."""
        real.setprofile(function if function is None or type(function) is Veil else Veil(function))

    def getprofile(self) -> object:
        """Return the profiling function set with sys.setprofile."""
        return _unveiled(real.getprofile())


class Veil:
    """The program's trace function, not called for the recorder's own frames."""

    __slots__ = ("function",)

    def __init__(self, function: Tracer) -> None:
        self.function = function

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename.startswith(_HERE):
            return None
        return self.function(frame, event, argument)


def _unveiled(function: object) -> object:
    return function.function if type(function) is Veil else function


def put_on(recorder: Recorder, drain: Drain, spare_frames: int) -> None:
    """All of them; called from the frame directly beneath the program's first."""
    depth, frame = spare_frames, real.getframe(1).f_back
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    guises = Guises(recorder, drain, depth)
    real.setrecursionlimit(real.getrecursionlimit() + depth)
    replaced: tuple[tuple[Any, str, object], ...] = (
        (_thread, "_count", guises.thread_count),
        (sys, "_current_frames", guises.current_frames),
        (sys, "_current_exceptions", guises.current_exceptions),
        (sys, "getrecursionlimit", guises.getrecursionlimit),
        (sys, "setrecursionlimit", guises.setrecursionlimit),
        (sys, "settrace", guises.settrace),
        (sys, "gettrace", guises.gettrace),
        (sys, "setprofile", guises.setprofile),
        (sys, "getprofile", guises.getprofile),
        (os, "_exit", guises.exit),
    )
    for module, name, substitute in replaced:
        setattr(module, name, substitute)
