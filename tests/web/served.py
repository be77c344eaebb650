"""A real gunicorn on a real port, and two clients for it: websocket-client for what browsers do, a raw socket for what they never do."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 20.0
KEY = base64.b64encode(b"0123456789abcdef").decode()


class Served:
    """One server process, and how to talk to it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, data: Path) -> None:
        self.process, self.port, self.data = process, port, data
        self.host = f"127.0.0.1:{port}"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request."""
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """POST as JSON."""
        return self.ask("POST", path, json.dumps(body).encode(), **{"Content-Type": "application/json", **headers})

    def ask(self, method: str, path: str, body: bytes | None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request with its own connection."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://{self.host}{path}", data=body, method=method, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def live(self, **options: Any) -> Page:
        """A page's connection."""
        return Page(websocket.create_connection(f"ws://{self.host}/live", timeout=DEADLINE_S, **options))

    def raw(self, receive_buffer: int = 0, **headers: str) -> RawSocket:
        """An upgraded connection, byte by byte."""
        return RawSocket(self, receive_buffer, headers)

    def wait_until(self, holds: Any, what: str) -> None:
        """Ask again until it holds."""
        deadline = time.monotonic() + DEADLINE_S
        pause = socket.socketpair()
        with pause[0], pause[1]:
            pause[0].settimeout(0.05)
            while not holds():
                assert time.monotonic() < deadline, what
                with contextlib.suppress(TimeoutError):
                    pause[0].recv(1)

    def metric(self, name: str) -> float:
        """One figure of /metrics."""
        lines = self.get("/metrics")[2].decode().splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[1])


class Page:
    """What a browser's page does on /live."""

    def __init__(self, ws: Any) -> None:
        self.ws = ws

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *error: object) -> None:
        self.ws.close(timeout=1)

    def say(self, **message: Any) -> None:
        """Send one message."""
        self.ws.send(json.dumps(message))

    def hear(self) -> dict[str, Any]:
        """The next message, decoded; events as {"type": "events", "n", "first_seq", "count", "raw"}."""
        return decode(self.ws.recv())

    def hear_until(self, kind: str) -> list[dict[str, Any]]:
        """Messages up to and with the first of that type."""
        heard = [self.hear()]
        while heard[-1]["type"] != kind:
            heard.append(self.hear())
        return heard

    def run(self, source: str, **spec: Any) -> list[dict[str, Any]]:
        """Run a program and hear all of it."""
        self.say(do="run", spec={"source": source, **spec})
        return self.hear_until("end")

    def close_code(self) -> int:
        """Read on to the close frame; its code."""
        while True:
            opcode, data = self.ws.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 1005


class RawSocket:
    """A WebSocket client that can be as rude as it likes."""

    def __init__(self, served: Served, receive_buffer: int, headers: dict[str, str]) -> None:
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(DEADLINE_S)
        self.sock.connect(("127.0.0.1", served.port))
        lines = {"Host": served.host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13",
                 **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.sock.sendall(("GET /live HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode())
        self.buffer = bytearray()
        while b"\r\n\r\n" not in self.buffer:
            data = self.sock.recv(4096)
            if not data:
                break
            self.buffer += data
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        self.head, self.buffer = head.decode(), bytearray(rest)
        self.status = int(self.head.split()[1]) if self.head else 0

    def __enter__(self) -> RawSocket:
        return self

    def __exit__(self, *error: object) -> None:
        self.sock.close()

    def send(self, opcode: int, payload: bytes, *, fin: bool = True, length: int | None = None) -> None:
        """One masked frame (the mask is zero); `length` may lie."""
        self.sock.sendall(frame(opcode, payload, fin=fin, length=length))

    def take(self, size: int) -> bytes:
        """Exactly so many bytes; raises EOFError at the end of the stream."""
        while len(self.buffer) < size:
            data = self.sock.recv(65_536)
            if not data:
                raise EOFError
            self.buffer += data
        taken = bytes(self.buffer[:size])
        del self.buffer[:size]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; asserts that it is a proper one."""
        first, second = self.take(2)
        assert first & 0x70 == 0, "a reserved bit is set"
        assert first & 0x0F in (0, 1, 2, 8, 9, 10), f"no such opcode {first & 0x0F}"
        assert second < 128, "a server does not mask"
        size = second
        if size == 126:
            size = struct.unpack("!H", self.take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.take(8))[0]
        assert size < 2**20, "a frame of impossible size: the stream is corrupt"
        return first & 0x0F, self.take(size)

    def close_code(self) -> int:
        """Read on to the close frame."""
        while True:
            opcode, payload = self.frame()
            if opcode == 8:
                return struct.unpack("!H", payload[:2])[0] if payload else 1005


def frame(opcode: int, payload: bytes, *, fin: bool = True, length: int | None = None) -> bytes:
    """A client's frame with a zero mask."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 2**16:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", size)
    return head + bytes(4) + payload


def decode(data: bytes | str) -> dict[str, Any]:
    """A message as an object."""
    if isinstance(data, str):
        return dict(json.loads(data))
    magic, version, kind, channel, n, first_seq, count = struct.unpack_from("<HBBIIII", data)
    assert (magic, version, kind) == (0x5054, 1, 1)
    return {"type": "events", "channel": channel, "n": n, "first_seq": first_seq, "count": count, "raw": data}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(data: Path, application: str = "tests.web.fake_app:create()", **settings: Any) -> Iterator[Served]:
    """Start gunicorn with those THREADPLAY_* settings; ends it and checks that it ended."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("THREADPLAY_")}
    own = {f"THREADPLAY_{name.upper()}": str(value) for name, value in {"data": data, "port": port, "threads": 96, **settings}.items()}
    command = [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn.conf.py", application]
    with (data / "server.log").open("ab") as log, subprocess.Popen(command, cwd=ROOT, env=clean | own, stdout=log, stderr=log) as process:
        try:
            served = Served(process, port, data)
            served.wait_until(lambda: _answers(served), "the server did not start: " + (data / "server.log").read_text())
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, (served.data / "server.log").read_text()
    try:
        return served.get("/healthz")[0] == 200
    except OSError:
        return False
