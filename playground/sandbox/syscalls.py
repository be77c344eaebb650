"""The few kernel calls that Python has no name for, through ctypes. Zygote side only: a run has none of these objects.

Every function raises OSError with the call's name. PyDLL keeps the GIL: after a raw clone the child must go on as if nothing happened.
"""

from __future__ import annotations

import ctypes
import os

from playground.sandbox.syscall_numbers import numbers

NUMBERS = numbers()
_libc = ctypes.PyDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 0x1, 0x2, 0x4, 0x8, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, PR_CAP_AMBIENT = 1, 4, 38, 24, 47
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_PIDFD = 0x10000000, 0x20000000, 0x40000000, 0x1000


def call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """One system call by name; ints go as longs, bytes as pointers."""
    number = NUMBERS.get(name)
    if number is None:
        raise OSError(38, f"{name}: no number known on this machine")
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(_syscall(ctypes.c_long(number), *passed))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def clone(flags: int) -> tuple[int, int]:
    """Fork with new namespaces: (0, -1) in the child, (pid, pidfd) in the parent.

    Not os.fork: namespaces by clone cost one process less than unshare, fork, fork. The caller has one thread; glibc's and CPython's
    fork handlers do not run in the child, which therefore starts no thread and forks once more, properly, before foreign code.
    """
    pidfd = ctypes.c_int(-1)
    number = ctypes.c_long(NUMBERS["clone"])
    zero = ctypes.c_long(0)
    pid = int(_syscall(number, ctypes.c_long(flags | CLONE_PIDFD | 17), zero, ctypes.byref(pidfd), zero, zero))
    if pid < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"clone: {os.strerror(error)}")
    return (pid, pidfd.value) if pid else (0, -1)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    call("mount", source.encode(), target.encode(), kind.encode() or None, flags, data.encode() or None)


def prctl(option: int, *arguments: int) -> int:
    """prctl(2); missing arguments are 0."""
    return call("prctl", option, *(*arguments, 0, 0, 0, 0)[:4])


def set_hostname(name: str) -> None:
    """sethostname(2) of this UTS namespace."""
    if _libc.sethostname(name.encode(), ctypes.c_size_t(len(name))):
        error = ctypes.get_errno()
        raise OSError(error, f"sethostname: {os.strerror(error)}")
