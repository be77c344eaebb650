"""Controlled runs and searches around the real engine: find, replay what was found, and be told when a schedule does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.served import Page, Served, serve

PROGRAMS = Path(__file__).parents[1] / "programs"
ABBA = (PROGRAMS / "abba_lock.py").read_text()
LONG = "import threading\nn = 0\ndef work():\n    global n\n    for _ in range(40):\n        n += 1\n" \
       "ts = [threading.Thread(target=work) for _ in range(3)]\n[t.start() for t in ts]\n[t.join() for t in ts]\n"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as `threadplay serve` starts it."""
    with serve(tmp_path_factory.mktemp("data"), "web:create_app()") as server:
        yield server


def find(page: Page, source: str, **spec: Any) -> list[dict[str, Any]]:
    page.say(do="find", spec={"source": source, "mode": "controlled", **spec})
    return page.hear_until("end")


def test_what_a_search_finds_is_what_its_schedule_shows_again(real: Served) -> None:
    with real.live() as page:
        *_, explored, end = find(page, ABBA)
        assert (explored["type"], explored["verdict"], explored["failure"]["kind"]) == ("explored", "deadlock", "deadlock")
        assert end["sentence"].endswith("Found a deadlock.")
        schedule = explored["failure"]["schedule"]
        runs = [page.run(ABBA, mode="controlled", schedule=schedule) for _ in range(2)]
    for run in runs:
        assert (run[-1]["outcome"], run[-1]["schedule"], run[-1]["left_off"]) == ("deadlock", schedule, -1)
        steps = [step for message in run if message["type"] == "choices" for step in message["choices"]]
        assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    first, second = ([message["raw"][16:] if "raw" in message else {**message, "run": ""} for message in run if "n" in message] for run in runs)
    assert first == second, "the same schedule gives the same messages"


def test_every_order_of_a_small_program_comes_with_its_ending(real: Served) -> None:
    with real.live() as page:
        *_, explored, _ = find(page, ABBA, all_classes=True)
        head = explored["failure"]["schedule"].rpartition(";")[0]
        assert explored["classes_complete"] is True
        for leaf in explored["classes"]:
            end = page.run(ABBA, mode="controlled", schedule=f"{head};{leaf['choices']}")[-1]
            assert end["outcome"] == {"clean": "ok", "deadlock": "deadlock"}[leaf["verdict"]]
    assert sorted(leaf["verdict"] for leaf in explored["classes"]) == ["clean", "clean", "deadlock"]


def test_a_schedule_of_another_text_says_where_it_leaves_off(real: Served) -> None:
    with real.live() as page:
        *_, explored, _ = find(page, ABBA)
        edited = ABBA.replace("t.start()", "t.start(); t.join()")
        heard = []
        page.say(do="run", spec={"source": edited, "mode": "controlled", "schedule": explored["failure"]["schedule"]})
        heard = page.hear_until("end")
        error, end = heard[-2:]
        assert (error["type"], error["code"], error["run"]) == ("error", "bad_schedule", end["run"])
        assert "leaves off at step" in error["message"]
        assert (end["outcome"], end["sentence"]) == ("refused", error["message"])
        assert page.run("print(1)", mode="controlled")[-1]["outcome"] == "ok"


def test_a_search_ends_when_it_is_stopped_and_its_slot_is_free(real: Served) -> None:
    with real.live() as page:
        page.say(do="find", spec={"source": LONG, "strategy": "random", "max_executions": 100_000, "max_seconds": 30})
        progress = page.hear_until("progress")[-1]
        page.say(do="stop", run=progress["run"])
        *_, explored, end = page.hear_until("end")
        assert (end["outcome"], explored["verdict"], explored["failure"]) == ("stopped", "inconclusive", None)
        assert end["sentence"].startswith("Stopped by the visitor after ")
        real.wait_until(lambda: real.metric("threadplay_runs_running") == 0, "the slot is still taken")
        assert find(page, LONG, max_executions=5, strategy="random")[-1]["sentence"].startswith("No failure in 5 of an unknown number of orders.")


@pytest.mark.parametrize("source", ["x = (\n", "import os\nos._exit(3)\n", "raise ValueError('at once')\n", "input()\n"])
def test_a_program_that_cannot_be_searched_ends_with_a_sentence(real: Served, source: str) -> None:
    with real.live() as page:
        *_, explored, end = find(page, source, max_seconds=3)
    assert explored["verdict"] in ("exception", "inconclusive")
    assert explored["exhausted"] is False
    assert end["outcome"] in ("ok", "limit")
    assert end["sentence"].endswith(".")


def test_trying_a_schedule_on_an_endless_program_can_be_stopped(real: Served) -> None:
    with real.live() as page:
        endless = "import os\nr, w = os.pipe()\nos.read(r, 1)\n"
        schedule = "tp1;access;3.13;000000000000;0*3"
        page.say(do="run", spec={"source": endless, "mode": "controlled", "schedule": schedule, "limits": {"wall_s": 60, "cpu_s": 60}})
        page.say(do="stop", run=page.hear_until("accepted")[-1]["run"])
        end = page.hear_until("end")[-1]
        assert (end["outcome"], end["sentence"].startswith("This schedule was made for another text")) == ("refused", True)
