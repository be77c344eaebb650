"""Pages say what they should, and no text of a visitor becomes markup."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

NASTY = "</script><script>alert(1)</script><!--&amp;\u2028'\"><img src=x onerror=alert(1)>"


def page_data(body: str) -> dict[str, Any]:
    """What JSON.parse would give the page."""
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', body, re.DOTALL)
    assert found, "the page has its data"
    return dict(json.loads(found[1]))


def share(client: FlaskClient, **content: Any) -> str:
    """The address of a share."""
    answer = client.post("/share", json={"source": "print(1)", **content})
    assert answer.status_code == 200, answer.json
    return str(answer.json["url"])


def test_the_gallery_shows_every_scenario_by_topic(client: FlaskClient) -> None:
    body = client.get("/").text
    assert "Two &lt;transfers&gt;" in body
    assert "Both wait &lt;/script&gt;." in body
    assert body.index("Lost update") < body.index("Two &lt;transfers&gt;"), "topics come in the order in which they build on each other"
    assert 'href="/lab/two-transfers"' in body


def test_the_lab_carries_the_scenario(client: FlaskClient) -> None:
    page = page_data(client.get("/lab/two-transfers").text)
    assert page["slug"] == "two-transfers"
    assert page["filename"] == "two_transfers.py"
    assert page["knobs"][0]["name"] == "THREADS"
    assert page["runtimes"] == [{"name": "3.13"}]
    assert page["vocabulary_url"] == "/vocabulary.json"


def test_the_blank_lab_is_a_program_that_runs(client: FlaskClient) -> None:
    compile(page_data(client.get("/lab").text)["source"], "blank", "exec")


def test_a_share_opens_to_the_same_content(client: FlaskClient) -> None:
    content = {"source": "THREADS = 4\n# äöü 🧵\n", "filename": "mine.py", "knobs": {"THREADS": "4"}, "mode": "free", "python": "3.13", "seed": 7,
               "title": "My program", "slug": "two-transfers"}
    page = page_data(client.get(share(client, **content)).text)
    assert page["values"] == content.pop("knobs")
    assert {name: page[name] for name in content} == content
    assert page["share"]["product"]


def test_a_shared_interleaving_opens_as_it_was(client: FlaskClient) -> None:
    source, parts = "x = 1\n", ("mode", "schedule", "granularity", "step")
    schedule = f"tp1;line;3.13;{hashlib.sha256(source.encode()).hexdigest()[:12]};0*3,1,t,0"
    page = page_data(client.get(share(client, source=source, mode="controlled", schedule=schedule, step=4)).text)
    assert [page[name] for name in parts] == ["controlled", schedule, "line", 4]
    page = page_data(client.get(share(client, source=source, mode="find")).text)
    assert [page[name] for name in parts] == ["find", "", "access", -1]


def test_the_lab_with_a_slash_is_the_lab(client: FlaskClient) -> None:
    answer = client.get("/lab/")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/lab")


def test_nothing_in_a_share_becomes_markup(client: FlaskClient) -> None:
    url = share(client, source=NASTY, title=NASTY, filename="a<b>.py")
    body = client.get(url).text
    assert page_data(body)["source"] == NASTY
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert html.escape("<img src=x onerror=alert(1)>") in body, "the title is shown, as text"


def test_a_title_cannot_hide_or_turn_what_one_reads(client: FlaskClient) -> None:
    page = page_data(client.get(share(client, title="a\u202eb\u2066c\x1b]8;;x\x07\u200bd\ne\x00")).text)
    assert page["title"] == "abc]8;;xd e"


def test_the_same_content_has_the_same_link_and_another_one_another(client: FlaskClient) -> None:
    assert share(client) == share(client)
    assert share(client) != share(client, seed=1)


@pytest.mark.parametrize("body", [
    {}, {"source": 7}, {"source": "x", "colour": 1}, {"source": "x" * 70_000}, {"source": "\x00"}, {"source": "\ud800"}, {"source": "x",
    "title": "t" * 121},
    {"source": "x", "knobs": ["a"]}, {"source": "x", "knobs": {"a b": "1"}}, {"source": "x", "knobs": {"A": "1\n2"}}, {"source": "x",
    "knobs": {"A": []}},
    {"source": "x", "knobs": {f"K{n}": "1" for n in range(65)}}, {"source": "x", "knobs": {"N": "1"}},
    {"source": "x", "mode": "controlled", "schedule": "tp1;access;3.13;000000000000;0"}, {"source": "x", "seed": 1.5},
    {"source": "x", "seed": -1}, {"source": "x",
    "mode": "magic"},
])
def test_a_bad_share_is_a_400_with_a_sentence(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post("/share", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["message"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"source":"x","source":"y"}', b'{"source":NaN}', b"\xff", b"[" * 200_000])
def test_a_body_that_is_no_object_is_a_400(client: FlaskClient, body: bytes) -> None:
    assert client.post("/share", data=body, content_type="application/json").status_code == 400


def test_a_body_that_is_too_large_is_a_413(client: FlaskClient) -> None:
    answer = client.post("/share", data=b'{"source":"' + b"x" * 600_000 + b'"}', content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["error"]["message"]


def test_a_link_flood_is_a_429(client: FlaskClient) -> None:
    codes = [client.post("/share", json={"source": f"x = {n}"}).status_code for n in range(80)]
    assert codes[:60] == [200] * 60
    assert codes[-1] == 429


def test_knobs_are_turned_in_the_text(client: FlaskClient) -> None:
    assert client.post("/knobs", json={"source": "A = 1", "values": {"A": "2"}}).json == {"source": "A = 1\nA = 2"}
    for bad in ({"source": "A", "values": {"BAD": "1"}}, {"source": "A"}, {"source": 1, "values": {}}, {"source": "A", "values": {"A": 1}}):
        assert client.post("/knobs", json=bad).status_code == 400


@pytest.mark.parametrize("path", ["/lab/unknown", "/s/aaaaaaaaaaaa", "/s/x", "/nowhere"])
def test_an_unknown_address_is_a_page_with_a_way_on(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert 'href="/"' in answer.text
    assert "/lab" in answer.text


def test_an_unknown_address_asked_as_data_is_json(client: FlaskClient) -> None:
    answer = client.get("/gallery/unknown.json")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == 404
    assert client.delete("/share").status_code == 405


def test_an_unexpected_error_says_nothing_of_the_inside(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.web.fake import FakeEngine

    def broken(_self: FakeEngine) -> None:
        raise RuntimeError("a secret path: /srv/secret")

    monkeypatch.setattr(FakeEngine, "scenarios", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "server's log" in html.unescape(answer.text)
