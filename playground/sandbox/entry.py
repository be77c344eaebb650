"""How a run is born: the clone becomes its supervisor, the supervisor's child puts up the walls around itself, and only then reads the program.

No confinement, no code, by construction: `enter` returns in the confined process alone, with the job's bytes that it read last of all.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import select
import signal
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from playground.sandbox import landlock, memory, mounts, namespaces, privileges, rlimits, seccomp, syscalls
from playground.sandbox.gil import Gil
from playground.sandbox.policy import Policy
from playground.sandbox.supervisor import ERROR, Supervisor, Watch

EVENT_FD = 3
NICE = 5
"""Runs step back behind the server and their own supervisors."""
FAILED = 120
"""Exit status of a process whose walls could not be put up."""
ANY_PID = 0x7FFF_FFF1
"""Stands in a compiled filter for the pid that is known only later."""


@dataclass(frozen=True, slots=True)
class World:
    """What every run of a zygote needs, found once: kept dirfds, ids, the Landlock rules, the GIL's address, the filter maker."""

    tier: str
    proc: int
    life: int
    uid: int
    gid: int
    base_bytes: int
    landlock_abi: int
    readable: tuple[tuple[int, int], ...]
    gil: Gil | None
    filter_of: Callable[[Policy], bytes]


@dataclass(frozen=True, slots=True)
class Ends:
    """The run's ends of what connects it with the host, as received: the job (a memfd, or a pipe that it will come by), three pipes, the
    supervisor's socket."""

    job: int
    events: int
    stdout: int
    stderr: int
    host: int


def enter(policy: Policy, ends: Ends, world: World, rehearse: Callable[[], None]) -> bytes:
    """From the fresh clone on. The supervisor never returns; the run returns its job, confined; who fails says so and ends.

    `rehearse` is called behind the walls if the job is yet to come.
    """
    host = socket.socket(fileno=ends.host)
    try:
        box = _become_supervisor(policy, world)
        walls = world.filter_of(policy)
        child = os.fork()
        if child:
            _supervise(policy, ends, world, Watch(policy, host, world.life, world.proc, box, world.gil, _own_pids(policy, world)), child)
        _confine(policy, ends, world, box, walls)
        if not _has_come(ends.job):
            rehearse()
    except BaseException as error:  # noqa: BLE001 - whatever it was, no program may run
        _fail(host, error)
    host.detach()
    return _read_job(ends)


def _has_come(job: int) -> bool:
    """By poll: within the walls select has no room for a number as high as this one."""
    poller = select.poll()
    poller.register(job, select.POLLIN)
    return bool(poller.poll(0))


def _become_supervisor(policy: Policy, world: World) -> int:
    """Own namespaces get their ids and the run its directory; returns a dirfd of it, or -1."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([world.life], [], [], 0)[0]:
        raise OSError(3, "the zygote is gone")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    if world.tier != "A":
        return -1
    if policy.has("user_namespace"):
        namespaces.write_maps(world.proc, world.uid, world.gid)
    mounts.box(policy)
    box = os.open(mounts.BOX, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return fcntl.fcntl(box, fcntl.F_DUPFD_CLOEXEC, EVENT_FD + 1)  # never one of 0-3, which are about to be replaced


def _supervise(policy: Policy, ends: Ends, world: World, watch: Watch, child: int) -> NoReturn:
    """Watch to the end. The run's pipe ends are closed here, so that the host sees EOF when the run is gone."""
    for fd in (ends.job, ends.events, ends.stdout, ends.stderr):
        os.close(fd)
    gc.disable()
    outer = memory.children_of(world.proc, memory.outer_pid(world.proc)) if world.tier == "A" else [child]
    Supervisor(watch, child).run(outer[0] if outer else 0)
    os._exit(0)


def _own_pids(policy: Policy, world: World) -> bool:
    return world.tier == "A" and policy.has("pid_namespace")


def _confine(policy: Policy, ends: Ends, world: World, box: int, walls: bytes) -> None:
    """Every wall around this process, the strongest last."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setpgid(0, 0)
    os.nice(NICE)
    for fd, target in ((ends.stdout, 1), (ends.stderr, 2), (ends.events, EVENT_FD)):
        os.dup2(fd, target)
    threading.stack_size(policy.stack_kb * 1024)
    if policy.has("rlimits") or policy.has("address_space") or policy.has("nproc"):
        rlimits.apply(policy, world.base_bytes, own_user=world.tier == "A")
    if policy.has("capabilities"):
        privileges.drop_capabilities()
    privileges.no_new_privileges()
    if world.landlock_abi and policy.has("landlock"):
        landlock.restrict(world.landlock_abi, _rules(policy, world, box))
    if policy.has("seccomp"):
        seccomp.install(walls.replace(struct.pack("=I", ANY_PID), struct.pack("=I", os.getpid())))


def _rules(policy: Policy, world: World, box: int) -> list[tuple[int, int]]:
    """Landlock's rules for this run: what everybody reads, and its own directory."""
    drop = -1 if policy.processes > 1 else ~landlock.EXECUTE
    rules = [(fd, rights & drop) for fd, rights in world.readable]
    return [*rules, (box, landlock.OWN)] if box >= 0 else rules


def _read_job(ends: Ends) -> bytes:
    """The program's bytes, and then nothing open but 0-3. Not os.closerange: built for an old glibc it closes one by one, a million times."""
    parts = []
    while part := os.read(ends.job, 1 << 20):
        parts.append(part)
    syscalls.call("close_range", EVENT_FD + 1, 0xFFFFFFFF, 0)
    return b"".join(parts)


def _fail(host: socket.socket, error: BaseException) -> NoReturn:
    """Tell the host, never the program's channels."""
    with contextlib.suppress(OSError):
        host.send(ERROR + f"{type(error).__name__}: {error}".encode()[:2000])
    os._exit(FAILED)
