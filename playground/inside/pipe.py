"""The event pipe's end within the walls: frames records and writes them without ever holding the program up for long.

One flush is one `write` of many whole records: every system call gives the GIL away, and with spinning threads it comes back 5 ms later.
The pipe's number is moved high at the start and its identity is checked before each write, because the program may close any
descriptor and open a file of its own under the same number.
"""

from __future__ import annotations

import contextlib
import fcntl
import os

from playground.inside import real
from playground.model.record import HEADER, RECORD_BYTES

__builtins__ = real.builtins
PAYLOAD_BYTES = RECORD_BYTES - HEADER.size
_WRITE_BYTES = 1 << 16
_PATIENT_MS = 1_000
"""After so long without room the pipe is looked at again: the program's daemons may have closed it meanwhile."""
_HIGH = (1000, 240, 60, 20)


class Pipe:
    """Records on their way out. Not thread-safe: the recorder's flush lock guards it."""

    __slots__ = ("_at", "_identity", "_pack", "alive", "fd", "pending", "sequence")

    def __init__(self, fd: int) -> None:
        self.fd = _moved_high(fd)
        self.sequence = 0
        self.pending = bytearray()
        self.alive = True
        """False once the reader is gone or the program closed the descriptor."""
        self._pack = HEADER.pack
        self._at = 0
        self._identity = self._look()
        with contextlib.suppress(OSError):
            os.set_blocking(self.fd, False)

    def _look(self) -> tuple[int, int]:
        try:
            found = real.os_fstat(self.fd)
        except OSError:
            return (-1, -1)
        return (found.st_dev, found.st_ino)

    def add(self, kind: int, payload: bytes) -> None:
        """Queue one record; the payload fits (the caller cuts)."""
        self.pending += self._pack(len(payload), kind, 0, self.sequence & 0xFFFF_FFFF) + payload
        self.sequence += 1

    def check(self) -> bool:
        """Whether this is still the pipe; the program may have closed it and opened a file in its place."""
        if self.alive and self._look() != self._identity:
            self.alive = False
        return self.alive

    def push(self, wait_ms: int = 0, most_ms: int = 600_000) -> None:
        """Write what is queued as far as the pipe takes it; wait for room up to `wait_ms` each time it is full, but stop after `most_ms`."""
        if not self.pending or not self.check():
            return
        end_ns = real.monotonic_ns() + most_ms * 1_000_000
        while self._at < len(self.pending):
            try:
                self._at += real.os_write(self.fd, bytes(self.pending[self._at : self._at + _WRITE_BYTES]))
            except BlockingIOError:
                if not wait_ms or real.monotonic_ns() > end_ns or not self._room(wait_ms):
                    break
            except OSError:
                self.alive = False
                break
        del self.pending[: self._at]
        self._at = 0

    def push_all(self) -> None:
        """Write all that is queued, and wait as long as somebody may still read, as a print into a full pipe does."""
        while self.pending and self.alive:
            self.push(_PATIENT_MS)

    def push_beyond(self, size: int) -> None:
        """Write what is queued if it is that much by now."""
        if len(self.pending) >= size:
            self.push()

    def _room(self, wait_ms: int) -> bool:
        waiter = real.poll()
        waiter.register(self.fd, 4)  # POLLOUT
        return bool(waiter.poll(wait_ms))


def write_all(fd: int, data: bytes) -> None:
    """All of it to a descriptor; gives up when nobody reads."""
    try:
        while data:
            data = data[real.os_write(fd, data) :]
    except OSError:
        return


def whole_letters(data: bytes, most: int) -> int:
    """How much of the data fits without cutting a UTF-8 letter in two."""
    if len(data) <= most:
        return len(data)
    cut = most
    while cut > most - 4 and data[cut] & 0xC0 == 0x80:
        cut -= 1
    return cut


def _moved_high(fd: int) -> int:
    """The same pipe under a high number, so that the program's first `open` gets what it would get anyway."""
    for low in _HIGH:
        try:
            high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, low)
        except OSError:
            continue
        os.close(fd)
        return high
    return fd
