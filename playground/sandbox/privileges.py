"""Giving up: root in the zygote, every capability in the run."""

from __future__ import annotations

import os
import struct

from playground.sandbox import syscalls
from playground.sandbox.namespaces import RUN_UID

_CAPABILITY_VERSION_3 = 0x20080522


def give_up_root() -> None:
    """Become an unprivileged user for good, if root; the supplementary groups go too.

    The change makes the process undumpable, which would blind the sampler (ptrace_may_access in kernel/ptrace.c): nothing secret is
    in this process, so it is set back.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(RUN_UID, RUN_UID, RUN_UID)
        os.setresuid(RUN_UID, RUN_UID, RUN_UID)
    if 0 in (os.getuid(), os.geteuid(), os.getgid()):
        raise OSError(1, "could not give up root")
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Empty the capability sets of this thread; with no_new_privs nothing brings them back."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    syscalls.call("capset", header, bytes(24))


def no_new_privileges() -> None:
    """From now on no exec raises privileges; also what lets an unprivileged process install seccomp and Landlock."""
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
