"""A search behind the walls: what it claims is shown again elsewhere, and what it needs cannot be seen from within."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.exploration import UNREPEATABLE, limits_of
from playground.host import Host
from playground.model.errors import BadSpec
from playground.model.record import End, Output
from playground.model.search_spec import SearchSpec
from playground.model.spec import RunSpec


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


def printed(host: Host, source: str) -> str:
    records = list(host.open(RunSpec(source=source, mode="controlled")))
    end = records[-1]
    assert isinstance(end, End)
    assert end.outcome == "ok", end.sentence
    return "".join(record.text for record in records if isinstance(record, Output))


def test_search_runs_on_greenlets_that_the_program_cannot_import(host: Host) -> None:
    source = """
import sys
try:
    import greenlet
except ImportError:
    print("not to be had")
print([name for name in sys.modules if "greenlet" in name and not name.startswith("playground")])
print([path for path in sys.path if "site-packages" in path])
"""
    assert printed(host, source) == "not to be had\n[]\n[]\n"
    seen = "import sys\nassert 'playground.inside.beneath.greenlets' in sys.modules\n"
    assert host.check(RunSpec(source=seen)).report.verdict == "clean"


def test_strings_hash_alike_in_every_controlled_run() -> None:
    source = "import os\nprint(hash('a'), 'PYTHONHASHSEED' in os.environ)\n"
    hosts = Host(), Host()
    try:
        first, second = (printed(each, source) for each in hosts)
    finally:
        for each in hosts:
            each.close()
    assert first == second
    assert first.endswith(" False\n")


def test_a_failure_that_depends_on_hashes_is_not_shown(host: Host) -> None:
    source = "names = list({'one', 'two', 'three', 'four', 'five'})\nassert not names, names\n"
    report = host.check(RunSpec(source=source)).report
    assert (report.verdict, report.failure, report.reason) == ("inconclusive", None, UNREPEATABLE)


def test_a_search_has_no_end_beyond_its_own(host: Host) -> None:
    search = SearchSpec(RunSpec(source="import os; r, w = os.pipe(); os.read(r, 1)"), max_seconds=0.5)
    assert limits_of(search).wall_s < 10
    explored = host.check(search.run, max_seconds=0.5)
    assert explored.report.verdict == "inconclusive"
    assert "Stopped after" in explored.report.reason


def test_an_impossible_search_is_refused_before_anything_starts() -> None:
    host = Host()
    with pytest.raises(BadSpec):
        host.check(RunSpec(source="pass"), max_executions=0)
    host.close()
