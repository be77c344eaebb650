"""A rehearsal of a controlled run: what has run once is quicker, and its memory is the process's own.

A cell that stands behind its walls before its job is known has the time: 8 ms that nobody waits for then.
"""

from __future__ import annotations

import contextlib
import linecache
import os
from collections.abc import Callable

from playground.inside.beneath.backend import Backend
from playground.inside.execution import Execution
from playground.inside.explore import along
from playground.inside.pipe import Pipe
from playground.inside.recording import Recording
from playground.model.outcome import Outcome
from playground.model.schedule import Schedule

NAME = "rehearsal.py"
TEXT = '''import threading

guard = threading.Lock()
total = 0


class Account:
    def __init__(self, balance):
        self.balance = balance


account = Account(3)


def work(queue):
    global total
    for number in range(4):
        with guard:
            total += 1
            account.balance -= number
        queue.append(total)


queue = []
threads = [threading.Thread(target=work, args=(queue,), name=name) for name in ("left", "right")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total, queue)
'''


def rehearse(backend: Backend, tell: Callable[[Pipe, Schedule, str, Outcome, Recording, int | None], None]) -> None:
    """Run a program of our own, and tell of it to nobody."""
    read, write = os.pipe()
    pipe = Pipe(write)
    schedule = Schedule("access", "", "", ())
    execution = Execution(TEXT, NAME, schedule.granularity, backend)
    try:
        tell(pipe, schedule, TEXT, *along(execution, schedule))
    finally:
        execution.close()
        linecache.cache.pop(NAME, None)
        for fd in (read, pipe.fd):
            with contextlib.suppress(OSError):
                os.close(fd)
