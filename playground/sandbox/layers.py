"""Which layers of the walls hold on this machine: each is rehearsed for real, in a forked child that ends afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

from playground.sandbox import landlock, mounts, namespaces, privileges, seccomp, syscalls
from playground.sandbox.policy import Policy
from playground.sandbox.report import Layer

_MACHINE = os.uname().machine
_MEND_NAMESPACES = ("Allow user namespaces: sysctl user.max_user_namespaces=15000 (Debian: kernel.unprivileged_userns_clone=1; Ubuntu: "
                    "kernel.apparmor_restrict_unprivileged_userns=0); in Docker, run with --security-opt seccomp=unconfined "
                    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined.")
_MEND_MOUNTS = "Let the service mount inside its own namespaces: in Docker, --security-opt apparmor=unconfined."
_MEND_LANDLOCK = "Use Linux 6.2 or newer with landlock in the kernel's list of security modules (boot parameter lsm=landlock,...)."
_MEND_SECCOMP = "Use a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64, and let the service call seccomp(2)."
_MEND_NNP = "Let the service call prctl(PR_SET_NO_NEW_PRIVS); nothing but another sandbox's filter takes that away."
_MEND_ROOT = "Start the service as an ordinary user, or let it change its uid (CAP_SETUID, CAP_SETGID)."
_MEND_READ = "Install this Python where every user can read it (/usr, /usr/local, /opt), or allow namespaces."
_MEND_SAMPLER = "Set kernel.yama.ptrace_scope to 0 or 1; runs work without, but what threads do between two events is not seen."


def examine(proc: int, view: mounts.View) -> list[Layer]:
    """Every layer, the weakest machines' first."""
    found = [
        _layer("no_new_privs", _no_new_privs, "set and kept", _MEND_NNP, "AC"),
        _layer("seccomp", _seccomp, "a filter was installed and a forbidden call failed", _MEND_SECCOMP, "AC"),
        _layer("give_up_root", _give_up_root, "not root, or root was given up", _MEND_ROOT, "AC"),
        _landlock(),
        _layer("namespaces", lambda: _namespaces(proc), "user, pid, mount, IPC, network and UTS namespaces were made", _MEND_NAMESPACES, "A"),
        _layer("mounts", lambda: _mounts(proc, view), "a root of its own was built and a run's directory mounted in it", _MEND_MOUNTS, "A"),
        _layer("sampler", lambda: _sampler(proc), "the supervisor sees the threads of its child", _MEND_SAMPLER, ""),
    ]
    if all(layer.held for layer in found if "A" in layer.needed):
        return [*found, Layer("interpreter", True, "runs see it in the root built for them", "", "")]
    return [*found, _layer("interpreter", lambda: _interpreter(view), "the unprivileged user can read it", _MEND_READ, "")]


def tier_of(found: list[Layer], forced: str = "") -> tuple[str, str, str]:
    """The best tier whose needs are met, why not a better one, and how to mend that. `forced` allows only that tier."""
    reasons: list[str] = []
    mends: list[str] = []
    for tier in "AC":
        missing = [layer for layer in found if tier in layer.needed and not layer.held]
        if forced and tier != forced:
            reasons.append(f"Tier {tier} was not asked for.")
        elif not missing:
            return tier, " ".join(reasons) or "Every wall that the best tier needs holds.", " ".join(mends)
        else:
            reasons.append(f"Tier {tier} needs {missing[0].name}: {missing[0].reason}.")
            mends += [layer.mend for layer in missing if layer.mend not in mends]
    return "D", " ".join(reasons), " ".join(mends)


def _layer(name: str, rehearse: Callable[[], None], good: str, mend: str, needed: str) -> Layer:
    problem = _in_child(rehearse)
    return Layer(name, not problem, problem or good, "" if not problem else mend, needed)


def _landlock() -> Layer:
    version = landlock.abi()
    if version < landlock.MINIMUM_ABI:
        found = f"the kernel has ABI {version}" if version else "the kernel has none"
        return Layer("landlock", False, f"{found}, ABI {landlock.MINIMUM_ABI} is needed", _MEND_LANDLOCK, "C")
    problem = _in_child(_restrict)
    return Layer("landlock", not problem, problem or f"ABI {version}: a file outside the rules could not be opened",
                 _MEND_LANDLOCK if problem else "", "C")


def _in_child(rehearse: Callable[[], None]) -> str:
    """Do it in a forked child: "" if it went well, else what went wrong. The child's end is awaited by the pipe (SIGCHLD may be ignored)."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            signal.alarm(10)
            rehearse()
            os.write(write, b"ok")
        except BaseException as error:  # noqa: BLE001 - any failure of a rehearsal is its result
            with contextlib.suppress(OSError):
                os.write(write, _words(error).encode()[:500])
        finally:
            os._exit(0)
    os.close(write)
    answer = os.read(read, 600).decode(errors="replace")
    os.close(read)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
    return "" if answer == "ok" else answer or "the rehearsal was killed"


def _words(error: BaseException) -> str:
    """What went wrong, without the number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def _no_new_privs() -> None:
    privileges.no_new_privileges()
    if syscalls.prctl(39) != 1:
        raise OSError(1, "no_new_privs did not stay set")


def _seccomp() -> None:
    if _MACHINE not in seccomp.AUDIT_ARCH:
        raise OSError(38, f"no table of system calls for {_MACHINE}")
    privileges.no_new_privileges()
    seccomp.install(seccomp.compile_filter(_MACHINE, processes=False, own_files=False))
    try:
        syscalls.call("socket", 1, 1, 0)
    except PermissionError:
        return
    raise OSError(1, "a forbidden call went through the filter")


def _restrict() -> None:
    privileges.no_new_privileges()
    landlock.restrict(landlock.abi(), [])
    try:
        os.close(os.open("/", os.O_RDONLY))
    except PermissionError:
        return
    raise OSError(1, "a file outside the rules could be opened")


def _give_up_root() -> None:
    privileges.give_up_root()


def _namespaces(proc: int) -> None:
    namespaces.enter_shared(proc)
    privileges.give_up_root()
    _born(proc, lambda: None)


def _mounts(proc: int, view: mounts.View) -> None:
    namespaces.enter_shared(proc)
    mounts.build_root(view)
    privileges.give_up_root()
    _born(proc, lambda: mounts.box(Policy()))


def _born(proc: int, then: Callable[[], None]) -> None:
    """A run's clone with its maps written; it then does one thing."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    uid, gid = os.getuid(), os.getgid()
    read, write = os.pipe()
    pid, _ = syscalls.clone(namespaces.run_flags(Policy()))
    if not pid:
        try:
            namespaces.write_maps(proc, uid, gid)
            then()
        except OSError as error:
            os.write(write, _words(error).encode())
        os._exit(0)
    os.close(write)
    problem = os.read(read, 500).decode(errors="replace")
    os.waitpid(pid, 0)
    if problem:
        raise OSError(1, problem)


def _interpreter(view: mounts.View) -> None:
    privileges.give_up_root()
    for path in view.binds:
        if not os.access(path, os.R_OK):
            raise OSError(13, f"{path} is not readable for an unprivileged user")


def _sampler(proc: int) -> None:
    privileges.give_up_root()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        signal.pause()
        os._exit(0)
    try:
        os.close(os.open(f"{pid}/mem", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc))
        fd = os.open(f"{pid}/task/{pid}/syscall", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
        os.read(fd, 200)
    finally:
        os.kill(pid, signal.SIGKILL)
