"""The logging module as a fresh process finds it; the names of threads and the times in its records are the model's.

The module is one for all executions: a copy on the model would be registered at exit once an execution. So what a program sets in it is taken back
before the next execution, or a second `logging.basicConfig()` would find the handler of the first. Its locks are the library's own (`origin.py`).
"""

from __future__ import annotations

import logging
from types import ModuleType
from typing import Any
from weakref import WeakSet, WeakValueDictionary

from playground.inside.beneath.clock import EPOCH_US
from playground.inside.beneath.task import Unwind


class Logs:
    """`renew` when an execution imports it, `restore` when that is over."""

    def __init__(self, time: ModuleType) -> None:
        self.module: ModuleType = logging
        self._time = time
        self._real: dict[str, Any] | None = None
        self._rooted = logging.Logger.root, logging.Logger.manager

    def renew(self, threading: ModuleType) -> None:
        """No loggers, no handlers, on that threading."""
        space = vars(logging)
        self._real = self._real or dict(space)
        lock = threading.RLock()
        lock.inner = True
        space.update(self._real)
        space.update(threading=threading, time=self._time, _startTime=EPOCH_US * 1_000, _lock=lock, _at_fork_reinit_lock_weakset=WeakSet(),
                     _handlers=WeakValueDictionary(), _handlerList=[], _levelToName=dict(space["_levelToName"]),
                     _nameToLevel=dict(space["_nameToLevel"]), root=logging.RootLogger(logging.WARNING))
        space["lastResort"] = space["_defaultLastResort"] = logging._StderrHandler(logging.WARNING)  # type: ignore[attr-defined]
        logging.Logger.root, logging.Logger.manager = logging.root, logging.Manager(logging.root)
        logging.getLogger("concurrent.futures").addFilter(_not_unwinding)

    def restore(self) -> None:
        """As it was before the program came."""
        if self._real is None:
            return
        space = vars(logging)
        space.clear()
        space.update(self._real)
        self._real = None
        logging.Logger.root, logging.Logger.manager = self._rooted


def _not_unwinding(record: logging.LogRecord) -> bool:
    """A pool's worker reports every BaseException; being taken off the stack is none of the program's."""
    return not (record.exc_info and record.exc_info[0] is Unwind)
