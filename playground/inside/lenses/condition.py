"""Conditions; and the two functions in which every composite of the standard library waits and wakes.

`Condition.wait` and `Condition.notify` run with the condition's lock held, so what is reported there is exact and in the order of the facts. The
caller's code tells whose inner condition it is: a Semaphore's wait is reported as the Semaphore's, never as a Condition's.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.kit import Kit, Lens, Wait, timeout_us
from playground.inside.lenses.lock_faces import is_recorded
from playground.inside.monitor import code_of
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_WAITING, _WOKEN, _TIMED_OUT = KIND_ID["condition.waiting"], KIND_ID["condition.woken"], KIND_ID["condition.timed_out"]
_NOTIFIED = KIND_ID["condition.notified"]
_A_WINDOW = 500
_MOST = 0xFFFF_FFFF


class Conditions:
    """The callbacks for threading.Condition's code."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.budget = kit.budget("condition", _A_WINDOW)
        self._wait = code_of(kit.threading.Condition.wait)
        self._wait_for = code_of(kit.threading.Condition.wait_for)
        self._notify_all = {id(code_of(kit.threading.Condition.notify_all)), id(code_of(kit.threading.Condition.notifyAll))}
        self._open: dict[tuple[int, int], Wait] = {}
        """The waits that go on, by thread ident and frame id."""

    def created(self, frame: FrameType) -> None:
        """Condition.__init__, called by the visitor's code."""
        if self.kit.visitors(frame.f_back):
            self.kit.created(frame.f_locals["self"], "Condition", frame.f_back)

    def made(self, frame: FrameType, _value: object) -> None:
        """It captured its lock's methods: let it find those that the lock has at the time of the call."""
        condition = frame.f_locals["self"]
        lock: Any = getattr(condition, "_lock", None)
        if not is_recorded(lock):
            return
        own = vars(condition)
        own["acquire"] = lambda *args, **keywords: lock.acquire(*args, **keywords)
        own["release"] = lambda: lock.release()
        own["_is_owned"] = lock._raw._is_owned if type(lock._raw) is real.RLockType else lock._raw.locked

    def waits(self, frame: FrameType) -> None:
        """Condition.wait begins: find out whose wait it is, report it if it will really wait."""
        timeout = frame.f_locals["timeout"]
        wait, back = self.whose(frame)
        if wait is None or (wait.kind == _WAITING and not self.kit.owned(frame.f_locals["self"]._lock)):
            return
        self._open[real.get_ident(), id(frame)] = wait
        if timeout is None or timeout > 0:
            self.kit.begin_wait(wait, back)

    def whose(self, frame: FrameType) -> tuple[Wait | None, FrameType | None]:
        """What a call of Condition.wait waits for, and who called for it."""
        timeout = frame.f_locals["timeout"]
        back = self.kit.back(frame)
        if back is not None and back.f_code is self._wait_for:
            back = self.kit.back(back)
        if back is None:
            return None, None
        who = self.kit.waits.get(id(back.f_code))
        if who is not None:
            return who(back, timeout), back
        known = self.kit.known(frame.f_locals["self"])
        return (Wait(_WAITING, known, timeout_us(frame), _WOKEN, _TIMED_OUT) if known is not None else None), back

    def standing(self, frame: FrameType, ident: int) -> tuple[Wait, FrameType] | None:
        """The wait without a timeout in which that thread's frame stands, though perhaps nobody saw it begin; from now on its end is looked for."""
        if frame.f_code is not self._wait or frame.f_locals.get("timeout", 0) is not None:
            return None
        wait, back = self.whose(frame)
        if wait is None or back is None:
            return None
        self._open[ident, id(frame)] = wait
        return wait, back

    def waited(self, frame: FrameType, got: object) -> None:
        """Condition.wait returned."""
        wait = self._open.pop((real.get_ident(), id(frame)), None)
        if wait is None:
            return
        if not wait.woken:
            self.kit.hub_goes_on()
        else:
            self.kit.end_wait(wait.known)
            self.kit.emit(wait.woken if got else wait.timed_out, wait.known, frame.f_back)

    def wait_left(self, frame: FrameType, _raised: BaseException) -> None:
        """An exception ended the wait."""
        self.waited(frame, False)

    def notifies(self, frame: FrameType) -> None:
        """Condition.notify begins, with its lock held."""
        back = self.kit.back(frame)
        if back is not None and id(back.f_code) in self._notify_all:
            back = self.kit.back(back)
        if back is None:
            return
        who = self.kit.wakes.get(id(back.f_code))
        if who is not None:
            self.kit.hub_called(self.kit.known(back.f_locals["self"]))
            who(back)
            return
        condition = frame.f_locals["self"]
        known = self.kit.known(condition)
        self.kit.hub_called(known)
        if known is not None and self.kit.owned(condition._lock) and self.budget.allows(known):
            asked = frame.f_locals["n"]
            self.kit.emit(_NOTIFIED, known, back, min(max(asked, 0), _MOST) if type(asked) is int else 0)


def install(kit: Kit) -> None:
    """Put it in place."""
    conditions = Conditions(kit)
    watch, cls = kit.monitor.watch, kit.threading.Condition
    watch(code_of(cls.__init__), start=conditions.created, leave=conditions.made)
    watch(code_of(cls.wait), start=conditions.waits, leave=conditions.waited, unwind=conditions.wait_left)
    watch(code_of(cls.notify), start=conditions.notifies)
    kit.share(code_of(cls.notify))
    kit.standing.append(conditions.standing)


LENS = Lens("condition", ("threading.Condition",), install, install)
