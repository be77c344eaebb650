"""The system calls that a run may make: an allow list as data, compiled to a filter. Everything else fails with EPERM.

seccomp(2); clone3 answers ENOSYS so that glibc falls back to clone, whose flags a filter can read; x32 calls kill.
"""

from __future__ import annotations

import ctypes
import errno
from dataclasses import dataclass

from playground.sandbox import syscalls
from playground.sandbox.bpf import MACHINE, NUMBER, Program, argument
from playground.sandbox.syscall_numbers import numbers

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000
_SET_MODE_FILTER, _TSYNC = 1, 1
_NEW_NAMESPACES = 0x7E020000
_CLONE_THREAD, _CLONE_FILES, _CLONE_FORBIDDEN = 0x10000, 0x400, _NEW_NAMESPACES | 0x2000 | 0x8000
"""Never: new namespaces, CLONE_PTRACE, CLONE_PARENT; nor a thread with a table of files of its own, which the limit of open files would not count."""

FREE = (
    "futex", "clock_nanosleep", "read", "write", "nanosleep", "mmap", "munmap", "madvise", "mprotect", "mremap", "brk", "clock_gettime",
    "gettimeofday", "time", "clock_getres", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "close", "open", "openat", "lseek",
    "fstat", "newfstatat", "stat", "lstat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64",
    "getcwd", "chdir", "fchdir", "truncate", "ftruncate", "fallocate", "fadvise64", "dup", "dup2", "dup3", "flock", "fsync", "fdatasync", "statfs",
    "fstatfs", "copy_file_range", "sendfile", "pipe", "pipe2", "eventfd", "eventfd2", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
    "epoll_pwait", "epoll_pwait2", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "symlink", "symlinkat",
    "mincore", "msync", "membarrier", "exit", "exit_group", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue", "set_robust_list",
    "get_robust_list", "set_tid_address", "rseq", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "sched_rr_get_interval", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid",
    "getegid", "getgroups", "getresuid", "getresgid", "getpgid", "getpgrp", "getsid", "getrusage", "getrlimit", "setrlimit", "times", "uname",
    "sysinfo", "getcpu", "getrandom", "getpriority", "umask", "capget", "wait4", "waitid", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend", "sigaltstack", "pause", "alarm", "getitimer", "setitimer", "restart_syscall", "recvfrom",
    "getsockname", "getpeername", "getsockopt", "shutdown", "listxattr", "llistxattr", "flistxattr", "getxattr", "lgetxattr", "fgetxattr",
)
"""Allowed with any arguments."""

MODES = ("link", "linkat", "chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "futimesat", "utimensat")
"""Allowed where every file that can be written is the run's own (tier A): Landlock does not cover them. sem_open links."""

PROCESSES = ("fork", "vfork", "execve", "setpgid", "setsid", "arch_prctl")
"""Allowed where a run may have several processes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that is allowed if `args[index] & mask` is one of `values` (or, `never`, none of them), and `also` holds of the same call."""

    name: str
    index: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    never: bool = False
    also: Rule | None = None


RULES = (
    Rule("ioctl", 1, (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    Rule("fcntl", 1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),
    Rule("prctl", 0, (2, 3, 15, 16, 21, 23, 39, 0x53564D41)),
    Rule("socketpair", 0, (1,), also=Rule("socketpair", 1, (1,), 0xF)),
    Rule("close_range", 2, (0, 4)),
    Rule("prlimit64", 0, (0,)),
    Rule("sched_setaffinity", 0, (0,)),
)
"""Terminal size and blocking modes, locks and flags of fds, names of threads, pairs of AF_UNIX
streams (a datagram may be as long again as the buffer it goes beyond), limits and affinity of oneself: no F_SETPIPE_SZ, F_SETOWN, PR_SET_DUMPABLE,
PR_SET_PDEATHSIG, TIOCSTI, other pids, CLOSE_RANGE_UNSHARE."""

WAITS = {"poll": 1, "ppoll": 1, "select": 0, "pselect6": 0}
"""Calls that hold every file they wait for, and the argument that says how many."""


def compile_filter(machine: str, *, processes: bool, own_files: bool, only_pid: int = 0, files_a_wait: int = 8) -> bytes:
    """The filter for one profile: `processes` allows fork and exec, `own_files` the MODES, `only_pid` limits signals to that process,
    `files_a_wait` is the most that one of the WAITS may be given."""
    known = numbers(machine)
    program = Program()
    program.load(MACHINE)
    program.if_equal(AUDIT_ARCH[machine], 1)
    program.end(KILL)
    program.load(NUMBER)
    if machine == "x86_64":
        program.unless_at_least(X32, 1)
        program.end(KILL)
    depending = _depending(processes, only_pid)
    ruled = {rule.name for rule in depending}
    for name in (*FREE, *(MODES if own_files else ()), *(PROCESSES if processes else ()), "kill", "tgkill"):
        if name in known and name not in ruled:
            program.unless_equal(known[name], 1)
            program.end(ALLOW)
    for rule in (*RULES, *depending):
        if rule.name in known:
            _add_rule(program, known[rule.name], rule)
    for name, index in WAITS.items():
        if name in known:
            _add_wait(program, known[name], index, files_a_wait)
    _add_sendto(program, known["sendto"])
    program.unless_equal(known["clone3"], 1)
    program.end(ERRNO | errno.ENOSYS)
    program.end(ERRNO | errno.EPERM)
    return program.assemble()


def install(code: bytes) -> None:
    """Put this filter over every thread of the process (there must be one) for good."""
    array = ctypes.create_string_buffer(code, len(code))
    header = (ctypes.c_uint64 * 2)(len(code) // 8, ctypes.addressof(array))
    if syscalls.call("seccomp", _SET_MODE_FILTER, _TSYNC, ctypes.addressof(header)):
        raise OSError(errno.EBUSY, "seccomp: a second thread was there")


def _depending(processes: bool, only_pid: int) -> list[Rule]:
    thread = _CLONE_THREAD | _CLONE_FILES
    rules = [Rule(name, 0, (only_pid,)) for name in ("kill", "tgkill") if only_pid]
    if processes:
        # shared anonymous memory that is not mapped at the moment belongs to nobody's RSS
        return [*rules, Rule("clone", 0, (0, _CLONE_FILES, thread), thread | _CLONE_FORBIDDEN), Rule("mmap", 3, (0x21,), 0x21, never=True)]
    return [*rules, Rule("clone", 0, (thread,), thread | _CLONE_FORBIDDEN)]


def _add_rule(program: Program, number: int, rule: Rule) -> None:
    body = Program()
    if rule.also:
        _demand(body, rule.also)
    _fetch(body, rule)
    for value in rule.values:
        body.unless_equal(value, 1)
        body.end(ERRNO | errno.EPERM if rule.never else ALLOW)
    body.end(ALLOW if rule.never else ERRNO | errno.EPERM)
    program.unless_equal(number, len(body.lines))
    program.lines += body.lines


def _demand(body: Program, rule: Rule) -> None:
    """Go on only where this rule, of one value, holds."""
    _fetch(body, rule)
    body.if_equal(rule.values[0], 1)
    body.end(ERRNO | errno.EPERM)


def _fetch(body: Program, rule: Rule) -> None:
    body.load(argument(rule.index))
    if rule.mask != 0xFFFFFFFF:
        body.mask(rule.mask)


def _add_wait(program: Program, number: int, index: int, most: int) -> None:
    """The kernel reads this argument as an int: its low half decides, and a negative one is far above `most` here."""
    program.unless_equal(number, 4)
    program.load(argument(index))
    program.unless_at_least(most + 1, 1)
    program.end(ERRNO | errno.EPERM)
    program.end(ALLOW)


def _add_sendto(program: Program, number: int) -> None:
    """sendto only without an address: a datagram pair must not reach a named socket."""
    program.unless_equal(number, 6)
    program.load(argument(4))
    program.unless_equal(0, 3)
    program.load(argument(4, high=True))
    program.unless_equal(0, 1)
    program.end(ALLOW)
    program.end(ERRNO | errno.EPERM)
