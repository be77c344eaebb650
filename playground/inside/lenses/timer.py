"""Timers: a thread that waits, then calls a function, unless it was cancelled."""

from __future__ import annotations

from types import FrameType

from playground.inside import real
from playground.inside.kit import Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.inside.recorder import microseconds
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_WAITING, _FIRED = KIND_ID["timer.waiting"], KIND_ID["timer.fired"]
_CANCELLED, _CANCEL = KIND_ID["timer.cancelled"], KIND_ID["timer.cancel"]


class Timers:
    """The callbacks for threading.Timer's code."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """Timer.run waits on its own event: woken means cancelled, timed out means it fires."""
        known = self.kit.known(frame.f_locals["self"])
        return Wait(_WAITING, known, microseconds(timeout), _CANCELLED, _FIRED) if known is not None else None

    def cancels(self, frame: FrameType) -> None:
        """Timer.cancel."""
        timer = frame.f_locals["self"]
        known = self.kit.known(timer)
        if known is not None and known.thread >= 0 and timer._started._flag and not timer._handle.is_done():
            self.kit.emit(_CANCEL, known, frame.f_back)


def install(kit: Kit) -> None:
    """Put it in place."""
    timers = Timers(kit)
    kit.monitor.watch(code_of(kit.threading.Timer.cancel), start=timers.cancels)
    kit.event_waits[id(code_of(kit.threading.Timer.run))] = timers.waits


LENS = Lens("timer", ("threading.Timer",), install, install)
