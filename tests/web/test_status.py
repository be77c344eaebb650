"""Alive, ready, and figures that a monitoring system can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from playground import SandboxRefused
from tests.web.fake import FakeSession, Host
from tests.web.served import Served
from web.parts import parts_of

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[a-z]+"\})? -?[0-9.e+]+')


def test_alive_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Host, _spec: object) -> FakeSession:
        raise SandboxRefused("User namespaces are not permitted here. Mend it.")

    monkeypatch.setattr(Host, "open", refuse)
    assert client.get("/healthz").json == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "problem": "User namespaces are not permitted here. Mend it."}


def test_ready_means_that_a_real_program_ran(client: FlaskClient, app: Flask) -> None:
    host = parts_of(app).runs.host
    assert client.get("/readyz").json == {"ready": True, "problem": ""}
    assert client.get("/readyz").status_code == 200
    assert host.opened == 1, "the answer is remembered for a while"  # type: ignore[attr-defined]


def test_a_server_that_cannot_start_its_sandbox_still_serves_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Host) -> None:
        raise SandboxRefused("No confinement here.")

    monkeypatch.setattr(Host, "start", refuse)
    assert client.get("/readyz").status_code == 503
    for path in ("/", "/lab", "/status", "/healthz", "/metrics"):
        assert client.get(path).status_code == 200
    assert "No confinement here." in client.get("/status").text


def test_metrics_are_prometheus_text(served: Served) -> None:
    served.wait_until(lambda: len(list((served.data / "cards").glob("*.json"))) == 2 and not served.metric("threadplay_runs_running"), "no pictures")
    runs, events = served.metric('threadplay_runs_total{outcome="ok"}'), served.metric("threadplay_events_total")
    with served.live() as page:
        page.run('{"batches": 2}')
    status, headers, body = served.get("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = body.decode().splitlines()
    assert body.endswith(b"\n")
    assert all(SAMPLE.fullmatch(line) for line in lines if not line.startswith("#"))
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {re.split(r"[ {]", line)[0] for line in lines if not line.startswith("#")} == typed
    assert served.metric('threadplay_runs_total{outcome="ok"}') == runs + 1
    assert served.metric("threadplay_events_total") == events + 20


def test_traces_can_be_downloaded_and_are_the_exports(served: Served) -> None:
    import json

    with served.live() as page:
        run = page.run('{"batches": 3, "events": 40, "output": "x"}')[-1]["run"]
    status, headers, body = served.get(f"/runs/{run}/trace.jsonl")
    rows = [json.loads(line) for line in body.decode().splitlines()]
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="trace.jsonl"'
    assert (rows[0]["type"], rows[-1]["type"]) == ("hello", "end")
    assert [row["seq"] for row in rows if row["type"] == "event"] == list(range(120))
    assert json.loads(served.get(f"/runs/{run}/trace.perfetto.json")[2])["traceEvents"]


def test_cards_are_recorded_once_and_kept(client: FlaskClient, app: Flask, tmp_path: Path) -> None:
    answer = client.get("/gallery/two-transfers.json")
    card = answer.json
    assert answer.status_code == 200
    assert [message["type"] for message in card["messages"]] == ["hello", "object", *["thread"] * 4, "gap", "events", "end"]
    events = card["messages"][-2]
    assert {len(events[name]) for name in ("at", "obj", "line", "value", "note", "step", "cause", "thread", "kind", "to",
    "source")} == {events["count"]}
    assert events["at"] == sorted(events["at"])
    assert all(cause == 0xFFFF_FFFF or cause < row for row, cause in enumerate(events["cause"]))
    assert len(list((tmp_path / "cards").iterdir())) == 1
    assert client.get("/gallery/two-transfers.json").data == answer.data
    assert parts_of(app).runs.host.opened == 1  # type: ignore[attr-defined]


def test_static_files_are_cached_for_ever_under_their_hash_only(client: FlaskClient) -> None:
    url = re.search(r'"(/static/[0-9a-f]{8}/css/tokens.css)"', client.get("/").text)
    assert url
    answer = client.get(url[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = client.get("/static/css/tokens.css")
    assert plain.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/css/tokens.css", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    stale = client.get("/static/00000000/css/tokens.css")
    assert (stale.status_code, stale.headers["Cache-Control"]) == (200, "no-cache")
    assert plain.data == stale.data
