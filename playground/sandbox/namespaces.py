"""Namespaces: the zygote's own, and the fresh set in which each run is born (Linux man pages user_namespaces(7), pid_namespaces(7))."""

from __future__ import annotations

import os

from playground.sandbox import syscalls
from playground.sandbox.policy import Policy

RUN_UID = 64_999
"""Who a service that runs as root becomes before it raises runs; no account has this number."""
INNER_ID = 1_000
"""Who a run is to itself."""
HOSTNAME = "threadplay"

_SHARED = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS
_OF_RUN = {
    "user_namespace": syscalls.CLONE_NEWUSER,
    "pid_namespace": syscalls.CLONE_NEWPID,
    "mount_namespace": syscalls.CLONE_NEWNS,
    "ipc_namespace": syscalls.CLONE_NEWIPC,
}


def enter_shared(proc: int) -> None:
    """Put this process (one thread) into its own mount, network, IPC and UTS namespaces.

    With real root no user namespace is needed here; without it, an own one comes first and gives the right to the others.
    """
    if os.geteuid() == 0:
        os.unshare(_SHARED)
    else:
        uid, gid = os.geteuid(), os.getegid()
        os.unshare(_SHARED | syscalls.CLONE_NEWUSER)
        write_maps(proc, uid, gid, uid, gid)
    syscalls.set_hostname(HOSTNAME)


def run_flags(policy: Policy) -> int:
    """The clone flags of a run under this policy."""
    return sum(flag for wall, flag in _OF_RUN.items() if policy.has(wall))


def write_maps(proc: int, uid: int, gid: int, inner_uid: int = INNER_ID, inner_gid: int = INNER_ID) -> None:
    """Map this process's ids into its new user namespace, through a kept dirfd of the outer /proc."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inner_uid} {uid} 1"), ("gid_map", f"{inner_gid} {gid} 1")):
        fd = os.open(f"self/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)
