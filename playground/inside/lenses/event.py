"""Events: a flag that is set, cleared and waited for. Those that the standard library makes for itself are never shown."""

from __future__ import annotations

from types import FrameType

from playground.inside import real
from playground.inside.kit import Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.inside.recorder import microseconds
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_WAITING, _WOKEN, _TIMED_OUT = KIND_ID["event.waiting"], KIND_ID["event.woken"], KIND_ID["event.timed_out"]
_SET, _CLEARED = KIND_ID["event.set"], KIND_ID["event.cleared"]
_A_WINDOW = 400


class Events:
    """The callbacks for threading.Event's code."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.budget = kit.budget("event", _A_WINDOW)

    def created(self, frame: FrameType) -> None:
        """Event.__init__, called by the visitor's code."""
        if self.kit.visitors(frame.f_back):
            self.kit.created(frame.f_locals["self"], "Event", frame.f_back)

    def waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """The flag is not set; an event of the standard library's belongs to whoever waits for it."""
        back = self.kit.back(frame)
        who = self.kit.event_waits.get(id(back.f_code)) if back is not None else None
        if who is not None and back is not None:
            return who(back, timeout)
        known = self.kit.known(frame.f_locals["self"])
        return Wait(_WAITING, known, microseconds(timeout), _WOKEN, _TIMED_OUT) if known is not None else None

    def wakes(self, frame: FrameType) -> None:
        """set has set the flag and notifies."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.budget.allows(known):
            self.kit.emit(_SET, known, frame.f_back)

    def cleared(self, frame: FrameType, _value: object) -> None:
        """clear returned."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.budget.allows(known):
            self.kit.emit(_CLEARED, known, frame.f_back)


def install(kit: Kit) -> None:
    """Put it in place."""
    events = Events(kit)
    watch, cls = kit.monitor.watch, kit.threading.Event
    watch(code_of(cls.__init__), start=events.created)
    watch(code_of(cls.clear), leave=events.cleared)
    kit.waits[id(code_of(cls.wait))] = events.waits
    kit.wakes[id(code_of(cls.set))] = events.wakes


LENS = Lens("event", ("threading.Event",), install, install)
