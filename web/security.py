"""Who may ask, and what an answer may do: Host and Origin allow lists before anything else, and the headers of every answer.

Host: a name this server is known by, or an address written in digits. An attacker's page can make a browser send *its own* name to this
server (DNS rebinding), never a bare address: the page's origin would be that address. So any IP literal is a good Host.
Origin: whoever sends one (every browser, for WebSockets and for POST) must be this very site or on the allow list. A caller without one is no
browser, so no visitor's browser can be abused through it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from web.config import Config

_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
STRANGE_HOST = "This server is not known under that name. Add it to THREADPLAY_ALLOWED_HOSTS if it should be."
STRANGE_ORIGIN = "Another site may not use this server. Add it to THREADPLAY_ALLOWED_ORIGINS if it should."
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' {socket}; "
          "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")


def register(app: Flask, config: Config) -> None:
    """Check every request, sign every answer."""
    known = {"localhost", *_own_names(), *(name.lower() for name in config.allowed_hosts)}
    friends = {_origin(each) for each in config.allowed_origins}

    @app.before_request
    def check() -> None:
        if not is_known_host(request.headers.get("Host", ""), known):
            abort(403, STRANGE_HOST)
        if request.method not in SAFE_METHODS or request.headers.get("Upgrade"):
            _check_origin(friends)

    @app.after_request
    def sign(response: Response) -> Response:
        response.headers.update(HEADERS)
        host = request.headers.get("Host", "")
        where = f"{'wss' if request.is_secure else 'ws'}://{host}" if is_known_host(host, known) else ""
        response.headers["Content-Security-Policy"] = POLICY.format(socket=where).replace(" ;", ";")
        response.headers.setdefault("Cache-Control", "no-store" if request.method != "GET" else "no-cache")
        return response


def is_known_host(host: str, known: Iterable[str]) -> bool:
    """Whether the Host header names this server."""
    parts = _HOST.fullmatch(host)
    if parts is None:
        return False
    name = parts[1].lower().rstrip(".")
    return name in known or _is_address(name.strip("[]"))


def _check_origin(friends: set[tuple[str, int]]) -> None:
    origin = request.headers.get("Origin")
    if origin is None:
        if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            abort(403, STRANGE_ORIGIN)
        return
    try:
        asked = _origin(origin)
        own = _origin(f"{urlsplit(origin).scheme}://{request.headers.get('Host', '')}")
    except ValueError:
        abort(403, STRANGE_ORIGIN)
    if asked != own and asked not in friends:
        abort(403, STRANGE_ORIGIN)


def _origin(text: str) -> tuple[str, int]:
    """Name and port of an origin; raises ValueError if it is none."""
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(text)
    return parts.hostname.lower(), parts.port or _PORTS[parts.scheme]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, f"{name.split('.')[0]}.local"} if name else set()


class BehindProxy:
    """WSGI middleware: believes X-Forwarded-* from trusted proxies alone, and takes the base path off."""

    def __init__(self, app: Callable[..., Any], config: Config) -> None:
        self._app, self._base = app, config.base_path
        self._believing = ProxyFix(self._plain, x_for=1, x_proto=1, x_host=1, x_prefix=0 if config.base_path else 1)
        self._trusted = [ipaddress.ip_network(each, strict=False) for each in config.trusted_proxies]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """One request."""
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._believing(environ, start_response)
        return self._plain(environ, start_response)

    def _plain(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if self._base:
            path = environ.get("PATH_INFO", "")
            if path == self._base or path.startswith(self._base + "/"):
                environ["PATH_INFO"] = path[len(self._base) :] or "/"
            environ["SCRIPT_NAME"] = self._base
        return self._app(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)
