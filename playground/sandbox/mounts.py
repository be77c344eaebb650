"""What a run sees of the file system: the interpreter and its libraries read-only, five devices, one small directory of its own."""

from __future__ import annotations

import os
import struct
import sys
from dataclasses import dataclass

from playground.sandbox import syscalls
from playground.sandbox.namespaces import INNER_ID
from playground.sandbox.policy import Policy

BOX = "/box"
"""The run's working directory; /tmp and /dev/shm are the same one."""
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
_HIDDEN = ("site-packages", "dist-packages")
_STAGES = ("/mnt", "/media", "/srv", "/opt", "/home", "/var/tmp", "/tmp")
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_AT_RECURSIVE = 0x8000


@dataclass(frozen=True, slots=True)
class View:
    """What is bound into the root: directories and files by their real paths, symlinks as they are, directories shown empty."""

    binds: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]
    executables: tuple[str, ...]


def of_interpreter(proc: int) -> View:
    """The view that this very interpreter needs: found by asking it, so that a private prefix or libc works as well."""
    stdlib = os.path.dirname(os.path.realpath(os.__file__))
    executable = os.path.realpath(sys.executable)
    links = tuple((path, os.readlink(path)) for path in _SYSTEM if os.path.islink(path))
    wanted = [path for path in _SYSTEM if os.path.exists(path) and not os.path.islink(path)]
    wanted += [os.path.dirname(stdlib), executable, *_mapped_directories(proc)]
    binds: list[str] = []
    for path in sorted(map(os.path.realpath, wanted), key=len):
        if not any(path == other or path.startswith(other + "/") for other in binds):
            binds.append(path)
    hidden = [os.path.join(stdlib, name) for name in _HIDDEN] + ["/usr/lib/python3"]
    loader = [path for path in _mapped_files(proc) if os.path.basename(path).startswith("ld-")]
    return View(tuple(binds), links, tuple(path for path in hidden if os.path.isdir(path)), (executable, *loader))


def build_root(view: View) -> None:
    """Make a fresh read-only root from the view and leave the old one for good. Needs a mount namespace of one's own."""
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    stage = _stage(view)
    syscalls.mount("tmpfs", stage, "tmpfs", syscalls.MS_NOSUID, "size=64k,nr_inodes=256,mode=0755")
    for path in view.binds:
        _bind(path, stage + path, _RDONLY | _NOSUID | _NODEV)
    for path in DEVICES:
        _bind(path, stage + path, _RDONLY | _NOSUID | _NOEXEC)
    for path in view.hidden:
        syscalls.mount("tmpfs", stage + path, "tmpfs", syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4k,nr_inodes=2")
    for path, target in view.links:
        os.makedirs(os.path.dirname(stage + path), exist_ok=True)
        os.symlink(target, stage + path)
    os.makedirs(stage + BOX)
    for path in ("/tmp", "/dev/shm"):
        if not os.path.exists(stage + path):
            os.symlink(BOX, stage + path)
    _enter(stage)


def box(policy: Policy) -> None:
    """A fresh directory for this run, of bounded size and bounded number of files; it ends with the run's mount namespace."""
    if policy.has("tmpfs"):
        flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
        sizes = f"size={policy.disk_mb}m,nr_inodes={policy.inodes},mode=0700,uid={INNER_ID},gid={INNER_ID}"
        syscalls.mount("tmpfs", BOX, "tmpfs", flags, sizes)
    os.chdir(BOX)


def _enter(stage: str) -> None:
    os.chdir(stage)
    syscalls.call("pivot_root", b".", b".")
    syscalls.call("umount2", b".", syscalls.MNT_DETACH)
    os.chdir("/")
    _set_attributes("/", _RDONLY | _NOSUID, recursive=False)


def _bind(source: str, target: str, attributes: int) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    syscalls.mount(source, target, "", syscalls.MS_BIND | syscalls.MS_REC)
    _set_attributes(target, attributes, recursive=True)


def _set_attributes(path: str, attributes: int, *, recursive: bool) -> None:
    """mount_setattr(2), Linux 5.12: the flags of a whole tree at once, which MS_REMOUNT cannot do."""
    block = struct.pack("=QQQQ", attributes, 0, 0, 0)
    syscalls.call("mount_setattr", -100, path.encode(), _AT_RECURSIVE if recursive else 0, block, len(block))


def _stage(view: View) -> str:
    """An existing directory that hides nothing of the view while the new root is built on it."""
    for stage in _STAGES:
        if os.path.isdir(stage) and not os.path.islink(stage) and not any(_related(stage, path) for path in view.binds):
            return stage
    raise OSError(2, "no free directory to build the run's root on")


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _mapped_files(proc: int) -> list[str]:
    with open(os.open("self/maps", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)) as maps:
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if line.count("/")}
    return sorted(os.path.realpath(path) for path in paths if path.startswith("/") and ".so" in path and os.path.exists(path))


def _mapped_directories(proc: int) -> list[str]:
    """Where mapped libraries lie; what is loaded of an installed package stays loaded, its folder is not shown."""
    return sorted({os.path.dirname(path) for path in _mapped_files(proc) if "/site-packages/" not in path})
