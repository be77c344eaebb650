"""The host's handle on a zygote: a warm interpreter, exec'd with a clean environment, of which every run is a fork.

Why exec'd: a cleared environment stays on a process's stack (`environ.clear()` hides nothing), and a fork of a threaded server would inherit
locks whose owners are gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import socket
import subprocess
import threading
from pathlib import Path
from typing import Protocol

from playground.model.errors import SandboxRefused
from playground.sandbox.cell import Cell
from playground.sandbox.policy import Policy
from playground.sandbox.report import Layer
from playground.sandbox.supervisor import GO

ENVIRONMENT = {"HOME": "/box", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TERM": "dumb", "TZ": "UTC", "MALLOC_ARENA_MAX": "2"}
"""All that a run finds in os.environ. Two malloc arenas: each reserves 64 MB of the run's address space."""
START_S, ORDER_S = 60.0, 20.0
_ROOT = Path(__file__).parents[2]
_FIRST = ("import os,socket;n={fd};n-3 and (os.dup2(n,3),os.close(n));s=socket.socket(fileno=3);t=s.recv(1<<18);s.detach();exec(t)")


class Interpreter(Protocol):
    """What a zygote needs to know of a runtime."""

    @property
    def name(self) -> str: ...
    @property
    def executable(self) -> str: ...


class Zygote:
    """One warm interpreter. Thread-safe; `start` raises SandboxRefused where no tier can be had.

    `extension` is one package that the preloaded module needs, and the folder it lies in; no run can import it. `hash_seed` gives strings the same
    hashes in every zygote that has it (None: each zygote its own).
    """

    def __init__(self, runtime: Interpreter, *, tier: str | None = None, preload: str = "playground.inside.main",
                 extension: tuple[str, str] = ("", ""), hash_seed: int | None = None) -> None:
        self.runtime = runtime
        self.tier = ""
        self.layers: tuple[str, ...] = ()
        self.reason = ""
        self.mend = ""
        self.found: tuple[Layer, ...] = ()
        self.gil_seen = False
        self.pid = 0
        self._forced = tier or ""
        self._preload = preload
        self._extension = extension
        self._hash_seed = hash_seed
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ahead: tuple[Policy, Cell] | None = None

    def start(self) -> None:
        """Start the process and hear which tier holds; nothing if it runs already."""
        with self._lock:
            if self._control is None:
                self._start()

    def open_cell(self, policy: Policy, job: bytes) -> Cell:
        """A new run of these bytes behind these walls. A zygote that died is replaced once."""
        with self._lock:
            if (cell := self._take(policy)) is not None:
                cell.begin(job)
                return cell
            if self._control is None:
                self._start()
            try:
                return self._order(policy, job)
            except (ConnectionError, TimeoutError, EOFError):
                self._stop()
                self._start()
                return self._order(policy, job)
            except OSError as error:
                raise SandboxRefused(f"A run could not be started: {error.strerror}. Close others, or raise the limit of open files.") from None

    def prepare(self, policy: Policy) -> None:
        """Put up the walls of the next run that will have this policy, so that it need not wait for them; at most one cell stands ready."""
        with self._lock:
            if self._control is None or (self._ahead is not None and self._ahead[0] == policy and self._ahead[1].waits):
                return
            self._let_go()
            with contextlib.suppress(OSError, EOFError, SandboxRefused):  # then the run itself will say so
                self._ahead = policy, self._order(policy)

    def _take(self, policy: Policy) -> Cell | None:
        if self._ahead is None or self._ahead[0] != policy:
            return None
        (_, cell), self._ahead = self._ahead, None
        if cell.waits:
            return cell
        cell.close()
        return None

    def _let_go(self) -> None:
        if self._ahead is not None:
            self._ahead[1].close()
            self._ahead = None

    def close(self) -> None:
        """End the zygote, and with it every run that is left."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        _raise_open_files()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        first = _FIRST.format(fd=theirs.fileno())
        seeded = self._hash_seed is not None
        options = ("-P", "-s") if seeded else ("-I",)  # -I would not let the seed through; the environment is ours either way
        environment = {**ENVIRONMENT, "PYTHONHASHSEED": str(self._hash_seed)} if seeded else ENVIRONMENT
        try:
            self._process = subprocess.Popen(
                [os.path.realpath(self.runtime.executable), *options, "-S", "-B", "-c", first], env=environment, pass_fds=[theirs.fileno()], cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError as error:
            ours.close()
            raise SandboxRefused(f"The interpreter {self.runtime.name} cannot be started: {error.strerror}. Check `threadplay doctor`.") from None
        finally:
            theirs.close()
        self._control = ours
        try:
            self._greet(ours)
            ours.settimeout(ORDER_S)
        except BaseException:
            self._stop()
            raise

    def _greet(self, control: socket.socket) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            control.send((_ROOT / "playground/sandbox/boot.py").read_bytes())
            control.send(json.dumps({"root": str(_ROOT), "preload": self._preload, "tier": self._forced,
                                     "extension": self._extension[0], "folder": self._extension[1]}).encode())
        ready, _, _ = select.select([control], [], [], START_S)
        answer = control.recv(1 << 16) if ready else b""
        if not answer:
            raise SandboxRefused(f"The interpreter {self.runtime.name} did not become a zygote. Check `threadplay doctor`.")
        word = json.loads(answer)
        self.tier, self.reason, self.mend = word["tier"], word["reason"], word["mend"]
        self.found = tuple(Layer(*row) for row in word["layers"])
        self.layers = tuple(layer.name for layer in self.found if layer.held)
        self.gil_seen, self.pid = bool(word.get("gil_seen")), int(word.get("pid", 0))
        if self.tier == "D":
            raise SandboxRefused(f"No program can be run safely here. {self.reason} {self.mend}".strip())

    def _order(self, policy: Policy, job: bytes | None = None) -> Cell:
        """Make the channels, send the run's ends over, keep ours. Without a job it is to come by a pipe."""
        control = self._control
        assert control is not None
        ours: dict[str, int] = {}
        its_job, write = os.pipe2(os.O_CLOEXEC) if job is None else (_job_file(job), -1)
        theirs = [its_job]
        supervisor, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            if job is not None:
                supervisor.send(GO)
            for name in ("events", "stdout", "stderr"):
                ours[name], its_own = os.pipe2(os.O_CLOEXEC)
                theirs.append(its_own)
            socket.send_fds(control, [policy.to_json().encode()], [*theirs, its_end.fileno()])
            answer, fds, _, _ = socket.recv_fds(control, 4096, 1)
            if not answer:
                raise EOFError
            word = json.loads(answer)
            if "error" in word:
                raise SandboxRefused(f"A run could not be started: {word['error']}. Check `threadplay doctor`.")
            return Cell(ours, supervisor, fds[0], write)
        except BaseException:
            supervisor.close()
            for fd in (*ours.values(), *([] if write < 0 else [write])):
                os.close(fd)
            raise
        finally:
            its_end.close()
            for fd in theirs:
                os.close(fd)

    def _stop(self) -> None:
        self._let_go()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:  # it takes its runs with it
                self._process.kill()
                self._process.wait()
            self._process = None


def _job_file(job: bytes) -> int:
    """The job as a file without a name, at its beginning: a pipe would block on more than 64 KB."""
    fd = os.memfd_create("job", os.MFD_CLOEXEC)
    view = memoryview(job)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _raise_open_files() -> None:
    """Five open files a run: ask for as many as this process may have (the customary soft limit of 1024 ends at 200 runs)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
