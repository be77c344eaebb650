"""Sees from outside what every thread of a run is doing: running, waiting for the GIL, blocked, sleeping, reading.

Runs in the run's supervisor, which may read /proc/PID/task/TID/syscall of its child (2 us a read). One record for each change of a thread's
(state, GIL): 24 bytes, `<QIBBHII`: CLOCK_MONOTONIC ns, native tid as the run sees it, ThreadState, flags (1 has the GIL, 2 waits without a
timeout), 0, CPU ms of the thread so far, 0. State 0: the thread is gone. A running thread is said again every 250 ms.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Callable

from playground.model.event import ThreadState
from playground.sandbox.gil import Gil
from playground.sandbox.syscall_numbers import numbers

RECORD = struct.Struct("<QIBBHII")
HAS_GIL, UNTIMED = 1, 2
HEARTBEAT_NS = 250_000_000
FASTEST_S, ALONE_S, SLOWEST_S, SHARE = 0.001, 0.004, 0.1, 20
"""The pause between two looks is at least SHARE times what a look costs (5 % of a core), is longer for a thread
that is alone, and grows while nothing runs."""
BATCH = 160

_RUNNING, _WAITING, _BLOCKED, _SLEEPING, _IO = (
    int(state) for state in (ThreadState.RUNNING, ThreadState.WAITING_GIL, ThreadState.BLOCKED, ThreadState.SLEEPING, ThreadState.IO))
_SLEEPS = ("clock_nanosleep", "nanosleep")
_IN_OUT = (
    "read", "readv", "pread64", "write", "writev", "pwrite64", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2",
    "recvfrom", "sendto", "fsync", "fdatasync", "openat", "flock", "fcntl", "pause", "wait4", "waitid", "rt_sigtimedwait", "rt_sigsuspend",
    "sendfile", "copy_file_range", "getdents64",
)


class Task:
    """One thread under watch: its tid inside, its open files, and what was last said about it."""

    __slots__ = ("cpu_ms", "said", "said_ns", "schedstat", "syscall", "tid")

    def __init__(self, tasks: int, outer: str) -> None:
        self.tid = _inner_tid(tasks, outer)
        self.syscall = os.open(f"{outer}/syscall", os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
        try:
            self.schedstat = os.open(f"{outer}/schedstat", os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
        except OSError:
            os.close(self.syscall)
            raise
        self.said = -1
        self.said_ns = 0
        self.cpu_ms = 0

    def close(self) -> None:
        """Let go of the files."""
        os.close(self.syscall)
        os.close(self.schedstat)


class Sampler:
    """Looks at the threads of one process when told to; `emit` gets whole records and says whether they could be sent.

    `pid` is its pid in the outer /proc, `child` the pid under which the supervisor knows it.
    """

    def __init__(self, proc: int, pid: int, child: int, gil: Gil | None, emit: Callable[[bytes], bool]) -> None:
        self._tasks = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc)
        self._memory = os.open(f"{pid}/mem", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc) if gil else -1
        self._child = child
        self._spent = -1
        self._moving = True
        self._gil = gil
        self._emit = emit
        self._watched: dict[str, Task] = {}
        self._links = 0
        self._pause_s = FASTEST_S
        self._futex, self._states = _tables()
        self.most_tasks = 0

    def look(self) -> float:
        """One look at every thread; returns the seconds until the next. Where no CPU time was spent, nothing changed."""
        spent = cpu_ns(self._child)
        if spent == self._spent and not self._moving:
            self._pause_s = min(self._pause_s * 1.5, SLOWEST_S)
            return self._pause_s
        self._spent = spent
        began = time.process_time_ns()  # not the wall clock: on a busy machine one look may be put off for long, and costs no more for that
        self._refresh()
        self._moving = self._sweep()
        cost_s = (time.process_time_ns() - began) / 1e9
        fastest_s = FASTEST_S if len(self._watched) > 1 else ALONE_S
        self._pause_s = fastest_s if self._moving else min(self._pause_s * 1.25, SLOWEST_S)
        return max(self._pause_s, cost_s * SHARE)

    def _sweep(self) -> bool:
        """Every thread's state, then one reading of the GIL, so that at one moment one thread has it."""
        seen: list[tuple[Task, int, int]] = []
        gone: list[str] = []
        for outer, task in self._watched.items():
            try:
                seen.append((task, *self._classify(os.pread(task.syscall, 160, 0))))
            except OSError:
                gone.append(outer)
        owner = self._gil.owner(self._memory) if self._gil else 0
        now = time.monotonic_ns()
        moving = False
        changed: list[tuple[Task, int, int]] = []
        for task, state, flags in seen:
            if owner and task.tid == owner and state in (_RUNNING, _WAITING):
                state, flags = _RUNNING, HAS_GIL
            moving = moving or state in (_RUNNING, _WAITING)
            said = state << 8 | flags
            if said != task.said or (state == _RUNNING and now - task.said_ns >= HEARTBEAT_NS):
                changed.append((task, state, flags))
        self._say(now, changed)
        for outer in gone:
            task = self._watched.pop(outer)
            self._emit(RECORD.pack(now, task.tid, 0, 0, 0, task.cpu_ms, 0))
            task.close()
            self._links = 0
        return moving or bool(changed) or bool(gone)

    def _say(self, now: int, changed: list[tuple[Task, int, int]]) -> None:
        """Send what changed; what could not be sent counts as unsaid and comes with a later look."""
        for first in range(0, len(changed), BATCH):
            part = changed[first : first + BATCH]
            data = b"".join(RECORD.pack(now, task.tid, state, flags, 0, _cpu_ms(task), 0) for task, state, flags in part)
            if not self._emit(data):
                return
            for task, state, flags in part:
                task.said, task.said_ns = state << 8 | flags, now

    def _classify(self, text: bytes) -> tuple[int, int]:
        """State and flags from one line of /proc/PID/task/TID/syscall: `running`, or number, six arguments, stack, instruction."""
        if text.startswith((b"running", b"-1")):
            return _RUNNING, 0
        words = text.split(None, 5)
        number = int(words[0])
        if number == self._futex:
            gil = self._gil
            if gil and gil.low <= int(words[1], 16) < gil.high:
                return _WAITING, 0
            return _BLOCKED, UNTIMED if int(words[4], 16) == 0 else 0
        return self._states.get(number, _RUNNING), 0

    def _refresh(self) -> None:
        """Notice new threads: the number of links of the task directory is the number of threads plus 2 (proc(5))."""
        try:
            links = os.fstat(self._tasks).st_nlink
            if links == self._links:
                return
            names = os.listdir(self._tasks)
        except OSError:
            return
        self._links = links
        self.most_tasks = max(self.most_tasks, len(names))
        for outer in names:
            if outer not in self._watched:
                try:
                    self._watched[outer] = Task(self._tasks, outer)
                except OSError:
                    self._links = 0


def cpu_ns(pid: int) -> int:
    """The CPU time of a process by its own clock (CPUCLOCK_SCHED in linux/posix-timers.h); 0 when it is gone."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)
    except OSError:
        return 0


def _tables() -> tuple[int, dict[int, int]]:
    known = numbers()
    states = {known[name]: _SLEEPING for name in _SLEEPS}
    states.update({known[name]: _IO for name in _IN_OUT if name in known})
    return known["futex"], states


def _inner_tid(tasks: int, outer: str) -> int:
    """The tid as the thread itself sees it: the last number of NSpid."""
    fd = os.open(f"{outer}/status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
    try:
        text = os.read(fd, 4096)
    finally:
        os.close(fd)
    at = text.find(b"NSpid:")
    return int(text[at : text.index(b"\n", at)].split()[-1]) if at >= 0 else int(outer)


def _cpu_ms(task: Task) -> int:
    """The CPU time of a thread so far: the first number of schedstat."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        task.cpu_ms = int(os.pread(task.schedstat, 64, 0).split(None, 1)[0]) // 1_000_000 & 0xFFFFFFFF
    return task.cpu_ms
