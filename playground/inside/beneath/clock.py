"""`time` of the model: a clock that stands still until the schedule moves it, and gives every reader one microsecond more.

Nothing ever really sleeps: a sleeper waits for a deadline, and moving the clock to the earliest one is a choice of the schedule like any other.
"""

from __future__ import annotations

import sys
import time as real
from collections.abc import Callable
from types import ModuleType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.origin import ON_THREADS, microseconds, seconds
from playground.inside.beneath.task import NEVER, Unwind
from playground.model.schedule import READ, WRITE, Pending

EPOCH_US = 1_767_225_600_000_000
"""time.time() at the start of every run: 2026-01-01 00:00 UTC."""


READ_THE_CLOCK = "what the clock says, which no two real runs agree on"


class _Never:
    """A gate that only a deadline opens."""

    open = False


_NEVER = _Never()


def time_module(baton: Baton) -> ModuleType:
    """A module that looks like `time`; what it cannot model (formatting, time zones) is the real one's."""
    clock = object()

    def read() -> int:
        if sys._getframe(2).f_globals.get("__name__") in ON_THREADS:
            if len(baton.alive) > 1:
                baton.unproven.add("the standard library read the clock")
        elif not baton.over:
            baton.unproven.add(READ_THE_CLOCK)
            baton.point(Pending("clock.read", baton.number(clock), 0, WRITE, True))
        baton.now += 1
        return baton.now

    def sleep(length: float, /) -> None:
        length = seconds(length)
        if length < 0:
            raise ValueError("sleep length must be non-negative")
        if baton.over:
            raise Unwind
        duration = microseconds(length)
        baton.point(Pending("time.sleep", baton.number(clock), 0, READ, True))
        me, emit = baton.current, baton.emit
        if duration:
            if emit is not None:
                emit("sleep.began", me.id, None, duration)
            baton.point(Pending("time.sleep", baton.number(clock), 0, READ, True), _NEVER, min(NEVER - 1, baton.now + duration))
            if emit is not None:
                emit("sleep.ended", me.id)

    def at_present(convert: Callable[..., Any], whole: int, form: Callable[[float], Any] = float) -> Callable[..., Any]:
        """A conversion that takes the present for the last of its arguments where it is not given."""
        def converted(*given: Any) -> Any:
            if len(given) == whole and given[-1] is not None:
                return convert(*given)
            return convert(*given[: whole - 1], form((EPOCH_US + read()) / 1_000_000))

        return converted

    module = ModuleType("time")
    vars(module).update({name: value for name, value in vars(real).items() if not name.startswith("__")})
    vars(module).update(
        sleep=sleep, monotonic=lambda: read() / 1_000_000, perf_counter=lambda: read() / 1_000_000, process_time=lambda: read() / 1_000_000,
        thread_time=lambda: read() / 1_000_000, monotonic_ns=lambda: read() * 1_000, perf_counter_ns=lambda: read() * 1_000,
        process_time_ns=lambda: read() * 1_000, thread_time_ns=lambda: read() * 1_000,
        clock_gettime=lambda clock_id: read() / 1_000_000, clock_gettime_ns=lambda clock_id: read() * 1_000,
        localtime=at_present(real.localtime, 1), gmtime=at_present(real.gmtime, 1), ctime=at_present(real.ctime, 1),
        strftime=at_present(real.strftime, 2, real.localtime), asctime=at_present(real.asctime, 1, real.localtime),
        time=lambda: (EPOCH_US + read()) / 1_000_000, time_ns=lambda: (EPOCH_US + read()) * 1_000)
    return module
