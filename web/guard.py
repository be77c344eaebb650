"""A guard around flask-sock: what has to hold between it and a hostile or slow network.

flask-sock and simple-websocket are used as they are; what they get is different: a socket that sends whole frames under one lock, no thread of
their own (the request's thread reads, one writer writes: two threads a socket), and a handshake without permessage-deflate.
Measured defects and mends are in the README of this folder.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

MAX_MESSAGE = 512 * 1024
MESSAGE_S = 10.0
"""A page may take so long to finish one message that it began."""
SEND_BUFFER = 256 * 1024
"""Bounded, so that what lies in the kernel for a slow page is at most this old."""
CONTROL_BYTES, CONTROL_BYTES_A_SECOND = 16 * 1024, 512
"""Pongs that a page may ask for: no browser sends a ping at all."""
CLOSE_WAIT_S = 1.0
DRAIN_BYTES = 4 * 2**20
POLICY_CLOSE = b"\x88\x02\x03\xf0"
"""A whole close frame with code 1008."""
SOCKET_KEYS = ("gunicorn.socket", "werkzeug.socket")


class GuardedSocket:
    """Stands for the connection's socket: `send` sends all of it, and two threads never mix their frames."""

    def __init__(self, raw: Any, stall_s: float) -> None:
        self._raw = raw
        self._sending = threading.Lock()
        self._held: bytearray | None = None
        self._reader = threading.get_ident()
        self._tokens, self._refilled = float(CONTROL_BYTES), time.monotonic()
        self.finished = threading.Event()
        self.unfinished: Callable[[], bool] = lambda: False
        self._unfinished_since = 0.0
        _tune(raw, stall_s)

    def send(self, data: bytes) -> int:
        """Send everything; what the reader's thread sends are answers to control frames, and those are rationed."""
        reader = threading.get_ident() == self._reader
        if reader:
            self._ration(len(data))
        with self._sending:
            if self._held is None:
                self._raw.sendall(data)
            else:
                self._held += data
                if reader:
                    self._send_held()
        return len(data)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What the writer sends meanwhile goes out as one, at the end or before an answer of the reader's."""
        self._held = bytearray()
        try:
            yield
        finally:
            with self._sending:
                self._send_held()
                self._held = None

    def _send_held(self) -> None:
        if self._held:
            held, self._held = self._held, bytearray()
            self._raw.sendall(held)

    def recv(self, size: int) -> bytes:
        """What came in; a message that never ends is ended here."""
        if not self.unfinished():
            self._unfinished_since = 0.0
        elif not self._unfinished_since:
            self._unfinished_since = time.monotonic()
        elif time.monotonic() - self._unfinished_since > MESSAGE_S:
            self._refuse("a message was not finished in time")
        received: bytes = self._raw.recv(size)
        return received

    def fileno(self) -> int:
        """For selectors."""
        number: int = self._raw.fileno()
        return number

    def close(self) -> None:
        """The reader is through: say goodbye in full, so that neither the last frame nor the accept thread suffers; the server closes the descriptor.

        An unread byte at close would reset the connection and lose the close frame; a client that does not close would hold gunicorn's accept
        thread for 2 s. So: no more sending, take what still comes for at most CLOSE_WAIT_S, then shut both ways.
        """
        self.finished.set()
        with contextlib.suppress(OSError):
            self._raw.shutdown(socket.SHUT_WR)
            self._drain()
        self.cut()

    def cut(self) -> None:
        """Shut both ways: whoever reads or writes gets out."""
        with contextlib.suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)

    def _drain(self) -> None:
        deadline, left = time.monotonic() + CLOSE_WAIT_S, DRAIN_BYTES
        while left > 0 and (remaining := deadline - time.monotonic()) > 0:
            self._raw.settimeout(remaining)
            received = len(self._raw.recv(65_536))
            if not received:
                return
            left -= received

    def _ration(self, size: int) -> None:
        now = time.monotonic()
        self._tokens = min(CONTROL_BYTES, self._tokens + (now - self._refilled) * CONTROL_BYTES_A_SECOND) - size
        self._refilled = now
        if self._tokens < 0:
            self._refuse("too many control frames")

    def _refuse(self, why: str) -> NoReturn:
        with self._sending:
            self._raw.sendall(POLICY_CLOSE)
        raise ConnectionAbortedError(why)


class Borrowed:
    """Stands where simple-websocket would start a thread: the request's own thread runs the loop instead."""

    def __init__(self, target: Callable[[], None]) -> None:
        self.name = ""
        self.run = target

    def start(self) -> None:
        """Nothing: `run` is called by the handler."""


class Doorbell:
    """Stands for simple-websocket's Event: `set` hands over what came in, in the reader's thread."""

    def __init__(self) -> None:
        self.ring: Callable[[], None] = lambda: None

    def set(self) -> None:
        """Something came in, or the connection is over."""
        self.ring()


def server_options(ping_s: float) -> dict[str, Any]:
    """SOCK_SERVER_OPTIONS of flask-sock."""
    return {"max_message_size": MAX_MESSAGE, "ping_interval": ping_s, "receive_bytes": 16_384, "thread_class": Borrowed, "event_class": Doorbell}


def wrap(environ: dict[str, Any], stall_s: float) -> GuardedSocket:
    """Put the guard in place of the request's socket, and take the offer of compression out of the handshake."""
    for name in ("HTTP_SEC_WEBSOCKET_EXTENSIONS", "HTTP_SEC_WEBSOCKET_PROTOCOL"):
        environ.pop(name, None)
    key = next(key for key in SOCKET_KEYS if key in environ)
    guarded = GuardedSocket(environ[key], stall_s)
    environ[key] = guarded
    return guarded


def hold(ws: Any, guarded: GuardedSocket, hear: Callable[[str | bytes], None], next_messages: Callable[[], Any], gone: Callable[[], None]) -> None:
    """Carry one conversation until either side ends it: this thread reads, one more writes."""
    ws.event.ring = lambda: _hand_over(ws, hear)
    guarded.unfinished = lambda: ws.incoming_message is not None
    writer = threading.Thread(target=_write, args=(ws, guarded, next_messages), name="socket-writer", daemon=True)
    writer.start()
    try:
        ws.thread.run()
    finally:
        gone()
        guarded.cut()
        writer.join()


def _hand_over(ws: Any, hear: Callable[[str | bytes], None]) -> None:
    while ws.input_buffer:
        hear(ws.input_buffer.pop(0))


def _write(ws: Any, guarded: GuardedSocket, next_messages: Callable[[], Any]) -> None:
    """The writer: ends with a close frame it was told to send, or with the connection."""
    from simple_websocket import ConnectionClosed
    from wsproto.utilities import LocalProtocolError

    try:
        while isinstance(messages := next_messages(), list):
            with guarded.together():
                for message in messages:
                    ws.send(message)
        ws.close(*messages)
    except (ConnectionClosed, LocalProtocolError, OSError):
        pass
    finally:
        guarded.finished.wait(CLOSE_WAIT_S)
        guarded.cut()


def _tune(raw: Any, stall_s: float) -> None:
    with contextlib.suppress(OSError):  # a unix socket behind a proxy has none of these
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(stall_s * 1000))
