"""Who may ask, on a real server: hosts, origins, forged headers, traversal, and what pages may do."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import websocket
from flask.testing import FlaskClient

from tests.web.fake import FakeEngine
from tests.web.served import Served, serve
from web import create_app
from web.config import Config
from web.parts import parts_of

EVIL = "http://evil.example"


@pytest.mark.parametrize("origin", [
    EVIL, "null", "http://127.0.0.1:1", "https://evil.example:80", "http://127.0.0.1.evil.example", "file://", "http://user@127.0.0.1",
])
def test_a_socket_from_another_origin_gets_403_before_the_upgrade(served: Served, origin: str) -> None:
    with served.raw(Origin=origin) as page:
        assert page.status == 403
        assert "Upgrade" not in page.head
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        served.live(origin=origin)
    assert refused.value.status_code == 403


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:8765", "", "127.0.0.1.evil.example", "localhost@evil.example", "loca lhost", "[::1", "a" * 300,
])
def test_an_unknown_host_gets_403_or_400_before_anything_else(served: Served, host: str) -> None:
    with served.raw(Host=host, Origin=f"http://{host}") as page:
        assert page.status in (400, 403)
    status, _, _ = served.get("/lab", Host=host or "evil.example")
    assert status in (400, 403)


def test_this_site_by_any_of_its_names_may_open_the_socket(served: Served) -> None:
    for host in (f"127.0.0.1:{served.port}", f"localhost:{served.port}", f"[::1]:{served.port}", f"192.168.7.7:{served.port}", socket.gethostname()):
        with served.raw(Host=host, Origin=f"http://{host}") as page:
            assert page.status == 101, host
    with served.raw() as program:
        assert program.status == 101, "a program that is no browser sends no Origin"


def test_a_forwarded_host_from_nobody_in_particular_is_not_believed(served: Served) -> None:
    for name in ("X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Script-Name", "Forwarded", "Script-Name"):
        status, headers, body = served.get("/lab", **{name: "evil.example"})
        assert status == 200
        assert b"evil.example" not in body
        assert "evil.example" not in str(headers)
    with served.raw(Host="evil.example", X_Forwarded_Host=served.host) as page:
        assert page.status == 403


def test_a_trusted_proxy_speaks_for_its_clients(tmp_path: Path) -> None:
    with serve(tmp_path, trusted_proxies="127.0.0.0/8", allowed_hosts="play.example") as server:
        forwarded = {"X_Forwarded_Host": "play.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
        with server.raw(Origin="https://play.example", **forwarded) as page:
            assert page.status == 101
        with server.raw(Origin="https://play.example", X_Forwarded_Host="evil.example") as page:
            assert page.status == 403
        headers = server.get("/lab", **{name.replace("_", "-"): value for name, value in forwarded.items()})[1]
        assert "wss://play.example" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("strips", [True, False])
def test_behind_a_proxy_on_a_subpath_every_address_has_the_prefix(tmp_path: Path, strips: bool) -> None:
    with serve(tmp_path, base_path="/tools/threadplay") as server:
        prefix = "" if strips else "/tools/threadplay"
        status, _, body = server.get(f"{prefix}/lab/two-transfers")
        assert status == 200
        for address in (b"/tools/threadplay/static/", b'"/tools/threadplay/vocabulary.json"', b'"/tools/threadplay/live"'):
            assert address in body
        url = json.loads(server.post(f"{prefix}/share", {"source": "x"})[2])["url"]
        assert url.startswith("/tools/threadplay/s/")
        assert server.get(url)[0] == 200


@pytest.mark.parametrize("path", ["/share", "/knobs"])
def test_another_site_cannot_post(served: Served, path: str) -> None:
    body = {"source": "x"} if path == "/share" else {"source": "x = 1", "values": {}}
    assert served.post(path, body, Origin=EVIL)[0] == 403
    assert served.post(path, body, Origin="null")[0] == 403
    assert served.post(path, body, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert served.post(path, body, **{"Content-Type": "text/plain"})[0] == 415
    assert served.post(path, body, **{"Content-Type": "application/x-www-form-urlencoded"})[0] == 415
    assert served.post(path, body, Origin=f"http://{served.host}")[0] == 200
    assert served.post(path, body)[0] == 200


def test_an_allowed_origin_may_open_the_socket(tmp_path: Path) -> None:
    with serve(tmp_path, allowed_origins="https://course.example") as server:
        with server.raw(Origin="https://course.example") as page:
            assert page.status == 101
        with server.raw(Origin="http://course.example") as page:
            assert page.status == 403


@pytest.mark.parametrize("path", [
    "/static/../web/config.py", "/static/%2e%2e/web/config.py", "/static/..%2fweb/config.py", "/static//etc/passwd",
    "/static/js/../../pyproject.toml",
    "/static/%00", "/static/js%00.js", "/static/vendor/node_modules/x", "/static/.hidden", "/static/js", "/static/aaaaaaaa/../../pyproject.toml",
    "/lab/../../etc/passwd", "/lab/%00", "/lab/..%2f..%2fx", "/s/..%2f..", "/s/%00", "/s/aaaaaaaaaaaa%00", "/s/" + "a" * 5_000,
    "/gallery/%2e%2e.json",
    "/gallery/%00.json", "/runs/../trace.jsonl", "/runs/%00/trace.jsonl", "/runs/" + "A" * 22 + "/trace.perfetto.json",
    "/s/ＡＡＡＡＡＡＡＡＡＡＡＡ".encode().hex(),
])
def test_traversal_and_nul_find_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (308, 400, 404)
    assert client.get(path, follow_redirects=True).status_code in (400, 404)


def test_nul_and_traversal_on_the_wire_find_nothing(served: Served) -> None:
    for target in ("/static/../web/config.py", "/static/%2e%2e/%2e%2e/etc/passwd", "//evil.example/lab", "/lab/%00", "/\\evil.example"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as sock:
            sock.sendall(f"GET {target} HTTP/1.1\r\nHost: {served.host}\r\nConnection: close\r\n\r\n".encode())
            head = b"".join(iter(lambda sock=sock: sock.recv(65_536), b"")).partition(b"\r\n\r\n")[0].decode()
        assert head.split()[1] in ("308", "400", "404"), target
        location = next((line for line in head.splitlines() if line.lower().startswith("location:")), "")
        assert "evil.example/" not in location.replace(f"http://{served.host}", ""), "no open redirect"


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    for path in ("/", "/lab", "/lab/two-transfers", "/nowhere", "/status", "/healthz", "/vocabulary.json", "/static/js/theme.js"):
        headers = client.get(path).headers
        policy = {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split("; ")}
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == policy["font-src"] == ["'self'"]
        assert policy["connect-src"] == ["'self'", "ws://localhost"]
        assert policy["img-src"] == ["'self'", "data:"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_it_listens_on_loopback_and_without_a_debugger_unless_told(client: FlaskClient, tmp_path: Path) -> None:
    assert Config(data=tmp_path).host == "127.0.0.1"
    application = create_app(Config(data=tmp_path), FakeEngine())  # type: ignore[arg-type]
    assert application.debug is False
    assert client.get("/console").status_code == 404
    parts_of(application).close()


def test_a_slow_request_is_cut_and_http_stays_quick(tmp_path: Path) -> None:
    with serve(tmp_path, threads=40) as server:
        held = []
        for _ in range(60):
            sock = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            held.append(sock)
        server.wait_until(lambda: _quick(server), "slow requests hold every thread")
        assert held[0].recv(1) == b""
        for sock in held:
            sock.close()


def _quick(server: Served) -> bool:
    try:
        return server.get("/healthz")[0] == 200
    except OSError:
        return False
