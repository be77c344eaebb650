"""A search as a session: its records in order, never a flood of progress, and an end at once when somebody stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from playground.ending import Cut
from playground.exploration import Explored
from playground.export_jsonl import as_row
from playground.export_perfetto import perfetto
from playground.host import Host
from playground.model.errors import BadSpec, SandboxRefused
from playground.model.record import End, Hello, Progress, Record
from playground.model.report import Report
from playground.model.search_spec import SearchSpec
from playground.model.spec import RunSpec
from playground.searching import SearchSession

PROGRAMS = Path(__file__).parent / "programs"
SPIN = "import threading\ntotal = 0\ndef work():\n    global total\n    for _ in range(30):\n        total += 1\n" \
       "ts = [threading.Thread(target=work) for _ in range(3)]\n[t.start() for t in ts]\n[t.join() for t in ts]\n"
type Stopped = Callable[[], Cut | None]
type Tell = Callable[[Progress], None]


def clean(executions: int) -> Explored:
    return Explored(Report("clean", False, executions, "access", "auto", "", None), 0.5)


def session(search: Callable[..., Explored]) -> SearchSession:
    return SearchSession(search, python="cpython 3.13.0", gil=True, tier=lambda: "A")


def last(records: Sequence[Record | Explored]) -> End:
    end = records[-1]
    assert isinstance(end, End)
    return end


def test_a_flood_of_progress_is_thinned_and_its_last_word_is_told() -> None:
    def search(*, stopped: Stopped, on_progress: Tell) -> Explored:
        for executions in range(1, 50_001):
            on_progress(Progress(executions, "dpor"))
        return clean(50_000)

    records = list(session(search))
    told = [record.executions for record in records if isinstance(record, Progress)]
    assert [type(record) for record in records[:1] + records[-2:]] == [Hello, Explored, End]
    assert told == sorted(told)
    assert told[-1] == 50_000
    assert len(told) <= 2 + 10 * last(records).at_ns / 1e9


def test_stop_reaches_a_search_before_and_during_it_and_says_how_far_it_was() -> None:
    def search(*, stopped: Stopped, on_progress: Tell) -> Explored:
        on_progress(Progress(1_234, "pct"))
        while (cut := stopped()) is None:
            threading.Event().wait(0.001)
        return Explored(Report("inconclusive", False, 1_234, "access", "auto", cut.sentence, None), 0.5, cut)

    early = session(search)
    early.stop("stopped by hand")
    assert last(list(early)).outcome == "stopped"
    late = session(search)
    records: list[Record | Explored] = []
    for record in late:
        records.append(record)
        if isinstance(record, Progress):
            threading.Thread(target=late.stop).start()
    assert last(records).outcome == "stopped"
    assert last(records).sentence.startswith("Stopped by the visitor after 1,234 executions in ")
    assert last(records).sentence.endswith("Nothing had failed until then.")


def test_a_consumer_that_goes_away_ends_the_search() -> None:
    over = threading.Event()

    def search(*, stopped: Stopped, on_progress: Tell) -> Explored:
        on_progress(Progress(1, "dpor"))
        while stopped() is None:
            threading.Event().wait(0.001)
        over.set()
        return clean(1)

    with session(search) as going:
        assert isinstance(next(iter(going)), Hello)
        taken = iter(session(search))
        next(taken)
        next(taken)
        taken.close()  # type: ignore[attr-defined]
    assert over.is_set()


def test_a_refusal_is_an_end_and_any_other_failure_is_raised_to_the_consumer() -> None:
    def refuse(*, stopped: Stopped, on_progress: Tell) -> Explored:
        raise SandboxRefused("No walls. Mend this.")

    def broken(*, stopped: Stopped, on_progress: Tell) -> Explored:
        raise ZeroDivisionError

    records = list(session(refuse))
    assert [type(record) for record in records] == [Hello, End]
    assert (last(records).outcome, last(records).sentence) == ("refused", "No walls. Mend this.")
    with pytest.raises(ZeroDivisionError):
        list(session(broken))


# with the real walls

def found(host: Host, search: SearchSpec) -> tuple[Explored, End]:
    with host.search(search) as going:
        records = list(going)
    explored, end = records[-2:]
    assert isinstance(records[0], Hello)
    assert isinstance(explored, Explored)
    assert isinstance(end, End)
    return explored, end


def test_a_deadlock_is_found_confirmed_and_told(host: Host) -> None:
    source = (PROGRAMS / "abba_lock.py").read_text()
    explored, end = found(host, SearchSpec(RunSpec(source, mode="controlled")))
    assert explored.report.failure is not None
    assert (end.outcome, end.exit_code, end.schedule) == ("ok", 1, explored.report.failure.schedule)
    assert end.sentence.endswith("Found a deadlock.")
    again = list(host.open(RunSpec(source, mode="controlled", schedule=end.schedule)))
    assert last(again).outcome == "deadlock"


def test_all_orders_of_a_small_program_are_told_with_their_endings(host: Host) -> None:
    explored, end = found(host, SearchSpec(RunSpec((PROGRAMS / "abba_lock.py").read_text(), mode="controlled"), all_classes=True))
    row = as_row(explored)
    assert row["classes_complete"] is True
    assert sorted(leaf.verdict for leaf in explored.report.classes) == ["clean", "clean", "deadlock"]
    assert end.sentence.endswith("Found a deadlock: 1 of 3 different orders fails.")
    assert '"traceEvents"' in perfetto([Hello("3.13.0", True, 0), end])


def test_a_program_without_a_failure_is_no_proof_unless_every_order_was_seen(host: Host) -> None:
    locked = "import threading\nlock = threading.Lock()\nn = 0\ndef work():\n    global n\n    with lock:\n        n += 1\n" \
             "ts = [threading.Thread(target=work) for _ in range(2)]\n[t.start() for t in ts]\n[t.join() for t in ts]\n"
    assert found(host, SearchSpec(RunSpec(locked, mode="controlled")))[1].sentence == "All 2 different orders complete."
    _, end = found(host, SearchSpec(RunSpec(SPIN, mode="controlled"), strategy="random", max_executions=20))
    assert end.sentence == "No failure in 20 of an unknown number of orders. That is not a proof."


def test_a_real_search_ends_at_once_when_it_is_stopped(host: Host) -> None:
    records: list[Record | Explored] = []
    with host.search(SearchSpec(RunSpec(SPIN, mode="controlled"), strategy="random", max_executions=1_000_000, max_seconds=60)) as going:
        for record in going:
            records.append(record)
            if isinstance(record, Progress):
                going.stop()
    assert last(records).outcome == "stopped"
    assert last(records).at_ns < 30_000_000_000
    explored = records[-2]
    assert isinstance(explored, Explored)
    assert (explored.report.verdict, explored.report.failure) == ("inconclusive", None)


def test_an_impossible_search_is_refused_before_anything_starts() -> None:
    host = Host()
    run = RunSpec("pass")
    for wrong in (SearchSpec(run, max_executions=0), SearchSpec(run, strategy="magic"), SearchSpec(RunSpec("pass", python="2.7"))):
        with pytest.raises(BadSpec):
            host.search(wrong)
    host.close()
