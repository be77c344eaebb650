"""What a whole run uses: the anonymous and shared pages of its processes, what lies in its directory, the CPU time of the living."""

from __future__ import annotations

import os

_TICKS = os.sysconf("SC_CLK_TCK")
_RESIDENT, _SHARED_OUT = (b"RssAnon:", b"RssShmem:"), (b"Pss_Anon:", b"Pss_Shmem:")
_TRIES = 3
"""How often the threads of a process whose first one is gone are listed anew, if each of them ended before it could be asked."""


class Tree:
    """Finds the processes of a run and adds up what they use. `proc` is a dirfd of the outer /proc, `root` the first process's outer pid.

    `keeper` is the supervisor's outer pid where orphans become its children (a pid namespace), else 0.
    """

    def __init__(self, proc: int, root: int, keeper: int, box: int) -> None:
        self._proc = proc
        self._root = root
        self._keeper = keeper
        self._box = box
        self._status = os.open(f"{root}/status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)

    def used(self) -> tuple[int, int]:
        """How many processes live, and their anonymous and shared memory plus the run's files in bytes, now."""
        living = [used for pid in self.pids() if (used := self._of(pid)) >= 0]
        return len(living), sum(living) + self._of_box()

    def shared_out_bytes(self) -> int:
        """The memory again, each page shared by forks counted once (PSS): exact, but some hundred microseconds a process."""
        rollups = [_read(f"{pid}/smaps_rollup", self._proc) or self._of_another(pid, "smaps_rollup", _SHARED_OUT) for pid in self.pids()]
        return sum(_sum_of(text, _SHARED_OUT) for text in rollups) + self._of_box()

    def cpu_s(self) -> float:
        """CPU time of every living process of the tree (fields 14 and 15 of /proc/PID/stat)."""
        ticks = 0
        for pid in self.pids():
            fields = _read(f"{pid}/stat", self._proc).rpartition(b")")[2].split()
            ticks += sum(map(int, fields[11:13]))
        return ticks / _TICKS

    def pids(self) -> list[int]:
        """The outer pids of every process of the run."""
        if not self._keeper:
            return [self._root]
        found: list[int] = []
        waiting = self._children(self._keeper)
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += self._children(pid)
        return found

    def _children(self, pid: int) -> list[int]:
        """Of every thread of this process; none if it is gone."""
        return [int(child) for task in self._tasks(pid) for child in _read(f"{pid}/task/{task}/children", self._proc).split()]

    def _tasks(self, pid: int) -> list[str]:
        """The outer tids of this process; none if it is gone."""
        try:
            tasks = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return []
        try:
            return os.listdir(tasks)
        except OSError:
            return []
        finally:
            os.close(tasks)

    def _of(self, pid: int) -> int:
        """The bytes that one process has; -1 if it does not live."""
        text = _pread(self._status) if pid == self._root else _read(f"{pid}/status", self._proc)
        if not _lives(text):
            return -1
        if _RESIDENT[0] not in text:
            text = self._of_another(pid, "status", _RESIDENT)
        return _sum_of(text, _RESIDENT)

    def _of_another(self, pid: int, name: str, words: tuple[bytes, ...]) -> bytes:
        """The same file of any thread that has memory: all share it, but the first one may have left by exit(2), and tells nothing any more."""
        for _ in range(_TRIES):
            tasks = self._tasks(pid)
            for task in tasks:
                if words[0] in (text := _read(f"{task}/{name}", self._proc)):  # /proc/TID is there, though not listed (proc(5))
                    return text
            if len(tasks) < 2:
                break
        return b""

    def _of_box(self) -> int:
        if self._box < 0:
            return 0
        about = os.fstatvfs(self._box)
        return (about.f_blocks - about.f_bfree) * about.f_frsize


def outer_pid(proc: int) -> int:
    """This process's pid as the outer /proc has it."""
    return int(os.readlink("self", dir_fd=proc))


def children_of(proc: int, pid: int) -> list[int]:
    """The children of a process with one thread."""
    return [int(each) for each in _read(f"{pid}/task/{pid}/children", proc).split()]


def _read(path: str, directory: int) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    except OSError:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""
    finally:
        os.close(fd)


def _pread(fd: int) -> bytes:
    try:
        return os.pread(fd, 4096, 0)
    except OSError:
        return b""


def _lives(status: bytes) -> bool:
    """A zombie with other threads is a process whose first thread is gone; one without them only waits to be buried."""
    state = status.partition(b"State:\t")[2][:1]
    threads = status.partition(b"Threads:\t")[2].split(b"\n", 1)[0]
    return bool(state) and (state not in b"ZX" or int(threads or 0) > 1)


def _sum_of(text: bytes, words: tuple[bytes, ...]) -> int:
    """The sum of these lines of a status file, which are in kB; a line that is not there counts nothing."""
    total = 0
    for word in words:
        at = text.find(word)
        if at >= 0:
            total += int(text[at + len(word) : text.index(b"kB", at)])
    return total * 1024
