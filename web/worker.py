"""gunicorn's gthread worker with two things it lacks: an end to requests that never finish arriving, and a goodbye to WebSockets.

Slow requests (slowloris): a thread that reads a request has REQUEST_S to get all of it; when few threads are free, the oldest readers have only
HURRY_S. WebSockets leave the watch when they are upgraded. On SIGTERM the worker tells every page to come back (close code 1012), then exits.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

REQUEST_S = 15.0
HURRY_S = 2.0
FEW_FREE = 8
LOOK_S = 0.5


class GuardedWorker(ThreadWorker):  # type: ignore[misc]
    """One process, many threads, none of them for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading: dict[Any, float] = {}
        self._busy: set[Any] = set()

    def init_process(self) -> None:
        """Start the watch beside the worker's own loop."""
        threading.Thread(target=self._watch, name="slow-request-watch", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """A connection has a thread now; until its request is whole it is watched."""
        self._reading[conn] = time.monotonic()
        self._busy.add(conn)
        _bound_stalls(conn.sock)
        try:
            return super().handle(conn)
        finally:
            self._busy.discard(conn)
            self._reading.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The head is complete; a body may follow, and has its own time."""
        if _has_body(req):
            self._reading[conn] = time.monotonic()
        else:
            self._reading.pop(conn, None)
        return super().handle_request(req, conn)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: stop accepting, and close every WebSocket from a thread of its own (a signal handler must not wait)."""
        super().handle_exit(sig, frame)
        self._say_goodbye()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGQUIT, or Ctrl+C in the terminal: the same goodbye, without waiting for requests."""
        self._say_goodbye()
        super().handle_quit(sig, frame)

    def _say_goodbye(self) -> None:
        from web.parts import parts_of

        if self.wsgi is not None:
            threading.Thread(target=parts_of(self.wsgi).close, name="goodbye").start()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_S)
            self._cut_slow(time.monotonic())

    def _cut_slow(self, now: float) -> None:
        free = self.cfg.threads - len(self._busy)
        allowed = HURRY_S if free < FEW_FREE else REQUEST_S
        for conn, since in tuple(self._reading.items()):
            if now - since > allowed:
                self._reading.pop(conn, None)
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)


def _has_body(req: Any) -> bool:
    return any(name == "TRANSFER-ENCODING" or (name == "CONTENT-LENGTH" and value != "0") for name, value in req.headers)


def _bound_stalls(sock: Any) -> None:
    """A client that takes in nothing of its answer is cut by the kernel."""
    with contextlib.suppress(OSError):  # a unix socket
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(REQUEST_S * 1000))
