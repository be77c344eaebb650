"""`signal` of the model: handlers are kept in a table, and what the main thread sends itself is handled at once; nothing else is ever sent.

A real signal strikes wherever the process happens to be, which no schedule can say; and only one of the two backends has the program's
main thread in the process's own. So whatever would need one ends the execution with that as its reason.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from playground.inside.beneath.baton import Baton

_AT_START: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGPIPE: signal.SIG_IGN, signal.SIGXFSZ: signal.SIG_IGN}
"""What a fresh Python has; every other signal has SIG_DFL."""
_SENDS = ("alarm", "setitimer", "pause", "sigwait", "sigwaitinfo", "sigtimedwait", "pthread_kill", "pidfd_send_signal")


class Signals:
    """`enter` before and `leave` after each execution."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._handlers: dict[int, Any] = {}
        in_signal = {"signal": self._signal, "getsignal": self._getsignal, "raise_signal": self._raise_signal,
                     "set_wakeup_fd": self._set_wakeup_fd, **{name: self._never(f"signal.{name}") for name in _SENDS}}
        in_os = {name: self._never(f"os.{name}") for name in ("kill", "killpg")}
        self._swaps = [(vars(module), {name: function for name, function in mine.items() if hasattr(module, name)})
                       for module, mine in ((signal, in_signal), (os, in_os))]
        self._real = [(space, {name: space[name] for name in mine}) for space, mine in self._swaps]

    def enter(self) -> None:
        """Every handler as on a fresh start."""
        self._handlers = dict(_AT_START)
        for space, mine in self._swaps:
            space.update(mine)

    def leave(self) -> None:
        """The real functions again."""
        for space, real in self._real:
            space.update(real)

    def interrupt(self, signum: int = signal.SIGINT, /) -> None:
        """`_thread.interrupt_main`: handled only if there is a Python handler."""
        handler = self._handlers.get(_in_range(signum), signal.SIG_DFL)
        if callable(handler):
            self._handle(handler, signum, sys._getframe(1))

    def _signal(self, signalnum: int, handler: Any) -> Any:
        if self._baton.current.id != 0:
            raise ValueError("signal only works in main thread of the main interpreter")
        if not callable(handler) and handler not in (signal.SIG_DFL, signal.SIG_IGN):
            raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
        before = self._getsignal(signalnum)
        if signalnum in (signal.SIGKILL, signal.SIGSTOP):
            raise OSError(22, "Invalid argument")
        self._handlers[signalnum] = handler if callable(handler) else signal.Handlers(handler)
        return before

    def _getsignal(self, signalnum: int) -> Any:
        return self._handlers.get(_in_range(signalnum), signal.SIG_DFL)

    def _raise_signal(self, signalnum: int) -> None:
        handler = self._getsignal(signalnum)
        if handler == signal.SIG_DFL:
            self._baton.stop("left", f"signal {signalnum:d} has no handler, and what the system does then is no step of the program")
        if callable(handler):
            self._handle(handler, signalnum, sys._getframe(1))

    def _set_wakeup_fd(self, fd: int, *, warn_on_full_buffer: bool = True) -> int:
        return -1

    def _handle(self, handler: Callable[[int, FrameType], Any], signum: int, frame: FrameType) -> None:
        if self._baton.current.id != 0:
            self._baton.stop("left", "a signal strikes the main thread wherever it happens to be, which no schedule can say")
        handler(signum, frame)

    def _never(self, name: str) -> Callable[..., Any]:
        def refused(*args: Any, **kwargs: Any) -> Any:
            self._baton.stop("left", f"{name}() needs real signals, which have no place in a schedule")

        return refused


def _in_range(signum: int) -> int:
    if not 1 <= signum < signal.NSIG:
        raise ValueError("signal number out of range")
    return signum
