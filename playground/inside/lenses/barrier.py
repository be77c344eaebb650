"""Barriers: who waits there, who came last, and what broke it."""

from __future__ import annotations

from types import FrameType

from playground.inside import real
from playground.inside.kit import Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_WAITING, _TRIPPED, _PASSED = KIND_ID["barrier.waiting"], KIND_ID["barrier.tripped"], KIND_ID["barrier.passed"]
_BROKEN, _RESET = KIND_ID["barrier.broken"], KIND_ID["barrier.reset"]
_A_WINDOW = 400


class Barriers:
    """The callbacks for threading.Barrier's code."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.budget = kit.budget("barrier", _A_WINDOW)
        self._abort = code_of(kit.threading.Barrier.abort)

    def created(self, frame: FrameType) -> None:
        """Barrier.__init__, called by the visitor's code."""
        if self.kit.visitors(frame.f_back):
            parties = frame.f_locals["parties"]
            self.kit.created(frame.f_locals["self"], "Barrier", frame.f_back, parties if type(parties) is int else 0)

    def waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """_wait: not everybody is there yet; _enter: the last round still leaves."""
        barrier = frame.f_locals["self"]
        known = self.kit.known(barrier)
        if known is None:
            return None
        return Wait(_WAITING, known, barrier._count, note=0 if timeout is None else self.kit.text("timed"))

    def trips(self, frame: FrameType) -> None:
        """_release: the last one is there and wakes the others."""
        barrier = frame.f_locals["self"]
        known = self.kit.known(barrier)
        if known is not None and self.budget.allows(known):
            self.kit.emit(_TRIPPED, known, frame, barrier._count)

    def passed(self, frame: FrameType, _value: object) -> None:
        """wait returned: who waited goes on."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.kit.end_wait(known):
            self.kit.emit(_PASSED, known, frame.f_back)

    def left(self, frame: FrameType, _raised: BaseException) -> None:
        """BrokenBarrierError, or an exception of the action."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None:
            self.kit.end_wait(known)
            self.kit.emit(_BROKEN, known, frame.f_back)

    def resets(self, frame: FrameType) -> None:
        """reset wakes everybody with an error."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None:
            self.kit.emit(_RESET, known, frame.f_back)

    def breaks(self, frame: FrameType) -> None:
        """_break: on behalf of abort it is an act of its own; otherwise the one who leaves says so."""
        back = self.kit.back(frame)
        if back is not None and back.f_code is self._abort:
            self.resets(back)


def install(kit: Kit) -> None:
    """Put it in place."""
    barriers = Barriers(kit)
    watch, cls = kit.monitor.watch, kit.threading.Barrier
    watch(code_of(cls.__init__), start=barriers.created)
    watch(code_of(cls.wait), leave=barriers.passed, unwind=barriers.left)
    kit.waits[id(code_of(cls._wait))] = barriers.waits
    kit.waits[id(code_of(cls._enter))] = barriers.waits
    kit.wakes[id(code_of(cls._release))] = barriers.trips
    kit.wakes[id(code_of(cls._break))] = barriers.breaks
    kit.wakes[id(code_of(cls.reset))] = barriers.resets


LENS = Lens("barrier", ("threading.Barrier",), install, install)
