"""The supervisor of one run: its parent, outside its reach. Watches time, memory and threads, reports the end, and takes the tree with it.

In tier A it is pid 1 of the run's pid namespace: when it goes, for whatever reason, the kernel kills everything that is left.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import struct
import termios
import time
from dataclasses import dataclass

from playground.sandbox.gil import Gil
from playground.sandbox.memory import Tree, outer_pid
from playground.sandbox.policy import Policy
from playground.sandbox.sampler import Sampler, cpu_ns

WATCH_S, TREE_WATCH_S, FAST_WATCH_S = 0.05, 0.02, 0.01
"""Between two looks at memory and CPU time: of one process, which its address space bounds too; of several; of any that is a third full."""
FIRST_LOOK_S = 0.002
SAMPLES, END, ERROR = b"S", b"X", b"E"
"""First byte of a message to the host."""
_INT = struct.Struct("=i")
GO, STOP = b"G", b"K"
"""What the host sends: the job has been given, so the run's clocks begin; end the run."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a supervisor works with: dirfds and fds that the run itself never has. `life` reads EOF when the zygote is gone."""

    policy: Policy
    host: socket.socket
    life: int
    proc: int
    box: int
    gil: Gil | None
    own_pids: bool


class Supervisor:
    """Watches one run to its end."""

    def __init__(self, watch: Watch, child: int) -> None:
        self._watch = watch
        self._child = child
        self._began = time.monotonic()
        self._limit = ""
        self._stopped = False
        self._peak = 0
        self._spent = -1
        self._pace_s = TREE_WATCH_S if watch.policy.processes > 1 else WATCH_S
        self._room = watch.host.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2
        self._sampler: Sampler | None = None
        self._tree: Tree | None = None

    def run(self, outer: int) -> None:
        """Until the run ends, by itself or at a wall; `outer` is its pid in the outer /proc."""
        watch = self._watch
        if not self._given():
            self._finish()
            return
        keeper = outer_pid(watch.proc) if watch.own_pids and watch.policy.processes > 1 else 0
        with contextlib.suppress(OSError):  # the run may be over already
            self._tree = Tree(watch.proc, outer, keeper, watch.box)
            if watch.policy.sample:
                self._sampler = Sampler(watch.proc, outer, self._child, watch.gil, self._send_samples)
        self._loop()
        self._finish()

    def _given(self) -> bool:
        """Wait for the host to give the job, however long; False if it will not, or if the walls could not be put up."""
        watch = self._watch
        ended = os.pidfd_open(self._child)
        poller = select.poll()
        for fd in (ended, watch.host.fileno(), watch.life):
            poller.register(fd, select.POLLIN)
        ready = [fd for fd, _ in poller.poll()]
        os.close(ended)
        given = watch.host.fileno() in ready and watch.host.recv(len(GO)) == GO
        self._stopped = not given and ended not in ready
        self._began = time.monotonic()
        return given

    def _loop(self) -> None:
        watch, policy = self._watch, self._watch.policy
        ended = os.pidfd_open(self._child)
        poller = select.poll()
        for fd in (ended, watch.host.fileno(), watch.life):
            poller.register(fd, select.POLLIN)
        deadline = self._began + policy.wall_s if policy.has("wall_deadline") else float("inf")
        next_watch = self._began + self._pace_s
        next_look = self._began + FIRST_LOOK_S if self._sampler else float("inf")
        while not self._limit:
            pause_s = min(deadline, next_watch, next_look) - time.monotonic()
            if ready := poller.poll(max(0, round(pause_s * 1000))):
                self._stopped = ended not in (fd for fd, _ in ready)
                break
            now = time.monotonic()
            if now >= deadline:
                self._limit = "wall_s"
            if now >= next_watch:
                next_watch = now + self._check()
            if self._sampler and now >= next_look:
                next_look = now + self._sampler.look()
        os.close(ended)

    def _check(self) -> float:
        """Compare the tree with its limits; returns the seconds until the next look: shorter as memory fills."""
        policy = self._watch.policy
        spent = cpu_ns(self._child)
        if policy.processes > 1:
            self._reap_orphans()
        elif spent == self._spent:  # asleep: nothing can have grown
            return WATCH_S
        self._spent = spent
        limit = policy.memory_mb << 20
        living, used, crowded = self._used(limit)
        if living > policy.processes and policy.has("watchdog"):
            self._limit = "processes"
            return FAST_WATCH_S
        self._peak = max(self._peak, used)
        if used > limit and policy.has("watchdog"):
            self._limit = "memory_mb"
        elif self._cpu_s() > policy.cpu_s and policy.has("cpu_limit"):
            self._limit = "cpu_s"
        elif not self._watch.own_pids and self._sampler and self._sampler.most_tasks > policy.threads:
            self._limit = "threads"
        if crowded:
            return WATCH_S
        return FAST_WATCH_S if used * 3 > limit else self._pace_s

    def _used(self, limit: int) -> tuple[int, int, bool]:
        """How many live, what they use, and whether that took the dear way: RSS counts a page once for each fork that shares it, PSS once."""
        living, used = self._tree.used() if self._tree else (0, 0)
        most = self._watch.policy.processes
        if self._tree and used > limit and most > 1 and living <= most:
            return living, self._tree.shared_out_bytes(), True
        return living, used, False

    def _cpu_s(self) -> float:
        """CPU time of the run so far: of the living and of the dead that were buried."""
        usage = os.times()
        living = self._tree.cpu_s() if self._tree and self._watch.policy.processes > 1 else self._spent / 1e9
        return living + usage.children_user + usage.children_system

    def _reap_orphans(self) -> None:
        """Bury the dead that became children of this process, all but the run's first process."""
        with contextlib.suppress(ChildProcessError):
            while (about := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and about.si_pid != self._child:
                os.waitpid(about.si_pid, os.WNOHANG)

    def _finish(self) -> None:
        """Kill what is left, bury it, say how it went."""
        status, most_kb = self._kill_tree()
        usage = os.times()
        cpu_s = usage.children_user + usage.children_system
        code = os.waitstatus_to_exitcode(status)
        over_cpu = code in (-signal.SIGXCPU, -signal.SIGKILL) and cpu_s >= self._watch.policy.cpu_s
        limit = self._limit or ("cpu_s" if over_cpu else "")
        end = {"status": max(code, 0), "signal": max(-code, 0), "cpu_s": round(cpu_s, 4), "limit": limit, "stopped": self._stopped,
               "max_memory_mb": round(max(self._peak, most_kb * 1024) / (1 << 20), 1)}
        self._say(END + json.dumps(end).encode())

    def _kill_tree(self) -> tuple[int, int]:
        """The wait status and the peak RSS (kB) of the run's first process, everything of the run being dead."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1 if self._watch.own_pids else self._child, signal.SIGKILL)
        _, status, usage = os.wait4(self._child, 0)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        return status, usage.ru_maxrss

    def _send_samples(self, data: bytes) -> bool:
        """Never waits: samples are facts of the moment. Half of the socket's buffer stays free for the last word."""
        host = self._watch.host
        try:
            (unread,) = _INT.unpack(fcntl.ioctl(host, termios.TIOCOUTQ, bytes(4)))
            if unread > self._room:
                return False
            host.send(SAMPLES + data, socket.MSG_DONTWAIT)
        except OSError:
            return False
        return True

    def _say(self, message: bytes) -> None:
        """The last word: it has its room, and lies there until the host reads, however late. To a host that is gone nothing can be said.

        The socket has no timeout: with one Python polls before it sends, and to poll a unix socket is full when a quarter of its buffer is
        (net/unix/af_unix.c: unix_writable).
        """
        with contextlib.suppress(OSError):
            self._watch.host.send(message)
