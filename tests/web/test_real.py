"""The web tier around the real engine: real programs, real sandbox, real sockets."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from playground import scenarios
from playground.model.event import KINDS, NO_CAUSE
from tests.web.served import Served, serve
from web.encode import read_events

SLUGS = [scenario.slug for scenario in scenarios()]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as `threadplay serve` starts it."""
    with serve(tmp_path_factory.mktemp("data"), "web:create_app()") as server:
        yield server


def events_heard(messages: list[dict[str, Any]]) -> list[tuple[int, int, str, int, int, int, int | None]]:
    """Seq, time, kind, thread, object, line and cause of every event in the messages."""
    rows = []
    for message in messages:
        if message["type"] == "events":
            batch = read_events(message["raw"])
            columns = zip(batch.at_ns, batch.kind, batch.thread, batch.obj, batch.line, batch.cause, strict=True)
            rows += [(seq, at, KINDS[kind].name, thread, obj, line, None if cause == NO_CAUSE else cause)
                     for seq, (at, kind, thread, obj, line, cause) in enumerate(columns, batch.first_seq)]
    return rows


def events_exported(served: Served, run: str) -> list[tuple[int, int, str, int, int, int, int | None]]:
    """The same from the download."""
    rows = map(json.loads, served.get(f"/runs/{run}/trace.jsonl")[2].decode().splitlines())
    return [(row["seq"], row["at_ns"], row["kind"], row["thread"], row["obj"], row["line"], row["cause"]) for row in rows if row["type"] == "event"]


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_page_hears_over_five_lost_connections_is_what_the_export_says(real: Served, slug: str) -> None:
    chance = random.Random(slug)
    source = next(scenario.source for scenario in scenarios() if scenario.slug == slug)
    heard: list[dict[str, Any]] = []
    with real.live() as page:
        page.say(do="run", spec={"source": source})
        run = page.hear_until("accepted")[-1]["run"]
        heard.append(page.hear())
        page.ws.sock.close()
    cuts = 1
    while heard[-1]["type"] != "end":
        with real.live() as page:
            page.hear()
            page.say(do="resume", run=run, **{"from": heard[-1]["n"] + 1})
            more = chance.randrange(1, 6) if cuts < 5 else 10_000
            while more and heard[-1]["type"] != "end":
                heard.append(page.hear())
                more -= 1
            page.ws.sock.close()
            cuts += 1
    assert [message["n"] for message in heard] == list(range(len(heard)))
    assert events_heard(heard) == events_exported(real, run)
    assert len(events_heard(heard)) == heard[-1]["events"]
    assert heard[-1]["outcome"] in ("ok", "failed", "deadlock")


def test_a_syntax_error_comes_back_from_the_run_with_its_line(real: Served) -> None:
    with real.live() as page:
        end = page.run("x = 1\nfor x in\n")[-1]
    assert (end["outcome"], end["error"]) == ("failed", "SyntaxError")
    assert "line 2" in end["message"]


def test_an_unknown_runtime_is_said_and_the_socket_survives(real: Served) -> None:
    with real.live() as page:
        end = page.run("print(1)", python="2.7")[-1]
        assert end["outcome"] == "refused"
        assert "2.7" in end["sentence"]
        assert page.run("print(1)")[-1]["outcome"] == "ok"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_scenario_has_a_page_and_a_picture_of_a_real_run(real: Served, slug: str) -> None:
    assert real.get(f"/lab/{slug}")[0] == 200
    status, _, body = real.get(f"/gallery/{slug}.json")
    card = json.loads(body)
    assert status == 200
    assert len(body) < 80_000
    assert next(message for message in card["messages"] if message["type"] == "events")["count"] > 10


def test_it_is_ready_and_says_how_it_is_confined(real: Served) -> None:
    assert real.get("/readyz")[0] == 200
    assert b"tier" in real.get("/status")[2]


def test_thirty_spinning_programs_do_not_starve_the_pages(real: Served) -> None:
    spin = "import threading\ndef work():\n    while True:\n        pass\nfor _ in range(4):\n    threading.Thread(target=work).start()\n"
    pages = [real.live() for _ in range(30)]
    for page in pages:
        page.say(do="run", spec={"source": spin})
    real.wait_until(lambda: real.metric("threadplay_runs_queued") > 0, "nothing is queued")
    times = []
    for _ in range(40):
        began = time.monotonic()
        assert real.get("/lab")[0] == 200
        times.append(time.monotonic() - began)
    for page in pages:
        page.ws.close()
    assert sorted(times)[36] < 0.5
    real.wait_until(lambda: real.metric("threadplay_runs_queued") == 0, "pages that left still wait")


def test_a_recorded_and_an_unrecorded_run_are_compared_in_words(real: Served) -> None:
    runs = []
    with real.live() as page:
        for record in (True, False):
            page.say(do="run", spec={"source": "print('same')\n", "record": record})
            runs.append(page.hear_until("accepted")[-1]["run"])
            page.hear_until("end")
    status, _, body = real.get(f"/runs/{runs[0]}/against/{runs[1]}")[:3]
    assert status == 200
    assert "Both runs ended well" in json.loads(body)["sentences"][0]
    assert real.get(f"/runs/{runs[0]}/against/{'x' * len(runs[1])}")[0] == 404
