"""Become an ordinary user for whom the interpreter is readable, then run a module: `python ordinary_user.py MODULE WORDS...` as root.

The interpreter may lie in root's home: a private mount namespace shows its prefix, and nothing else, to everybody.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playground.sandbox import syscalls

USER = 64_997


def main() -> None:
    """Never returns: the module runs in this process's place."""
    os.unshare(os.CLONE_NEWNS)
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    closed = [folder for folder in reversed(Path(sys.base_prefix).parents) if not folder.stat().st_mode & 0o001]
    if closed:
        prefix = os.open(sys.base_prefix, os.O_PATH | os.O_CLOEXEC)
        syscalls.mount("tmpfs", str(closed[0]), "tmpfs", 0, "mode=0755")
        os.makedirs(sys.base_prefix)
        syscalls.mount(f"/proc/self/fd/{prefix}", sys.base_prefix, "", syscalls.MS_BIND | syscalls.MS_REC)
        os.close(prefix)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    executable = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    os.execve(executable, [executable, "-m", *sys.argv[1:]], {"PYTHONPATH": os.getcwd(), "PATH": "/usr/bin:/bin"})


if __name__ == "__main__":
    main()
