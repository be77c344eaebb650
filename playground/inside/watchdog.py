"""Ends an execution that no schedule can steer: one that waits for the outside, or that does not come back in time.

A blocking C call holds the only carrier of a search, so nothing in the baton can notice. Three means, from gentle to rough:

- a timer's signal interrupts the call (PEP 475 runs the handler), and the execution ends as any other that left the model, with its line.
  Waiting for the outside shows: within one execution nobody ever truly waits, so a process that uses no processor time is stuck;
- at the end of the search's time the same handler tells the execution that it is over;
- a call that never looks at signals (a long computation in C) is ended with its process by faulthandler's own thread, which needs no GIL.

The host has its own clock for a program that takes all of these away.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.task import Unwind
from playground.model.search_spec import STUCK_S

_BEAT_S = 0.25
STILL_S = 3.0
"""One execution for so long with next to no processor time: it waits for something outside."""
LATE_S, MOST_LATE_S = 0.5, 4.0
"""An execution may use the processor for so long after the search's time; on a machine that gives it none, time counts in the end."""
_STILL_CPU_S = 0.015
"""Less than half a percent of a core: no machine is so busy that a running process gets so little."""
_CLOCK, _CPU = time.monotonic, time.process_time
_setitimer, _signal, _alarm = signal.setitimer, signal.signal, signal.SIGALRM
_later, _cancel = faulthandler.dump_traceback_later, faulthandler.cancel_dump_traceback_later
_OURS = "playground."


class Watchdog:
    """Watches one baton from `watch` to `rest`. Main thread only; the process is the search's own."""

    def __init__(self, baton: Baton, program: str, until: float, give_up: Callable[[], None] | None = None) -> None:
        """`give_up` tells what there is and ends the process: where real threads carry the program, the one that is stuck cannot be interrupted."""
        self._baton = baton
        self._give_up = give_up
        self._program = program
        self._until = until
        self.stuck: set[int] = set()
        """The executions that waited for something outside."""
        self._spent = 0.0
        """Processor time that was used when the search's time was up."""
        self._since = (0, 0.0, 0.0)
        """The execution's number, when it was first seen or last used the processor, and how much it had used then."""

    def watch(self) -> None:
        """Begin."""
        _signal(_alarm, self._beat)
        _setitimer(signal.ITIMER_REAL, _BEAT_S, _BEAT_S)
        self._arm(max(0.1, self._until - _CLOCK()) + STUCK_S)

    def _arm(self, seconds: float) -> None:
        """What runs Python code puts the rough end off; a computation in C does not."""
        if self._give_up is not None:
            return  # the wall around the run ends it as surely, and says so
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            _later(seconds, exit=True, file=2)

    def rest(self) -> None:
        """The search is over."""
        _cancel()
        _setitimer(signal.ITIMER_REAL, 0.0)
        _signal(_alarm, signal.SIG_IGN)

    def _beat(self, number: int, frame: FrameType | None) -> None:
        baton, now, spent = self._baton, _CLOCK(), _CPU()
        execution, since, used = self._since
        if baton.strategy is None or execution != baton.execution or spent - used > _STILL_CPU_S:
            self._since, since = (baton.execution, now, spent), now
        if baton.strategy is None:
            return
        still_s, late_s = now - since, now - self._until
        if late_s < 0:
            self._spent = spent
        if still_s >= STILL_S or (late_s >= LATE_S and (still_s >= 2 * LATE_S or spent - self._spent >= LATE_S or late_s >= MOST_LATE_S)):
            self._end(frame, stuck=still_s >= 2 * LATE_S)
        elif late_s >= 0:
            self._arm(STUCK_S)

    def _end(self, frame: FrameType | None, *, stuck: bool) -> None:
        baton = self._baton
        if not baton.over:
            if stuck:
                self.stuck.add(baton.execution)
            line = self._line(frame)
            where = f"line {line} of the program" if line else "the program"
            baton.over = "left"
            baton.detail = (f"{where} waits for something outside (a file, a pipe, a socket, a real clock), which no schedule can bring" if stuck
                            else f"the time was up in the middle of an execution, at {where}")
            if self._give_up is not None:
                self._give_up()
        if frame is not None and not _is_ours(frame) and self._line_of(frame):
            raise Unwind

    def _line(self, interrupted: FrameType | None) -> int:
        """Where the program stands: of all threads those that wait for their turn are in our code, the one that runs is not."""
        frames = (interrupted, *sys._current_frames().values())
        return next(filter(None, (self._line_of(frame) for frame in frames if frame is not None and not _is_ours(frame))), 0)

    def _line_of(self, frame: FrameType | None) -> int:
        while frame is not None and frame.f_code.co_filename != self._program:
            frame = frame.f_back
        return frame.f_lineno or 0 if frame is not None else 0


def _is_ours(frame: FrameType) -> bool:
    return bool(frame.f_globals.get("__name__", "").startswith(_OURS))
