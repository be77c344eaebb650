"""`/live`, the one WebSocket: it ties a guarded socket to a Conversation and counts what is open.

Who may open it is settled before the upgrade: Host and Origin (security.py), a whole handshake, and room (the cap).
"""

from __future__ import annotations

import base64
import binascii
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, request
from flask_sock import Sock

from web import guard, visitor
from web.conversation import Conversation

if TYPE_CHECKING:
    from web.parts import Parts

RETRY_S = "10"


class Sockets:
    """The open conversations, at most `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused = self.opened = self.summaries = 0
        self._taken = 0
        self._talks: set[Conversation] = set()
        self._lock = threading.Lock()
        self._closing = False

    def __len__(self) -> int:
        return self._taken

    def take(self) -> bool:
        """Reserve room for one more; False when there is none."""
        with self._lock:
            if self._closing or self._taken >= self.most:
                self.refused += 1
                return False
            self._taken += 1
            self.opened += 1
            return True

    def give_back(self) -> None:
        """One that was taken is over."""
        with self._lock:
            self._taken -= 1

    def enter(self, talk: Conversation) -> None:
        """A conversation begins."""
        with self._lock:
            self._talks.add(talk)
            closing = self._closing
        if closing:
            talk.close(1012, "The server restarts")

    def exit(self, talk: Conversation) -> None:
        """It is over."""
        with self._lock:
            self._talks.discard(talk)
            self.summaries += talk.summaries

    def close_all(self) -> None:
        """The server ends: tell every page to come back later (1012), take no more."""
        with self._lock:
            self._closing = True
            talks = tuple(self._talks)
        for talk in talks:
            talk.close(1012, "The server restarts")


def register(app: Flask, parts: Parts) -> None:
    """Put `/live` on the application."""
    app.config["SOCK_SERVER_OPTIONS"] = guard.server_options(parts.config.ping_s)
    sock = Sock(app)

    @app.before_request
    def admit() -> Response | None:
        return _admit(parts) if request.endpoint == "live" else None

    @app.teardown_request
    def give_back(_error: BaseException | None) -> None:
        if g.pop("socket_taken", False):
            parts.sockets.give_back()

    @sock.route("/live", endpoint="live")  # type: ignore[untyped-decorator]
    def live(ws: Any) -> None:
        talk = Conversation(parts.runs, parts.admission, request.remote_addr or "", visitor.current())
        parts.sockets.enter(talk)
        try:
            guard.hold(ws, g.guarded, talk.hear, talk.next_messages, talk.leave)
        finally:
            parts.sockets.exit(talk)


def _admit(parts: Parts) -> Response | None:
    """Before the upgrade: a complete handshake, then room."""
    if request.headers.get("Sec-WebSocket-Version") != "13" or not _is_key(request.headers.get("Sec-WebSocket-Key", "")):
        abort(400, "This address speaks WebSocket, version 13.")
    if not parts.sockets.take():
        sentence = f"{parts.sockets.most} pages are connected, as many as this server serves. Yours connects as soon as one leaves."
        return Response(sentence, 503, {"Retry-After": RETRY_S}, content_type="text/plain; charset=utf-8")
    g.socket_taken = True
    g.guarded = guard.wrap(request.environ, parts.config.stall_s)
    return None


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
