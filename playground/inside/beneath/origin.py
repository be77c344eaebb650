"""Whose lock is it? Those that the standard library makes for itself are no switch points; they only make their threads wait.

With threading.py's own locks as switch points, random search met the deadlock of three philosophers in 0 of 2 803 runs; without them in 152
of 4 276.
"""

from __future__ import annotations

from operator import index
from types import FrameType
from typing import Any

LIBRARY = frozenset({"threading", "queue", "sched", "_threading_local", "concurrent.futures", "concurrent.futures._base",
                     "concurrent.futures.thread"})
"""The modules that are executed again, unmodified, on top of the model."""

ON_THREADS = LIBRARY | {"logging", "logging.handlers"}
"""Those and the others of the library that make locks and read the clock for themselves."""

_FURTHEST = 9_223_372_036.854775
"""Seconds that 63 bits of nanoseconds can count."""
_VISITORS_OWN = frozenset({(), ("RLock",), ("RLock", "Condition.__init__")})


def library_made(frame: FrameType | None) -> bool:
    """True if the lock that is created below `frame` serves a standard library class; a Condition's own lock is the visitor's."""
    path = []
    while frame is not None and frame.f_globals.get("__name__") in ON_THREADS:
        path.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return tuple(path) not in _VISITORS_OWN


def seconds(value: Any) -> float:
    """A number of seconds, read and refused as CPython's Python/pytime.c does it."""
    if type(value) is not float and type(value) is not int:
        value = float(value) if isinstance(value, float) else index(value)
    number: float = value
    if value != value:
        raise ValueError("Invalid value NaN (not a number)")
    if not -_FURTHEST <= value <= _FURTHEST:
        raise OverflowError("timestamp too large to convert to C PyTime_t" if type(value) is int else "timestamp out of range for platform time_t")
    return number


def microseconds(timeout: float) -> int:
    """A timeout as virtual time, rounded up: a wait never ends early."""
    return -int(-timeout * 1_000_000 // 1)
