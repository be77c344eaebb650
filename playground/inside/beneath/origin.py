"""Whose lock is it? Those that the standard library makes for itself are no switch points; they only make their threads wait.

With threading.py's own locks as switch points, random search met the deadlock of three philosophers in 0 of 2 803 runs; without them in 152
of 4 276.
"""

from __future__ import annotations

from types import FrameType

LIBRARY = frozenset({"threading", "queue", "sched", "_threading_local", "concurrent.futures", "concurrent.futures._base",
                     "concurrent.futures.thread"})
"""The modules that are executed again, unmodified, on top of the model."""

_VISITORS_OWN = frozenset({(), ("RLock",), ("RLock", "Condition.__init__")})


def library_made(frame: FrameType | None) -> bool:
    """True if the lock that is created below `frame` serves a standard library class; a Condition's own lock is the visitor's."""
    path = []
    while frame is not None and frame.f_globals.get("__name__") in LIBRARY:
        path.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return tuple(path) not in _VISITORS_OWN


def microseconds(timeout: float) -> int:
    """A timeout as virtual time, rounded up: a wait never ends early."""
    return -int(-timeout * 1_000_000 // 1)
