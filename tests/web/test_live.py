"""The conversation on /live: what a page says and hears, also when it lies, floods, or comes back."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.web.fake import program
from tests.web.served import RawSocket, Served, decode, serve

QUICK = program(batches=3, events=20)


def log_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The numbered ones."""
    return [message for message in messages if "n" in message]


def test_a_run_is_heard_in_order_from_hello_to_end(served: Served) -> None:
    with served.live() as page:
        heard = page.run(QUICK)
    assert [message["type"] for message in heard[:2]] == ["welcome", "accepted"]
    log = log_of(heard)
    assert [message["n"] for message in log] == list(range(len(log)))
    assert log[0]["type"] == "hello"
    assert log[-1]["type"] == "end"
    assert {message["run"] for message in log if "run" in message} == {heard[1]["run"]}
    assert {message["channel"] for message in log if "channel" in message} == {heard[1]["channel"]}
    assert sum(message.get("count", 0) for message in log) == 60


def test_the_first_events_come_at_once(served: Served) -> None:
    with served.live() as page:
        page.hear()
        times = []
        for _ in range(5):
            page.say(do="run", spec={"source": program(batches=2, events=5, pause_s=0.001, hang=True)})
            began = time.monotonic()
            page.hear_until("events")
            times.append(time.monotonic() - began)
            page.say(do="stop", run="A" * 22)
        assert sorted(times)[2] < 0.25, "the median from Run to the first events"


def test_stop_ends_the_run_with_its_reason(served: Served) -> None:
    with served.live() as page:
        page.say(do="run", spec={"source": program(hang=True)})
        run = page.hear_until("accepted")[-1]["run"]
        page.say(do="stop", run=run)
        end = page.hear_until("end")[-1]
    assert (end["outcome"], end["sentence"]) == ("stopped", "stopped by the visitor")


def test_a_run_goes_on_while_its_page_is_away_and_resumes_without_losing_or_doubling(served: Served) -> None:
    chance = random.Random(7)
    for _ in range(6):
        heard: list[dict[str, Any]] = []
        with served.live() as page:
            page.say(do="run", spec={"source": program(batches=40, events=300, pause_s=0.004, output="x")})
            run = page.hear_until("accepted")[-1]["run"]
            for _ in range(chance.randrange(1, 12)):
                heard.append(page.hear())
            page.ws.sock.close()
        while heard[-1]["type"] != "end":
            with served.live() as page:
                page.hear()
                page.say(do="resume", run=run, **{"from": heard[-1]["n"] + 1})
                for _ in range(chance.randrange(1, 25)):
                    heard.append(page.hear())
                    if heard[-1]["type"] == "end":
                        break
                page.ws.sock.close()
        assert [message["n"] for message in heard] == list(range(len(heard)))
        ahead = 0
        for message in heard:
            if message["type"] == "events":
                assert message["first_seq"] == ahead
                ahead += message["count"]
        assert ahead == 12_000


def test_an_ended_run_can_be_resumed_and_fetched_byte_for_byte(served: Served) -> None:
    with served.live() as page:
        first = log_of(page.run(program(batches=20, events=200)))
        run = first[-1]["run"]
    with served.live() as page:
        page.hear()
        page.say(do="resume", run=run, **{"from": 0})
        assert page.hear_until("end") == first
        page.say(do="fetch", run=run, **{"from": 2, "to": 5})
        assert [page.hear() for _ in range(3)] == first[2:5]


def test_a_run_that_nobody_watches_is_stopped_after_the_grace(served: Served) -> None:
    with served.live() as page:
        page.say(do="run", spec={"source": program(hang=True)})
        run = page.hear_until("text")[-1]["run"]
    with served.live() as other:
        served.wait_until(lambda: served.metric("threadplay_runs_running") == 0, "the lonely run goes on")
        other.hear()
        other.say(do="resume", run=run, **{"from": 0})
        end = other.hear_until("end")[-1]
    assert (end["outcome"], end["sentence"]) == ("stopped", "nobody was watching any more")


def test_a_newer_run_of_the_same_page_replaces_the_older_one(served: Served) -> None:
    with served.live() as page:
        page.say(do="run", spec={"source": program(hang=True)})
        first = page.hear_until("text")[-1]["run"]
        second = page.run(QUICK)[-1]["run"]
        assert first != second
        page.say(do="resume", run=first, **{"from": 0})
        assert page.hear_until("end")[-1]["sentence"] == "replaced by a newer run"


@pytest.mark.parametrize(("text", "code"), [
    ("", "bad_json"), ("[1]", "bad_json"), ("{", "bad_json"), ('{"do":"run","do":"stop"}', "bad_json"), ('{"do":NaN}', "bad_json"),
    ('{"do":1e999}', "bad_json"), ('{"do":' + "[" * 100_000, "bad_json"), ('{"a":' * 12 + "1" + "}" * 12, "bad_json"),
    ("{" + ",".join(f'"{n}":1' for n in range(40_000)) + "}", "bad_json"), ('{"do":' + "9" * 5_000 + "}", "bad_json"),
    ('{"do":"dance"}', "unknown_message"), ('{"do":["run"]}', "unknown_message"), ("{}", "unknown_message"), ('{"do":"stop"}', "unknown_message"),
    ('{"do":"leave","extra":1}', "unknown_message"), ('{"do":"fetch","run":"","from":-1,"to":2}', "unknown_message"),
    ('{"do":"fetch","run":"","from":true,"to":2}', "unknown_message"), ('{"do":"resume","run":"../../etc/passwd","from":0}', "no_such_run"),
    ('{"do":"resume","run":"\\u0000","from":0}', "no_such_run"), ('{"do":"stop","run":7}', "no_such_run"),
    ('{"do":"run","spec":7}', "bad_spec"), ('{"do":"run","spec":{}}', "bad_spec"), ('{"do":"run","spec":{"source":7}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","seed":-1}}', "bad_spec"), ('{"do":"run","spec":{"source":"x","colour":1}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","limits":{"wall_s":1000}}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","limits":{"wall_s":1e300}}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","limits":{"threads":1e300}}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","name":"\\u202e.py"}}', "bad_spec"),
    ('{"do":"run","spec":{"source":"x","name":"\\ud800"}}', "bad_spec"), (json.dumps({"do": "run", "spec": {"source": "a\nb\x00"}}), "bad_spec"),
    ('{"do":"run","spec":{"source":"\\n\\ud800"}}', "bad_spec"), (json.dumps({"do": "run", "spec": {"source": "x" * 70_000}}), "bad_spec"),
])
def test_a_bad_message_gets_a_typed_error_and_the_socket_survives(served: Served, text: str, code: str) -> None:
    with served.live() as page:
        page.hear()
        page.ws.send(text)
        error = page.hear()
        assert (error["type"], error["code"]) == ("error", code)
        assert error["message"].endswith(".")
        assert len(error["message"]) < 400
        page.say(do="ping")
        assert page.hear() == {"type": "pong"}


def test_a_bad_source_is_an_error_with_its_line(served: Served) -> None:
    with served.live() as page:
        page.hear()
        page.say(do="run", spec={"source": "a\nb\x00"})
        assert page.hear()["line"] == 2


def test_bytes_and_bad_utf8_are_not_messages(served: Served) -> None:
    with served.live() as page:
        page.hear()
        page.ws.send_binary(b"\x00\x01")
        assert page.hear()["code"] == "bad_json"
    with served.raw() as rude:
        rude.send(1, b"\xff\xfe{}")
        assert rude.close_code() in (1002, 1007)


def test_a_source_of_brackets_is_never_compiled_here(served: Served) -> None:
    with served.live() as page:
        began = time.monotonic()
        assert page.run("(" * 60_000)[-1]["outcome"] == "ok"
        assert time.monotonic() - began < 2


def test_a_run_can_only_be_watched_or_stopped_by_its_id(served: Served) -> None:
    with served.live() as owner, served.live() as thief:
        owner.say(do="run", spec={"source": program(hang=True)})
        accepted = owner.hear_until("accepted")[-1]
        assert len(accepted["run"]) == 22
        thief.hear()
        for guess in (str(accepted["channel"]), accepted["run"][:-1] + "~", "A" * 22, ""):
            for do in ({"do": "stop"}, {"do": "resume", "from": 0}, {"do": "fetch", "from": 0, "to": 9}):
                thief.say(run=guess, **do)
                assert thief.hear()["code"] == "no_such_run"
            assert served.get(f"/runs/{guess or 'x'}/trace.jsonl")[0] == 404
        owner.say(do="stop", run=accepted["run"])
        owner.hear_until("end")


def test_a_reconnect_storm_is_served(tmp_path: Path) -> None:
    with serve(tmp_path, threads=160) as server:
        with server.live() as page:
            whole = log_of(page.run(program(batches=5, events=100)))
        run, began = whole[-1]["run"], time.monotonic()
        for _ in range(3):
            storm = [server.raw() for _ in range(100)]
            for raw in storm:
                raw.send(1, json.dumps({"do": "resume", "run": run, "from": 0}).encode())
            for raw in storm:
                assert _hear_log(raw) == len(whole)
                raw.sock.close()
            server.wait_until(lambda: server.metric("threadplay_sockets_open") == 0, "the storm is still counted")
        assert time.monotonic() - began < 15
        assert server.metric("threadplay_sockets_refused_total") == 0


def _hear_log(raw: RawSocket) -> int:
    heard = 0
    while True:
        opcode, payload = raw.frame()
        message = decode(payload if opcode == 2 else payload.decode())
        heard += "n" in message
        if message["type"] == "end":
            return heard


def test_a_run_that_cannot_begin_ends_with_the_reason(served: Served) -> None:
    with served.live() as page:
        end = page.run(program(refuse="No walls, no code. Mend this."))[-1]
        assert (end["outcome"], end["exit_code"], end["sentence"]) == ("refused", 4, "No walls, no code. Mend this.")
        end = page.run(program(**{"break": True}))[-1]
        assert end["outcome"] == "protocol"
        assert page.run(QUICK)[-1]["outcome"] == "ok"


def test_text_of_programs_is_carried_as_text(served: Served) -> None:
    nasty = "</script><img onerror=x>\u202e\x1b]8;;http://evil\x07\u2028"
    with served.live() as page:
        log = page.run(program(name=nasty, output=nasty, text=nasty))
    assert next(message["name"] for message in log if message["type"] == "thread") == nasty
    assert [message["text"] for message in log if message["type"] == "output"] == [nasty]


# the queue

def test_beyond_the_cap_one_sees_ones_place_and_is_let_in_in_turn(tmp_path: Path) -> None:
    with serve(tmp_path, max_runs=1) as server:
        pages = [server.live() for _ in range(4)]
        pages[0].say(do="run", spec={"source": program(hang=True)})
        holder = pages[0].hear_until("text")[-1]["run"]
        for place, page in enumerate(pages[1:], 1):
            page.hear()
            page.say(do="run", spec={"source": QUICK})
            queued = page.hear()
            assert (queued["type"], queued["place"]) == ("queued", place)
            assert queued["eta_s"] >= 1
        pages[1].say(do="leave")
        assert pages[2].hear()["place"] == 1
        assert pages[3].hear()["place"] == 2
        pages[0].say(do="stop", run=holder)
        assert pages[2].hear()["type"] == "accepted"
        pages[2].hear_until("end")
        assert pages[3].hear_until("end")[-1]["outcome"] == "ok"
        assert pages[1].run(QUICK)[-1]["outcome"] == "ok"
        for page in pages:
            page.ws.close()


def test_a_start_flood_from_one_page_or_many_sockets_of_one_visitor_does_not_starve_others(tmp_path: Path) -> None:
    slow = program(batches=2, events=5, pause_s=0.05)
    with serve(tmp_path, max_runs=1, threads=160) as server:
        flood = []
        cookie = _cookie(server)
        for _ in range(60):
            page = server.live(cookie=cookie)
            page.say(do="run", spec={"source": slow})
            flood.append(page)
        flood[0].hear_until("accepted")
        with server.live(cookie=_cookie(server)) as other:
            other.say(do="run", spec={"source": QUICK})
            places = [message["place"] for message in other.hear_until("end") if message["type"] == "queued"]
        assert places == [] or max(places) <= 2, "one visitor's first ticket stands before another's second"
        for page in flood:
            assert all(message["type"] != "error" for message in page.hear_until("end"))
            page.ws.close()


def test_a_class_presses_run_at_once_and_everybody_is_served(tmp_path: Path) -> None:
    with serve(tmp_path, max_runs=4, threads=260) as server:
        pages = [server.live(cookie=_cookie(server)) for _ in range(200)]
        for page in pages:
            page.say(do="run", spec={"source": QUICK})
        for page in pages:
            heard = page.hear_until("end")
            assert heard[-1]["outcome"] == "ok"
            assert all(message["type"] != "error" for message in heard)
            page.ws.close()


def _cookie(server: Served) -> str:
    return server.get("/lab")[1]["Set-Cookie"].split(";")[0]
