"""Every built-in scenario keeps its header's promise behind the real walls, and is a file worth reading."""

from __future__ import annotations

import ast

import pytest

from playground.catalogue import FOLDER, scenarios
from playground.host import Host
from playground.knobs import turn_knobs
from playground.model.record import End, Found, Hello
from playground.model.scenario import Scenario
from playground.model.spec import RunSpec

ALL = pytest.mark.parametrize("chosen", scenarios(), ids=lambda each: each.slug)


def outcome(host: Host, source: str, name: str = "program.py") -> tuple[End, set[str], bool]:
    found: set[str] = set()
    gil = True
    with host.open(RunSpec(source=source, name=name)) as session:
        for record in session:
            if isinstance(record, Found):
                found.add(record.finding.kind)
            elif isinstance(record, Hello):
                gil = record.gil
            elif isinstance(record, End):
                return record, found or {"clean"}, gil
    raise AssertionError("a session without an End")


@ALL
def test_the_promise_of_the_header_holds(chosen: Scenario, host: Host) -> None:
    for promise in (each for each in chosen.expect if each.mode == "free"):
        seen: set[str] = set()
        for _ in range(promise.within):
            end, found, _gil = outcome(host, chosen.source, chosen.filename)
            seen |= found
            assert end.at_ns < 3_000_000_000
            assert end.outcome in {"clean": "ok", "crash": "failed", "deadlock": "deadlock"}[promise.finding]
        assert promise.finding in seen


@ALL
def test_search_comes_to_what_the_header_promises(chosen: Scenario, host: Host) -> None:
    for promise in (each for each in chosen.expect if each.mode == "controlled"):
        report = host.check(RunSpec(source=chosen.source, name=chosen.filename, mode="controlled"), max_executions=promise.within,
                            max_seconds=60).report
        assert report.verdict == {"clean": "clean", "crash": "exception", "deadlock": "deadlock"}[promise.finding], report.reason
        assert 1 <= report.executions <= promise.within


@ALL
def test_it_is_a_file_to_read(chosen: Scenario) -> None:
    lines = chosen.source.splitlines()
    assert 20 <= len(lines) <= 55
    assert max(map(len, lines)) <= 110
    assert ast.get_docstring(ast.parse(chosen.source))
    assert 1 <= len(chosen.knobs) <= 4
    assert chosen.tries
    assert chosen.expect
    assert not {"playground", "web"} & {name for node in ast.walk(ast.parse(chosen.source)) if isinstance(node, ast.Import) for name in
                                        [alias.name for alias in node.names]}


@pytest.mark.parametrize("lock", ["Lock()", "RLock()", "Semaphore(1)"])
def test_any_lock_mends_the_lost_update(lock: str, host: Host) -> None:
    (chosen,) = [each for each in scenarios() if each.slug == "lost-update"]
    end, found, _ = outcome(host, turn_knobs(chosen.source, {"LOCK": lock}, chosen.knobs))
    assert (end.outcome, found) == ("ok", {"clean"})


def test_without_anything_between_the_lines_the_gil_build_loses_nothing_unrecorded(host: Host) -> None:
    (chosen,) = [each for each in scenarios() if each.slug == "lost-update"]
    source = turn_knobs(chosen.source, {"BETWEEN": "nothing", "ADDS": "100_000"}, chosen.knobs)
    with host.open(RunSpec(source=source, record=False)) as session:
        records = list(session)
    if isinstance(records[0], Hello) and records[0].gil:
        assert isinstance(records[-1], End)
        assert records[-1].outcome == "ok"


def test_one_order_of_locks_mends_the_deadlock(host: Host) -> None:
    (chosen,) = [each for each in scenarios() if each.slug == "two-transfers"]
    end, found, _ = outcome(host, turn_knobs(chosen.source, {"ORDER": "by number"}, chosen.knobs))
    assert (end.outcome, found) == ("ok", {"clean"})


def test_the_folder_holds_scenarios_only() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.name != "__pycache__"} == {"README.md", *(each.filename for each in scenarios())}
