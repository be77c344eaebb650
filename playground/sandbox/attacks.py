"""The probe's program: about a dozen attacks, tried from inside the walls with the service's own uid. Preloaded instead of the recorder.

Each attack is a function that returns what it got if it succeeded and raises OSError if it was stopped.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Callable


def main(job: bytes, event_fd: int) -> int:
    """Try every attack that fits the job's tier; one JSON line each on the event pipe."""
    facts = json.loads(job)
    for name, attack in _ATTACKS.items():
        try:
            got = attack(facts)
        except OSError as error:
            stopped, answer = True, errno.errorcode.get(error.errno or 0, str(error))
        else:
            stopped, answer = got is None, str(got or "nothing was there")
        os.write(event_fd, (json.dumps([name, stopped, answer]) + "\n").encode())
    return 0


def _call(name: str, *arguments: object) -> str:
    """A libc function; -1 becomes OSError."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return "it succeeded"


def _read_passwords(facts: dict[str, object]) -> str | None:
    with open("/etc/passwd") as file:
        return file.readline()


def _list_root(facts: dict[str, object]) -> str | None:
    """A root of its own may be listed: nothing of the host is in it."""
    host = {"proc", "sys", "var", "boot", "home"} & set(os.listdir("/"))
    return f"the host's {', '.join(sorted(host))}" if host else None


def _read_application(facts: dict[str, object]) -> str | None:
    with open(str(facts["application"])) as file:
        return file.readline()


def _write_stdlib(facts: dict[str, object]) -> str | None:
    with open(os.__file__, "a"):
        return f"{os.__file__} is open for writing"


def _chmod_stdlib(facts: dict[str, object]) -> str | None:
    os.chmod(os.__file__, 0o777)
    return f"{os.__file__} was changed"


def _open_socket(facts: dict[str, object]) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM):
        return "a TCP socket"


def _open_netlink(facts: dict[str, object]) -> str | None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0):
        return "a netlink socket"


def _signal_zygote(facts: dict[str, object]) -> str | None:
    os.kill(int(str(facts["zygote"])), 0)
    return "the zygote can be signalled"


def _fork(facts: dict[str, object]) -> str | None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return "a second process"


def _exec_shell(facts: dict[str, object]) -> str | None:
    os.execv("/bin/sh", ["sh", "-c", "true"])
    return None


def _new_namespace(facts: dict[str, object]) -> str | None:
    os.unshare(os.CLONE_NEWUSER)
    return "a user namespace"


def _mount(facts: dict[str, object]) -> str | None:
    return _call("mount", b"none", b"/", b"tmpfs", 0, None)


def _trace(facts: dict[str, object]) -> str | None:
    return _call("ptrace", 16, os.getppid(), 0, 0)


def _hidden_memory(facts: dict[str, object]) -> str | None:
    os.close(os.memfd_create("hidden"))
    return "memory that nobody counts"


def _become_root(facts: dict[str, object]) -> str | None:
    os.setuid(0)
    return "uid 0"


def _play_dead(facts: dict[str, object]) -> str | None:
    return _call("prctl", 4, 0, 0, 0, 0)


def _open_files(facts: dict[str, object]) -> str | None:
    """Anything but the four channels that was left open."""
    found = []
    for fd in range(4, 1024):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return f"open files {found}" if found else None


def _environment(facts: dict[str, object]) -> str | None:
    extra = set(os.environ) - {"HOME", "LANG", "LC_CTYPE", "PATH", "TERM", "TZ", "MALLOC_ARENA_MAX"}
    return f"environment {sorted(extra)}" if extra else None


def _import_application(facts: dict[str, object]) -> str | None:
    return next((name for name in sys.modules if name.startswith(("flask", "web.", "sqlalchemy"))), None)


def _stop_supervisor(facts: dict[str, object]) -> str | None:
    """pid 1 of a namespace ignores even SIGKILL from inside; elsewhere the filter answers."""
    parent = os.getppid()
    os.kill(parent, signal.SIGKILL)
    os.sched_yield()
    if os.getppid() != parent:
        return "the supervisor was killed"
    return None


_ATTACKS: dict[str, Callable[[dict[str, object]], str | None]] = {
    "read /etc/passwd": _read_passwords,
    "list the host's root": _list_root,
    "read the application": _read_application,
    "write the standard library": _write_stdlib,
    "chmod the standard library": _chmod_stdlib,
    "open a TCP socket": _open_socket,
    "open a netlink socket": _open_netlink,
    "signal the zygote": _signal_zygote,
    "kill the supervisor": _stop_supervisor,
    "start a process": _fork,
    "exec a shell": _exec_shell,
    "make a namespace": _new_namespace,
    "mount": _mount,
    "trace the supervisor": _trace,
    "hide memory in a memfd": _hidden_memory,
    "become root": _become_root,
    "become undumpable": _play_dead,
    "find open files": _open_files,
    "find the service's environment": _environment,
    "find the application in memory": _import_application,
}
