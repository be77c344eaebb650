"""The zygote's own program: put up what all runs share, then fork a run for each order that comes over the control socket.

Exactly one thread, a clean environment, no secrets, no visitor's code ever. `serve` returns in a run only: confined, with its job.
"""

from __future__ import annotations

import array
import fcntl
import gc
import json
import os
import platform
import signal
import socket
import sys
from collections.abc import Callable, Iterator

from playground.sandbox import entry, gil, landlock, layers, mounts, namespaces, privileges, seccomp, syscalls
from playground.sandbox.policy import Policy

HIGH_FD = 200
"""Kept fds lie above those that a run's orders bring."""
MAX_ORDER = 1 << 16


def prepare(control: socket.socket, forced: str) -> entry.World:
    """Find out what this machine allows, give up what is not needed, build the shared view; the host hears the outcome."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    proc = _high(os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    life, keep = os.pipe()
    life = _high(life)
    _high(keep)
    view = mounts.of_interpreter(proc)
    found = layers.examine(proc, view)
    tier, reason, mend = layers.tier_of(found, forced)
    where = gil.locate()
    if tier == "A":
        namespaces.enter_shared(proc)
        mounts.build_root(view)
    if tier in "AC":
        privileges.give_up_root()
    os.chdir("/")
    version = landlock.abi()
    world = entry.World(tier, proc, life, os.getuid(), os.getgid(), _address_space(proc), version,
                        tuple(_readable(view)) if version else (), where, _filters(tier))
    answer = {"tier": tier, "reason": reason, "mend": mend, "layers": [layer.to_list() for layer in found], "pid": os.getpid(),
              "version": platform.python_version(), "gil": getattr(sys, "_is_gil_enabled", lambda: True)(), "gil_seen": where is not None}
    control.send(json.dumps(answer).encode())
    if tier == "D":
        os._exit(0)
    return world


def serve(control: socket.socket, world: entry.World, rehearse: Callable[[], None]) -> bytes:
    """One order after another until the host is gone; the zygote's end takes every run with it (PR_SET_PDEATHSIG)."""
    gc.collect()
    gc.freeze()
    while True:
        order, ends = _receive(control)
        policy = Policy.from_json(order)
        world.filter_of(policy)
        flags = namespaces.run_flags(policy) if world.tier == "A" else 0
        try:
            pid, pidfd = syscalls.clone(flags)
        except OSError as error:
            control.send(json.dumps({"error": str(error)}).encode())
        else:
            if not pid:
                os.close(control.detach())
                return entry.enter(policy, entry.Ends(*ends), world, rehearse)
            socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [pidfd])
            os.close(pidfd)
        for fd in ends:
            os.close(fd)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """The next order and its five fds."""
    data, ancillary, flags, _ = control.recvmsg(MAX_ORDER, socket.CMSG_SPACE(5 * 4), socket.MSG_CMSG_CLOEXEC)
    if not data:
        os._exit(0)
    fds = array.array("i")
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(content)
    if len(fds) != 5 or flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
        os._exit(1)
    return data, fds.tolist()


def _filters(tier: str) -> Callable[[Policy], bytes]:
    """Compiled filters by profile: one compilation for all runs of a profile."""
    compiled: dict[tuple[bool, int], bytes] = {}

    def filter_of(policy: Policy) -> bytes:
        several = tier == "A" and policy.processes > 1
        profile = several, policy.files_a_wait
        if profile not in compiled:
            compiled[profile] = seccomp.compile_filter(os.uname().machine, processes=several, own_files=tier == "A",
                                                       only_pid=0 if tier == "A" else entry.ANY_PID, files_a_wait=policy.files_a_wait)
        return compiled[profile]

    return filter_of


def _readable(view: mounts.View) -> Iterator[tuple[int, int]]:
    """Landlock's rules for what every run may read, as `(fd, rights)`."""
    for path in view.binds:
        yield from _rule(path, landlock.READ)
    for path in view.executables:
        yield from _rule(path, landlock.READ | landlock.EXECUTE)
    for path in mounts.DEVICES:
        yield from _rule(path, landlock.DEVICE)


def _rule(path: str, rights: int) -> Iterator[tuple[int, int]]:
    try:
        yield _high(os.open(path, os.O_PATH | os.O_CLOEXEC)), rights
    except OSError:  # not there for this user: then no run needs a right to it
        return


def _high(fd: int) -> int:
    """The same file at a number out of the way."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH_FD)
    os.close(fd)
    return moved


def _address_space(proc: int) -> int:
    fd = os.open("self/statm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return int(os.read(fd, 256).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(fd)
