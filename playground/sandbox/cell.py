"""One confined run, seen from the host: what it sends, how to stop it, how it ended.

Whatever a run writes is bytes here; times, limits and the exit status come from its supervisor alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import threading
import time
from dataclasses import dataclass, replace

from playground.model.errors import PlaygroundError
from playground.sandbox.supervisor import GO, STOP

CHUNK = 1 << 16
POLITE_S, FIRM_S = 0.3, 5.0
"""How long a supervisor has to end its run when told to, and how long the kernel has after it was killed."""


class SurvivorsLeft(PlaygroundError):
    """A run that was ended is still there: this service must take no more runs."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a run ended, as its supervisor saw it.

    `reason`: "ended", "limit", "refused: ..." (the walls could not be put up: no program ran), what `kill` was told, or "lost" (the
    supervisor went without a word).
    `status` and `signal` are those of the first process; `limit` is the Limits field that a wall enforced, or "".
    """

    reason: str
    status: int
    signal: int
    cpu_s: float
    max_memory_mb: float
    limit: str


class Cell:
    """One run. `chunks` belongs to one consumer thread; `kill` to anybody."""

    def __init__(self, pipes: dict[str, int], supervisor: socket.socket, pidfd: int, job: int = -1) -> None:
        """`job`: the pipe by which the job will come, of a cell that was opened ahead."""
        self._supervisor = supervisor
        self._job = job
        self._pidfd = pidfd
        self._channels = {fd: name for name, fd in pipes.items()}
        self._poller = select.poll()
        for fd in (*self._channels, supervisor.fileno()):
            self._poller.register(fd, select.POLLIN)
        self._told = threading.Lock()
        self._killed_for = ""
        self._exit: Exit | None = None
        self._supervised = True
        self._refused = False
        self._closed = False

    @property
    def waits(self) -> bool:
        """It stands behind its walls and has no job yet."""
        return self._job >= 0 and not self._closed and not self._gone(0)

    def begin(self, job: bytes) -> None:
        """Give the job to a cell that was opened ahead: the run and its clocks begin."""
        write, self._job = self._job, -1
        with contextlib.suppress(OSError), open(write, "wb") as pipe:  # a cell that is gone tells so by itself
            self._supervisor.send(GO, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            pipe.write(job)

    @property
    def over(self) -> bool:
        """Every channel is at its end and the exit known."""
        return not self._channels and not self._supervised

    def chunks(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """What has come on "events", "stdout", "stderr", "samples", waiting at most so long; a channel at its end is dropped."""
        found: list[tuple[str, bytes]] = []
        deadline = time.monotonic() + timeout_s
        while not found and not self.over:
            left_s = deadline - time.monotonic()
            ready = self._poller.poll(max(0.0, left_s * 1000))
            for fd, _ in ready:
                found += self._read(fd)
            if left_s <= 0:
                break
        return found

    def kill(self, reason: str) -> None:
        """End the run and everything it started; on return nothing of it lives. The first reason counts; after the end it is nothing."""
        with self._told:
            if self._closed or self._gone(0):
                return
            self._killed_for = self._killed_for or reason
            with contextlib.suppress(OSError):
                self._supervisor.send(STOP, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            if self._gone(POLITE_S):
                return
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            if not self._gone(FIRM_S):
                raise SurvivorsLeft("A run could not be ended. Restart the service.")

    def exit(self) -> Exit:
        """How it ended; call when `over`."""
        found = self._exit or Exit("lost", 0, int(signal.SIGKILL), 0.0, 0.0, "")
        if self._killed_for and found.reason in ("stopped", "lost"):
            return replace(found, reason=self._killed_for)
        return found

    def close(self) -> None:
        """Let go of everything; a run that still lives is ended first."""
        if self._closed:
            return
        self.kill("closed")
        with self._told:
            self._closed = True
            for fd in (*self._channels, self._pidfd, *([self._job] if self._job >= 0 else [])):
                os.close(fd)
            self._channels.clear()
            self._supervised = False
            self._supervisor.close()

    def _gone(self, timeout_s: float) -> bool:
        """Whether the supervisor has ended: pid 1 of a namespace is the last to do so."""
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        return bool(poller.poll(timeout_s * 1000))

    def _read(self, fd: int) -> list[tuple[str, bytes]]:
        if fd not in self._channels:
            return self._hear()
        data = os.read(fd, CHUNK)
        name = self._channels[fd]
        if data:
            return [(name, data)]
        self._poller.unregister(fd)
        del self._channels[fd]
        os.close(fd)
        return []

    def _hear(self) -> list[tuple[str, bytes]]:
        """One message of the supervisor: samples, or its last word."""
        try:
            message = self._supervisor.recv(CHUNK)
        except ConnectionResetError:  # it left with our STOP unread: said once, and before its last word, which is still to be read
            return []
        if message[:1] == b"S":
            return [("samples", message[1:])]
        if message[:1] == b"X":
            self._exit = self._exit if self._refused else _exit_of(json.loads(message[1:]))
        elif message[:1] == b"E":  # then the supervisor's word is about a run that never was
            self._refused = True
            self._exit = Exit(f"refused: {message[1:].decode(errors='replace')}", 0, 0, 0.0, 0.0, "")
        else:
            self._poller.unregister(self._supervisor.fileno())
            self._supervised = False
        return []


def _exit_of(word: dict[str, object]) -> Exit:
    limit = str(word["limit"])
    reason = "limit" if limit else "stopped" if word["stopped"] else "ended"
    return Exit(reason, int(str(word["status"])), int(str(word["signal"])), float(str(word["cpu_s"])),
                float(str(word["max_memory_mb"])), limit)
