"""What a whole run uses: the anonymous and shared pages of its processes, what lies in its directory, the CPU time of the living."""

from __future__ import annotations

import os

_TICKS = os.sysconf("SC_CLK_TCK")


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

    def used_bytes(self) -> int:
        """Anonymous and shared memory of the tree plus its files, now."""
        pids = self.pids()
        total = _of_status(self._status) if self._root in pids else 0
        for pid in pids:
            if pid != self._root:
                total += self._of(pid)
        return total + self._of_box()

    def shared_out_bytes(self) -> int:
        """The same, each page shared by forks counted once (PSS): exact, but some hundred microseconds a process."""
        return sum(_sum_of(_read(f"{pid}/smaps_rollup", self._proc), (b"Pss_Anon:", b"Pss_Shmem:")) for pid in self.pids()) + self._of_box()

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
        children: list[int] = []
        try:
            tasks = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return children
        try:
            for task in os.listdir(tasks):
                children += map(int, _read(f"{task}/children", tasks).split())
        except OSError:
            pass
        finally:
            os.close(tasks)
        return children

    def _of(self, pid: int) -> int:
        try:
            fd = os.open(f"{pid}/status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return 0
        try:
            return _of_status(fd)
        finally:
            os.close(fd)

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


def _of_status(fd: int) -> int:
    """RssAnon and RssShmem of an open /proc/PID/status, in bytes; a process that just ended has none."""
    try:
        text = os.pread(fd, 4096, 0)
    except OSError:
        return 0
    return _sum_of(text, (b"RssAnon:", b"RssShmem:"))


def _sum_of(text: bytes, words: tuple[bytes, ...]) -> int:
    """The sum of these lines of a status file, which are in kB; a line that is not there counts nothing."""
    total = 0
    for word in words:
        at = text.find(word)
        if at >= 0:
            total += int(text[at + len(word) : text.index(b"kB", at)])
    return total * 1024
