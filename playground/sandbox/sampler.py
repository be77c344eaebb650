"""Sees from outside what every thread of a run is doing: running, waiting for the GIL, blocked, sleeping, reading.

Runs in the run's supervisor, which may read /proc/PID/task/TID/syscall of its child (2 us a read). One record for each change of a thread's
(state, GIL), and for each look that finds it back in the same wait after it ran: 24 bytes, `<QIBBHII`: CLOCK_MONOTONIC ns, native tid as the run
sees it, ThreadState, flags (1 has the GIL, 2 waits without a timeout), 0, CPU ms of the thread so far, 0. State 0: the thread is gone. A running
thread is said again every 250 ms.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import time
from collections.abc import Callable

from playground.model.event import ThreadState
from playground.sandbox.gil import Gil
from playground.sandbox.syscall_numbers import numbers

RECORD = struct.Struct("<QIBBHII")
HAS_GIL, UNTIMED = 1, 2
HEARTBEAT_NS = 250_000_000
FASTEST_S, ALONE_S, SLOWEST_S, SHARE, STALE = 0.001, 0.004, 0.1, 20, 10
"""The pause between two looks is at least SHARE times what a look costs (5 % of a core), is longer for a thread that is alone, and grows while
nothing runs: to a STALE part of that time, so that the end of a wait is seen late by no more than that part of it."""
BATCH = 160

_RUNNING, _WAITING, _BLOCKED, _SLEEPING, _IO = (
    int(state) for state in (ThreadState.RUNNING, ThreadState.WAITING_GIL, ThreadState.BLOCKED, ThreadState.SLEEPING, ThreadState.IO))
_AWAY = frozenset({_BLOCKED << 8 | UNTIMED, _SLEEPING << 8, _IO << 8})
_FLAGS, _PENDING = 6, 28
"""Places in a stat line after the name: the task's flags, its pending signals."""
_PF_EXITING, _SIGKILL = 0x4, 1 << signal.SIGKILL - 1
_SLEEPS = ("clock_nanosleep", "nanosleep")
_IN_OUT = (
    "read", "readv", "pread64", "write", "writev", "pwrite64", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2",
    "recvfrom", "sendto", "fsync", "fdatasync", "openat", "flock", "fcntl", "pause", "wait4", "waitid", "rt_sigtimedwait", "rt_sigsuspend",
    "sendfile", "copy_file_range", "getdents64",
)


class Task:
    """One thread under watch: its tid inside, its open files, and what was last said about it."""

    __slots__ = ("cpu_ns", "outer", "said", "said_cpu_ns", "said_ns", "schedstat", "syscall", "tasks", "tid")

    def __init__(self, tasks: int, outer: str) -> None:
        self.tasks, self.outer = tasks, outer
        self.tid = _inner_tid(tasks, outer)
        self.syscall = os.open(f"{outer}/syscall", os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
        try:
            self.schedstat = os.open(f"{outer}/schedstat", os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
        except OSError:
            os.close(self.syscall)
            raise
        self.said = -1
        self.said_ns = self.said_cpu_ns = 0
        self.cpu_ns = 0

    @property
    def cpu_ms(self) -> int:
        """Its CPU time when last asked for."""
        return self.cpu_ns // 1_000_000 & 0xFFFFFFFF

    def ask_cpu(self) -> int:
        """Its CPU time so far, in ns: the first number of schedstat."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            self.cpu_ns = int(os.pread(self.schedstat, 64, 0).split(None, 1)[0])
        return self.cpu_ns

    def dying(self) -> bool:
        """Whether it runs only to its end: it exits, or a SIGKILL is pending, as for every thread of a process that exits (proc_pid_stat(5))."""
        try:
            words = _read(self.tasks, f"{self.outer}/stat").rpartition(b")")[2].split()
            return bool(int(words[_FLAGS]) & _PF_EXITING or int(words[_PENDING]) & _SIGKILL)
        except (OSError, ValueError, IndexError):
            return True

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
        self._moved_s = time.monotonic()
        """When something was last seen to run or to change."""
        self._futex, self._states = _tables()
        self.most_tasks = 0

    def look(self) -> float:
        """One look at every thread; returns the seconds until the next. Where no CPU time was spent, nothing changed."""
        spent = cpu_ns(self._child)
        if spent == self._spent and not self._moving:
            return self._pause()
        self._spent = spent
        began = time.process_time_ns()  # not the wall clock: on a busy machine one look may be put off for long, and costs no more for that
        self._refresh()
        self._moving = self._sweep()
        cost_s = (time.process_time_ns() - began) / 1e9
        return max(self._pause(), cost_s * SHARE)

    def _pause(self) -> float:
        now = time.monotonic()
        if self._moving:
            self._moved_s = now
        return min(max(FASTEST_S if len(self._watched) > 1 else ALONE_S, (now - self._moved_s) / STALE), SLOWEST_S)

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
        moving = bool(gone)
        changed: list[tuple[Task, int, int]] = []
        for task, state, flags in seen:
            if state == _RUNNING and task.said > 0 and task.said >> 8 != _RUNNING and task.dying():
                continue
            if owner and task.tid == owner and state in (_RUNNING, _WAITING):
                state, flags = _RUNNING, HAS_GIL
            moving = moving or state in (_RUNNING, _WAITING)
            said = state << 8 | flags
            if said != task.said or _goes_on(task, said, now):
                changed.append((task, state, flags))
        self._say(now, changed)
        for outer in gone:
            task = self._watched.pop(outer)
            self._emit(RECORD.pack(now, task.tid, 0, 0, 0, task.cpu_ms, 0))
            task.close()
            self._links = 0
        return moving or bool(changed)

    def _say(self, now: int, changed: list[tuple[Task, int, int]]) -> None:
        """Send what changed; what could not be sent counts as unsaid and comes with a later look."""
        for first in range(0, len(changed), BATCH):
            part = changed[first : first + BATCH]
            for task, _, _ in part:
                task.ask_cpu()
            if not self._emit(b"".join(RECORD.pack(now, task.tid, state, flags, 0, task.cpu_ms, 0) for task, state, flags in part)):
                return
            for task, state, flags in part:
                task.said, task.said_ns, task.said_cpu_ns = state << 8 | flags, now, task.cpu_ns

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


def _read(tasks: int, path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=tasks)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)


def _inner_tid(tasks: int, outer: str) -> int:
    """The tid as the thread itself sees it: the last number of NSpid."""
    text = _read(tasks, f"{outer}/status")
    at = text.find(b"NSpid:")
    return int(text[at : text.index(b"\n", at)].split()[-1]) if at >= 0 else int(outer)


def _goes_on(task: Task, said: int, now: int) -> bool:
    """Whether a thread is to be said again though nothing changed: it still runs, or it ran and is back where it was.

    A wait with a timeout is not asked about: the recorder knows of those, and its own hidden thread spends its life in one.
    """
    if said >> 8 == _RUNNING:
        return now - task.said_ns >= HEARTBEAT_NS
    return said in _AWAY and task.ask_cpu() != task.said_cpu_ns
