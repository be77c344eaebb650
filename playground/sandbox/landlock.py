"""Landlock: which files a run may open, by inode, whatever the paths say (docs.kernel.org/userspace-api/landlock.html)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from playground.sandbox import syscalls

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_MAKE_DEVICES = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11
_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many access rights of files each ABI handles; 16 since ABI 5."""
READ = READ_FILE | READ_DIR
OWN = ~(EXECUTE | _MAKE_DEVICES | IOCTL_DEV)
"""In the run's own directory: everything but to execute and to make devices, sockets and FIFOs."""
DEVICE = READ_FILE | WRITE_FILE
MINIMUM_ABI = 3
"""What tier C needs: from ABI 3 (Linux 6.2) truncation is covered too."""


def abi() -> int:
    """The kernel's Landlock ABI; 0 where there is none."""
    try:
        return syscalls.call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def restrict(version: int, rules: Iterable[tuple[int, int]]) -> None:
    """Confine this thread for good: only `(fd of a path, rights)` beneath; no TCP, no signals or abstract sockets to outside."""
    handled = (1 << _BY_ABI.get(version, 16)) - 1
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", 3)
    if version >= 6:
        attributes += struct.pack("=Q", 3)
    ruleset = syscalls.call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for fd, rights in rules:
            beneath = struct.pack("=Qi", rights & handled & (-1 if _is_directory(fd) else _OF_FILES), fd)
            syscalls.call("landlock_add_rule", ruleset, 1, ctypes.create_string_buffer(beneath, len(beneath)), 0)
        syscalls.call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _is_directory(fd: int) -> bool:
    return os.fstat(fd).st_mode & 0o170000 == 0o040000
