"""Semaphores: permits taken and given back, counted where the inner lock is held."""

from __future__ import annotations

from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.kit import Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.inside.recorder import microseconds
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_BLOCKED, _ACQUIRED = KIND_ID["semaphore.blocked"], KIND_ID["semaphore.acquired"]
_RELEASED, _REFUSED = KIND_ID["semaphore.released"], KIND_ID["semaphore.refused"]
_A_WINDOW = 400


class Semaphores:
    """The callbacks for threading.Semaphore's code."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.budget = kit.budget("semaphore", _A_WINDOW)
        self._bounded_init = id(code_of(kit.threading.BoundedSemaphore.__init__))
        self._watching = False
        self._acquire = code_of(kit.threading.Semaphore.acquire)

    def created(self, frame: FrameType) -> None:
        """Semaphore.__init__, also through BoundedSemaphore's."""
        if self.kit.visitors(frame.f_back, self._bounded_init):
            thing, permits = frame.f_locals["self"], frame.f_locals["value"]
            primitive = "BoundedSemaphore" if isinstance(thing, self.kit.threading.BoundedSemaphore) else "Semaphore"
            self.kit.created(thing, primitive, frame.f_back, permits if type(permits) is int else 0)
            self._watch_leaving()

    def _watch_leaving(self) -> None:
        """From the first semaphore on: a program without one does not pay for it."""
        if not self._watching:
            self._watching = True
            code = code_of(self.kit.threading.Condition.__exit__)
            self.kit.monitor.watch(code, start=self.leaving)
            self.kit.share(code)

    def waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """No permit is left."""
        known = self.kit.known(frame.f_locals["self"])
        return Wait(_BLOCKED, known, microseconds(timeout)) if known is not None else None

    def leaving(self, frame: FrameType) -> None:
        """Condition.__exit__: if acquire leaves its inner lock, it has or has not got a permit."""
        self.kit.hub_called()
        back = self.kit.back(frame)
        if back is None or back.f_code is not self._acquire:
            return
        variables = back.f_locals
        semaphore = variables["self"]
        known = self.kit.known(semaphore)
        if known is not None and (self.kit.end_wait(known) or self.budget.allows(known)):
            self.kit.emit(_ACQUIRED if variables["rc"] else _REFUSED, known, back.f_back, _level(semaphore))

    def left(self, frame: FrameType, _raised: BaseException) -> None:
        """An exception, of a signal handler for one, ends the wait."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.kit.end_wait(known):
            self.kit.emit(_REFUSED, known, frame.f_back)

    def wakes(self, frame: FrameType) -> None:
        """release has put the permits back and notifies."""
        semaphore = frame.f_locals["self"]
        known = self.kit.known(semaphore)
        if known is not None and self.budget.allows(known):
            self.kit.emit(_RELEASED, known, frame.f_back, _level(semaphore))


def _level(semaphore: Any) -> int:
    value = semaphore._value
    return value if type(value) is int and 0 <= value < 2**32 else 0


def install(kit: Kit) -> None:
    """Put it in place."""
    semaphores = Semaphores(kit)
    watch, cls = kit.monitor.watch, kit.threading.Semaphore
    watch(code_of(cls.__init__), start=semaphores.created)
    watch(code_of(cls.acquire), unwind=semaphores.left)
    kit.waits[id(code_of(cls.acquire))] = semaphores.waits
    kit.wakes[id(code_of(cls.release))] = semaphores.wakes
    kit.wakes[id(code_of(kit.threading.BoundedSemaphore.release))] = semaphores.wakes


LENS = Lens("semaphore", ("threading.Semaphore", "threading.BoundedSemaphore"), install, install)
