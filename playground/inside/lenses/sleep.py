"""`time.sleep`: a thread that asks for a pause."""

from __future__ import annotations

import time

from playground.inside import real
from playground.inside.kit import FreeKit, Lens
from playground.inside.recorder import Recorder, microseconds
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_BEGAN, _ENDED = KIND_ID["sleep.began"], KIND_ID["sleep.ended"]


class Sleeper:
    """Holds the substitute as a bound method: like the builtin, it does not bind again when it is put in a class."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def sleep(self, seconds: float, /) -> None:
        """Delay execution for a given number of seconds.  The argument may be a floating-point number for subsecond precision."""
        asked = microseconds(seconds)
        if not asked:
            return real.sleep(seconds)
        recorder = self._recorder
        line = recorder.line_of(real.getframe(1))
        recorder.emit(_BEGAN, 0, line, asked)
        try:
            return real.sleep(seconds)
        finally:
            recorder.emit(_ENDED, 0, line)


def install(kit: FreeKit) -> None:
    """Put it in place."""
    time.sleep = Sleeper(kit.recorder).sleep  # type: ignore[assignment]


LENS = Lens("sleep", ("time.sleep",), install)
