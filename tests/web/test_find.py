"""Searches over the socket: one slot, bounded, progress and what was found in the run's log, and an end whenever the page wants one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playground.model.steps import choice_row
from tests.web.fake import choice, program
from tests.web.served import Page, Served, serve
from web.portions import MOST_BYTES


def find(page: Page, source: str, **spec: Any) -> list[dict[str, Any]]:
    """Search and hear all of it."""
    page.say(do="find", spec={"source": source, "mode": "controlled", **spec})
    return page.hear_until("end")


def log_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that have a number."""
    return [message for message in messages if "n" in message]


def test_a_search_is_heard_in_order_and_its_progress_is_numbered(served: Served) -> None:
    with served.live() as page:
        log = log_of(find(page, program(progress=3, failure=True, classes=2)))
    assert [message["type"] for message in log] == ["hello", "progress", "progress", "progress", "explored", "end"]
    assert [message["n"] for message in log] == list(range(6))
    assert len({message["run"] for message in log}) == 1
    assert {"executions": 20, "strategy": "dpor", "seconds": 0.2}.items() <= log[2].items()
    explored = log[4]
    assert explored["failure"]["schedule"].startswith("tp1;")
    assert explored["classes"] == [{"verdict": "clean", "error": "", "message": "", "choices": f"0*{n},1"} for n in (1, 2)]
    assert (explored["classes_complete"], explored["reason"]) == (True, "")


def test_a_search_can_be_stopped_and_resumed_from_any_number(served: Served) -> None:
    with served.live() as page:
        page.say(do="find", spec={"source": program(hang=True, progress=4)})
        run = page.hear_until("accepted")[-1]["run"]
        heard = [page.hear() for _ in range(3)]
        page.ws.sock.close()
    with served.live() as page:
        page.hear()
        page.say(do="resume", run=run, **{"from": 3})
        page.say(do="stop", run=run)
        heard += page.hear_until("end")
    assert [message["n"] for message in heard] == list(range(len(heard)))
    assert (heard[-2]["type"], heard[-2]["verdict"]) == ("explored", "inconclusive")
    assert (heard[-1]["outcome"], heard[-1]["sentence"]) == ("stopped", "stopped by the visitor")


def test_a_search_takes_a_slot_and_is_counted_apart_from_runs(tmp_path: Path) -> None:
    with serve(tmp_path, max_runs=1) as server, server.live() as page, server.live() as other:
        server.wait_until(lambda: len(list((server.data / "cards").glob("*.json"))) == 2, "no pictures")
        server.wait_until(lambda: not server.metric("threadplay_runs_running"), "the pictures' runs go on")
        runs = server.metric('threadplay_runs_total{outcome="ok"}')
        page.say(do="find", spec={"source": program(hang=True)})
        run = page.hear_until("progress")[-1]["run"]
        other.hear()
        other.say(do="find", spec={"source": program(failure=True)})
        assert other.hear()["type"] == "queued"
        assert (server.metric("threadplay_searches_running"), server.metric("threadplay_runs_running")) == (1, 1)
        page.say(do="stop", run=run)
        assert other.hear_until("end")[-1]["outcome"] == "ok"
        assert server.metric('threadplay_searches_total{outcome="stopped"}') == 1
        assert server.metric('threadplay_searches_total{outcome="ok"}') == 1
        assert server.metric("threadplay_search_failures_total") == 1
        assert server.metric("threadplay_search_executions_total") == 60
        assert server.metric('threadplay_runs_total{outcome="ok"}') == runs
        assert b"found a failure" in server.get("/status")[2]


def test_a_newer_search_of_the_same_page_replaces_the_older(served: Served) -> None:
    with served.live() as page:
        page.say(do="find", spec={"source": program(hang=True)})
        first = page.hear_until("progress")[-1]["run"]
        assert find(page, program())[-1]["run"] != first
        page.say(do="resume", run=first, **{"from": 0})
        assert page.hear_until("end")[-1]["sentence"] == "replaced by a newer run"


@pytest.mark.parametrize(("spec", "code", "words"), [
    ({"strategy": "magic"}, "bad_spec", "Unknown strategy"), ({"max_executions": 0}, "bad_spec", "executions"),
    ({"max_executions": 999_999}, "bad_spec", "This server allows max_executions up to 100,000"), ({"max_executions": "9"}, "bad_spec", "int"),
    ({"max_seconds": 31}, "bad_spec", "This server allows max_seconds up to 30"), ({"max_seconds": 1e300}, "bad_spec", "seconds"),
    ({"max_seconds": True}, "bad_spec", "float"), ({"all_classes": "yes"}, "bad_spec", "bool"), ({"granularity": "atom"}, "bad_spec", "granularity"),
    ({"mode": "free"}, "bad_spec", "controlled mode"), ({"schedule": "tp1;access;3.13;000000000000;0"}, "bad_spec", "its own schedules"),
    ({"schedule": "rubbish"}, "bad_schedule", "must start with tp1"), ({"limits": {"memory_mb": 2_000}}, "bad_spec", "memory_mb"),
    ({"colour": 1}, "bad_spec", "'colour'"), ({"name": "\u202e.py"}, "bad_spec", "names"), ({"source": "a\nb\x00"}, "bad_spec", "line 2"),
])
def test_a_search_that_cannot_be_is_a_typed_error_and_the_socket_survives(served: Served, spec: dict[str, Any], code: str, words: str) -> None:
    with served.live() as page:
        page.hear()
        page.say(do="find", spec={"source": program(), "mode": "controlled", **spec})
        error = page.hear()
        assert (error["type"], error["code"]) == ("error", code)
        assert words in error["message"]
        assert find(page, program())[-1]["outcome"] == "ok"


@pytest.mark.parametrize("text", [
    '{"do":"find"}', '{"do":"find","spec":{"source":"x"},"run":"x"}', '{"do":"find","spec":null}', '{"do":"find","spec":[]}',
])
def test_a_search_without_a_proper_description_is_an_error(served: Served, text: str) -> None:
    with served.live() as page:
        page.hear()
        page.ws.send(text)
        assert page.hear()["code"] in ("unknown_message", "bad_spec")
        page.say(do="ping")
        assert page.hear() == {"type": "pong"}


def test_how_long_a_search_may_be_is_the_hosts_to_say(tmp_path: Path) -> None:
    with serve(tmp_path, max_search_s=2, max_search_executions=50) as server, server.live() as page:
        page.hear()
        for spec, words in (({"max_seconds": 3, "max_executions": 9}, "up to 2; 3"), ({"max_seconds": 1, "max_executions": 51}, "up to 50; 51")):
            page.say(do="find", spec={"source": program(), **spec})
            assert words in page.hear()["message"]
        assert find(page, program(), max_seconds=2, max_executions=50)[-1]["outcome"] == "ok"
        data = server.get("/lab")[2].decode()
        assert '"search":{"max_seconds":2.0,"max_executions":50}' in data


def test_a_search_that_breaks_or_is_refused_ends_with_a_sentence(served: Served) -> None:
    with served.live() as page:
        assert find(page, program(**{"break": True}))[-1]["outcome"] == "protocol"
        refused = find(page, program(refuse="There is no CPython 2.7 on this host."))
        assert (refused[-1]["outcome"], refused[-1]["sentence"]) == ("refused", "There is no CPython 2.7 on this host.")
        errors = [message for message in refused if message["type"] == "error"]
        assert [(error["code"], error["run"]) for error in errors] == [("bad_spec", refused[-1]["run"])]


# steps and schedules of controlled runs

def test_a_schedule_of_another_program_is_a_typed_error_then_an_end(served: Served) -> None:
    sentence = "This schedule was made for another text of the program. It leaves off at step 3 of 9."
    schedule = "tp1;access;3.13;000000000000;0*9"
    with served.live() as page:
        page.say(do="run", spec={"source": program(misfit=sentence), "mode": "controlled", "schedule": schedule})
        heard = page.hear_until("end")
        assert [message["type"] for message in heard[-2:]] == ["error", "end"]
        assert {"code": "bad_schedule", "message": sentence, "run": heard[-1]["run"]}.items() <= heard[-2].items()
        assert (heard[-1]["outcome"], heard[-1]["sentence"]) == ("refused", sentence)
        assert page.run(program())[-1]["outcome"] == "ok"


@pytest.mark.parametrize(("spec", "code", "words"), [
    ({"schedule": "   "}, "bad_schedule", "The schedule is empty"), ({"schedule": "rubbish"}, "bad_schedule", "must start with tp1"),
    ({"schedule": "tp2;access;3.13;000000000000;0"}, "bad_schedule", "version tp2"), ({"schedule": "tp1;access"}, "bad_schedule", "cut off"),
    ({"schedule": "tp1;access;3.13;000000000000;0*x"}, "bad_schedule", "Part 1"),
    ({"schedule": "tp1;atom;3.13;000000000000;0"}, "bad_schedule", "atom"),
    ({"schedule": "tp1;access;3.13;000000000000;0*999999"}, "bad_schedule", "more than"), ({"schedule": 7}, "bad_spec", "'schedule'"),
    ({"schedule": "tp1;access;3.13;000000000000;0", "mode": "free"}, "bad_spec", "controlled mode"), ({"granularity": "atom"}, "bad_spec", "atom"),
    ({"granularity": None}, "bad_spec", "'granularity'"), ({"mode": "find"}, "bad_spec", "Unknown mode"),
])
def test_a_schedule_that_is_none_is_a_typed_error_and_the_socket_survives(served: Served, spec: dict[str, Any], code: str, words: str) -> None:
    with served.live() as page:
        page.hear()
        page.say(do="run", spec={"source": program(), "mode": "controlled", **spec})
        error = page.hear()
        assert (error["type"], error["code"]) == ("error", code)
        assert words in error["message"]
        assert page.run(program())[-1]["outcome"] == "ok"


def test_steps_come_in_messages_of_bounded_size_and_are_exported_whole(served: Served) -> None:
    with served.live() as page:
        log = log_of(page.run(program(steps=5_000), mode="controlled"))
    messages = [message for message in log if message["type"] == "choices"]
    assert len(messages) > 3
    assert all(len(json.dumps(message, separators=(",", ":"))) <= MOST_BYTES + 200 for message in messages)
    steps = [step for message in messages for step in message["choices"]]
    assert [step["step"] for step in steps] == list(range(1, 5_001))
    assert steps[6] == json.loads(json.dumps(choice_row(choice(7))))
    exported = map(json.loads, served.get(f"/runs/{log[-1]['run']}/trace.jsonl")[2].decode().splitlines())
    assert [step for row in exported if row["type"] == "choices" for step in row["choices"]] == steps
    assert served.get(f"/runs/{log[-1]['run']}/trace.perfetto.json")[0] == 200


def test_what_was_found_is_shortened_on_the_socket_and_whole_in_the_export(served: Served) -> None:
    source = program(failure=True, failing_steps=5_000, classes=200, leaf="0,1," * 300)
    with served.live() as page:
        log = log_of(find(page, source))
    explored = log[-2]
    assert len(json.dumps(explored)) < 64 * 1024
    assert explored["failure"]["steps_left_out"] + len(explored["failure"]["steps"]) == 5_000
    assert explored["failure"]["steps"][-1]["step"] == 4_999
    assert 0 < len(explored["classes"]) < 200
    assert explored["classes_complete"] is False
    rows = [json.loads(line) for line in served.get(f"/runs/{log[-1]['run']}/trace.jsonl")[2].decode().splitlines()]
    (whole,) = [row for row in rows if row["type"] == "explored"]
    assert (len(whole["failure"]["steps"]), len(whole["classes"])) == (5_000, 200)
    assert served.get(f"/runs/{log[-1]['run']}/trace.perfetto.json")[0] == 200


def test_reading_from_beyond_a_log_is_an_error_and_the_socket_survives(served: Served) -> None:
    with served.live() as page:
        run = page.run(program())[-1]["run"]
        for message in ({"do": "resume", "from": 10_000}, {"do": "fetch", "from": 10_000, "to": 10_001}):
            page.say(run=run, **message)
            error = page.hear()
            assert (error["type"], error["code"]) == ("error", "refused")
            assert "messages so far" in error["message"]
        page.say(do="ping")
        assert page.hear() == {"type": "pong"}
