"""The filter's decisions, for both machines, by a small BPF machine; the kernel's own are in the attacks."""

from __future__ import annotations

import errno
import struct

import pytest

from playground.sandbox.bpf import AND, AT_LEAST, EQUAL, LOAD
from playground.sandbox.seccomp import ALLOW, AUDIT_ARCH, ERRNO, FREE, KILL, X32, compile_filter
from playground.sandbox.syscall_numbers import numbers

DENIED = ERRNO | errno.EPERM
THREAD_FLAGS = 0x3D0F00
"""What glibc's pthread_create asks of clone."""


def verdict(code: bytes, machine: str, number: int, *arguments: int) -> int:
    """What the kernel would answer."""
    data = struct.pack("<IIQ6Q", number, AUDIT_ARCH.get(machine, 0), 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    lines = list(struct.iter_unpack("<HBBI", code))
    at, word = 0, 0
    while True:
        operation, true, false, value = lines[at]
        at += 1
        if operation == LOAD:
            (word,) = struct.unpack_from("<I", data, value)
        elif operation == AND:
            word &= value
        elif operation in (EQUAL, AT_LEAST):
            at += true if (word == value if operation == EQUAL else word >= value) else false
        else:
            return int(value)


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_ordinary_calls_are_allowed_and_others_denied(machine: str) -> None:
    code, known = compile_filter(machine, processes=False, own_files=True), numbers(machine)
    assert all(verdict(code, machine, known[name]) == ALLOW for name in FREE if name in known)
    for name in ("socket", "connect", "ptrace", "unshare", "setns", "mount", "memfd_create", "bpf", "io_uring_setup", "keyctl", "execve", "setuid",
                 "userfaultfd", "perf_event_open", "pidfd_getfd", "personality", "open_by_handle_at", "recvmsg", "seccomp"):
        assert verdict(code, machine, known[name]) == DENIED, name
    assert verdict(code, machine, 100_000) == DENIED


def test_threads_profile_allows_threads_only(machine: str) -> None:
    code, clone = compile_filter(machine, processes=False, own_files=True), numbers(machine)["clone"]
    assert verdict(code, machine, clone, THREAD_FLAGS) == ALLOW
    assert verdict(code, machine, clone, 17) == DENIED
    assert verdict(code, machine, clone, THREAD_FLAGS & ~0x400) == DENIED, "files of its own"
    assert verdict(code, machine, clone, THREAD_FLAGS | 0x10000000) == DENIED
    assert verdict(code, machine, numbers(machine)["clone3"]) == ERRNO | errno.ENOSYS


def test_processes_profile_allows_fork_but_no_namespaces(machine: str) -> None:
    code, known = compile_filter(machine, processes=True, own_files=True), numbers(machine)
    assert verdict(code, machine, known["clone"], 17) == ALLOW
    assert verdict(code, machine, known["clone"], THREAD_FLAGS) == ALLOW
    assert verdict(code, machine, known["clone"], 0x20000000 | 17) == DENIED
    assert verdict(code, machine, known["clone"], 0x4100 | 17) == ALLOW, "vfork"
    assert verdict(code, machine, known["clone"], THREAD_FLAGS & ~0x400) == DENIED, "files of its own"
    assert verdict(code, machine, known["execve"]) == ALLOW
    assert verdict(code, machine, known["mmap"], 0, 4096, 3, 0x22) == ALLOW
    assert verdict(code, machine, known["mmap"], 0, 4096, 3, 0x21) == DENIED, "shared and anonymous"


def test_arguments_decide(machine: str) -> None:
    code, known = compile_filter(machine, processes=False, own_files=False, only_pid=4711), numbers(machine)
    for name, arguments, allowed in [
        ("kill", (4711,), True), ("kill", (1,), False), ("kill", (0xFFFFFFFF,), False), ("tgkill", (4711, 4712), True), ("tgkill", (1, 1), False),
        ("ioctl", (0, 0x5401), True), ("ioctl", (0, 0x5412), False), ("fcntl", (3, 1031), False), ("fcntl", (3, 4), True), ("prctl", (4,), False),
        ("prctl", (15,), True), ("socketpair", (1, 0x80801), True), ("socketpair", (1, 2), False), ("socketpair", (1, 5), False),
        ("socketpair", (16, 1), False), ("close_range", (4, 9, 0), True), ("close_range", (4, 9, 4), True), ("close_range", (4, 9, 2), False),
        ("ppoll", (0, 8), True), ("ppoll", (0, 9), False), ("pselect6", (8,), True), ("pselect6", (0xFFFFFFFF,), False),
        ("sendto", (4, 1, 1, 0, 0), True),
        ("sendto", (4, 1, 1, 0, 0x7FFF), False), ("sendto", (4, 1, 1, 0, 1 << 40), False), ("prlimit64", (0, 7), True), ("prlimit64", (1, 7), False),
        ("fchmodat", (0, 0), False), ("utimensat", (0, 0), False),
    ]:
        assert (verdict(code, machine, known[name], *arguments) == ALLOW) == allowed, (name, arguments)


def test_other_machines_calls_kill() -> None:
    code = compile_filter("x86_64", processes=False, own_files=True)
    assert verdict(code, "aarch64", 0) == KILL
    assert verdict(code, "x86_64", X32 + 1) == KILL
