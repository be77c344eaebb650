"""A session over a cell made of a list: whatever the cell does, Hello comes first, End last, the outcome is true and the cell is closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from playground.ending import end_of
from playground.model.errors import SandboxRefused
from playground.model.event import Batch, ThreadState
from playground.model.finding import Finding
from playground.model.record import End, Found, Gap, Hello, Output, Record
from playground.model.spec import Limits, RunSpec
from playground.reading import Reading
from playground.sampling import SAMPLE
from playground.session import Session
from tests.story import ORIGIN, Story


@dataclass(frozen=True)
class FakeExit:
    reason: str = "ended"
    status: int = 0
    signal: int = 0
    cpu_s: float = 0.1
    max_memory_mb: float = 20.0
    limit: str = ""


class FakeCell:
    """Hands out these chunks one by one; then it is over, or it waits to be killed."""

    def __init__(self, chunks: Iterable[tuple[str, bytes]], left: FakeExit | None = None, *, waits: bool = False) -> None:
        self.chunks_left = list(chunks)
        self.left = left or FakeExit()
        self.waits = waits
        self.killed = threading.Event()
        self.reasons: list[str] = []
        self.closed = 0

    @property
    def over(self) -> bool:
        return not self.chunks_left and (not self.waits or self.killed.is_set())

    def chunks(self, timeout_s: float) -> list[tuple[str, bytes]]:
        if self.chunks_left:
            return [self.chunks_left.pop(0)]
        self.killed.wait(timeout_s)
        return []

    def kill(self, reason: str) -> None:
        self.reasons.append(reason)
        self.left = replace(self.left, reason=reason, signal=9)
        self.killed.set()

    def exit(self) -> FakeExit:
        return self.left

    def close(self) -> None:
        self.closed += 1


def run(cell: FakeCell, **spec: object) -> list[Record]:
    with Session(RunSpec(source="pass", **spec), lambda: cell) as session:  # type: ignore[arg-type]
        records = list(session)
    assert isinstance(records[0], Hello)
    assert isinstance(records[-1], End)
    assert not [record for record in records[1:] if isinstance(record, Hello)]
    assert cell.closed == 1
    return records


def end(records: list[Record]) -> End:
    last = records[-1]
    assert isinstance(last, End)
    return last


def good_story() -> Story:
    story = Story()
    main, one = story.begin("one")
    story.event(1, "line", one, line=3).event(2, "thread.ended", one).event(3, "thread.ended", main)
    return story


def test_a_good_run_ends_ok() -> None:
    found = end(run(FakeCell([("events", bytes(good_story().close(callback_ns=50_000_000).data))])))
    assert (found.outcome, found.exit_code, found.events, found.threads) == ("ok", 0, 6, 2)
    assert found.sentence.startswith("Finished in ")
    assert found.perturbed == 0.5


def test_an_exception_in_a_thread_fails_the_run_and_names_it() -> None:
    story = Story()
    main, one = story.begin("one")
    note = story.text("ValueError: boom")
    story.event(1, "thread.crashed", one, line=7, note=note).event(3, "thread.ended", main)
    story.close("exception", error="ValueError", message="boom")
    records = run(FakeCell([("events", bytes(story.data))]))
    found = end(records)
    assert (found.outcome, found.exit_code, found.error) == ("failed", 1, "ValueError")
    assert found.sentence.startswith("one crashed at line 7 with ValueError: boom.")
    assert [record.finding.kind for record in records if isinstance(record, Found)] == ["crash"]


def test_a_nonzero_status_fails_the_run() -> None:
    found = end(run(FakeCell([("events", bytes(good_story().close("exit", exit_code=3).data))], FakeExit(status=3))))
    assert (found.outcome, found.exit_code, found.status) == ("failed", 1, 3)
    assert "exit status 3" in found.sentence


def test_a_syntax_error_says_that_nothing_started() -> None:
    story = Story().close("exception", error="SyntaxError", message="line 3: invalid syntax", exit_code=1)
    found = end(run(FakeCell([("events", bytes(story.data))], FakeExit(status=1))))
    assert found.sentence == "The program did not start. SyntaxError: line 3: invalid syntax."


def test_a_segfault_is_named_by_its_signal_and_its_last_window_is_a_gap() -> None:
    records = run(FakeCell([("events", bytes(good_story().data))], FakeExit(signal=11)))
    assert end(records).sentence.startswith("The program crashed (signal 11)")
    assert (end(records).outcome, end(records).exit_code) == ("failed", 1)
    assert [record for record in records if isinstance(record, Gap)]


@pytest.mark.parametrize(("status", "outcome", "code"), [(0, "ok", 0), (5, "failed", 1)])
def test_os_exit_is_said_and_its_status_decides(status: int, outcome: str, code: int) -> None:
    records = run(FakeCell([("events", bytes(good_story().data))], FakeExit(status=status)))
    assert (end(records).outcome, end(records).exit_code) == (outcome, code)
    assert f"os._exit({status})" in end(records).sentence
    assert "os._exit" in next(record.reason for record in records if isinstance(record, Gap))


@pytest.mark.parametrize("garbage", [b"\xff" * 64, b"\x00\x00\x09\x00\x05\x00\x00\x00", b"\xff\xff\x01\x00\x00\x00\x00\x00"])
@pytest.mark.parametrize("status", [0, 1])
def test_garbage_loses_the_trace_but_not_the_program(garbage: bytes, status: int) -> None:
    records = run(FakeCell([("events", bytes(good_story().data)), ("events", garbage), ("events", b"x" * 500), ("stdout", b"still here\n")],
                           FakeExit(status=status)))
    found = end(records)
    assert (found.outcome, found.exit_code) == ("protocol", status)
    assert found.sentence.startswith("Trace lost")
    assert [record.text for record in records if isinstance(record, Output)] == ["still here\n"]
    assert sum(isinstance(record, Gap) for record in records) == 1


def test_a_run_that_never_greets_is_greeted_for() -> None:
    records = run(FakeCell([("stdout", b"hi")]))
    assert isinstance(records[1], Output)
    assert end(records).exit_code == 0


@pytest.mark.parametrize(("limit", "words"), [("wall_s", "Stopped after 10 s, the time limit."), ("cpu_s", "10 s of CPU time"),
                                              ("memory_mb", "512 MB"), ("threads", "256 threads")])
def test_a_limit_is_named(limit: str, words: str) -> None:
    found = end(run(FakeCell([("events", bytes(good_story().data))], FakeExit(reason="limit", signal=9, limit=limit))))
    assert (found.outcome, found.exit_code, found.limit) == ("limit", 3, limit)
    assert words in found.sentence


def test_too_much_output_ends_the_run() -> None:
    cell = FakeCell([("events", bytes(good_story().data)), *[("stdout", b"y" * 65536)] * 40], waits=True)
    records = run(cell)
    found = end(records)
    assert (found.outcome, found.limit) == ("limit", "output_kb")
    assert sum(len(record.text) for record in records if isinstance(record, Output)) == 256 * 1024
    assert "256 KB of output" in found.sentence


def test_too_many_events_end_the_run() -> None:
    story = good_story()
    found = end(run(FakeCell([("events", bytes(story.data))], waits=True), limits=replace(Limits(), events=3)))
    assert (found.outcome, found.limit) == ("limit", "events")


def test_the_hosts_own_clock_keeps_the_deadline() -> None:
    found = end(run(FakeCell([("events", bytes(good_story().data))], waits=True), limits=replace(Limits(), wall_s=0.05)))
    assert (found.outcome, found.limit, found.exit_code) == ("limit", "wall_s", 3)


def test_the_runs_clock_begins_when_its_cell_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    real, late_ns = time.monotonic_ns, [0]

    def open_late() -> FakeCell:
        late_ns[0] = 60_000_000_000
        return FakeCell([("stdout", b"hi")])

    monkeypatch.setattr("playground.session.time", SimpleNamespace(monotonic_ns=lambda: real() + late_ns[0]))
    found = end(list(Session(RunSpec(source="pass"), open_late)))
    assert (found.outcome, found.limit) == ("ok", "")
    assert found.at_ns < 1_000_000_000


class Over(FakeCell):
    """A run that ended by itself before anybody ended it."""

    def kill(self, reason: str) -> None:
        self.killed.set()


@pytest.mark.parametrize(("left", "outcome", "limit"), [(FakeExit(), "ok", ""),
                                                        (FakeExit("limit", signal=9, limit="memory_mb"), "limit", "memory_mb")])
def test_a_host_that_reads_after_the_time_is_up_tells_all_and_how_it_had_ended(monkeypatch: pytest.MonkeyPatch, left: FakeExit, outcome: str,
                                                                               limit: str) -> None:
    clock = SimpleNamespace(now_ns=ORIGIN)
    monkeypatch.setattr("playground.session.time", SimpleNamespace(monotonic_ns=lambda: clock.now_ns))
    data = bytes(good_story().output(4, 0, "first\n").output(5, 0, "last\n").close().data)
    cut = data.index(b"first\n") + 20
    records: list[Record] = []
    for record in Session(RunSpec(source="pass"), lambda: Over([("events", data[:cut]), ("events", data[cut:])], left)):
        records.append(record)
        clock.now_ns += 30_000_000_000  # the consumer takes its time
    assert [record.text for record in records if isinstance(record, Output)] == ["first\n", "last\n"]
    assert (end(records).outcome, end(records).limit) == (outcome, limit)


def test_a_supervisor_killed_from_outside_is_no_crash_of_the_program() -> None:
    found = end(run(FakeCell([("events", bytes(good_story().data))], FakeExit(reason="lost", signal=9))))
    assert (found.outcome, found.limit, found.exit_code) == ("stopped", "", 3)
    assert found.sentence.startswith("Ended from outside: the run's supervisor was killed")


def test_no_more_threads_is_a_limit_and_no_blame() -> None:
    story = good_story().close("exception", error="RuntimeError", message="can't start new thread", exit_code=1)
    sampled = b"".join(SAMPLE.pack(ORIGIN, tid, ThreadState.BLOCKED, 0, 0, 0, 0) for tid in range(2, 258))
    found = end(run(FakeCell([("samples", sampled), ("events", bytes(story.data))], FakeExit(status=1))))
    assert (found.outcome, found.limit, found.exit_code) == ("limit", "threads", 3)


def test_stop_ends_the_run_from_another_thread() -> None:
    cell = FakeCell([("events", bytes(good_story().data))], waits=True)
    session = Session(RunSpec(source="pass"), lambda: cell)
    records: list[Record] = []
    for record in session:
        records.append(record)
        if isinstance(record, Batch):
            stopper = threading.Thread(target=session.stop)
            stopper.start()
            stopper.join()
    assert (end(records).outcome, end(records).sentence) == ("stopped", "Stopped by the visitor.")
    assert cell.reasons[0] == "stopped"


def test_stop_before_the_cell_is_open_still_stops() -> None:
    cell = FakeCell([], waits=True)
    session = Session(RunSpec(source="pass"), lambda: cell)
    session.stop("stopped by hand")
    assert end(list(session)).sentence == "Stopped by hand."


def test_a_refusal_is_an_end_of_its_own() -> None:
    def refuse() -> FakeCell:
        raise SandboxRefused("Landlock is missing. Use a newer kernel.")

    records = list(Session(RunSpec(source="pass"), refuse))
    assert [type(record) for record in records] == [Hello, End]
    assert (end(records).outcome, end(records).exit_code) == ("refused", 4)


def test_a_refusal_within_the_cell_is_a_refusal_too() -> None:
    found = end(run(FakeCell([], FakeExit(reason="refused: seccomp failed"))))
    assert (found.outcome, found.exit_code) == ("refused", 4)


def test_a_consumer_that_leaves_closes_the_cell() -> None:
    cell = FakeCell([("events", bytes(good_story().data))], waits=True)
    with Session(RunSpec(source="pass"), lambda: cell) as session:
        for _ in session:
            break
    assert cell.closed == 1
    assert cell.killed.is_set()


def test_a_deadlock_of_every_thread_ends_the_run_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.session.STANDSTILL_NS", 50_000_000)
    cell = FakeCell([("events", deadlocked())], waits=True)
    records = run(cell)
    found = end(records)
    assert (found.outcome, found.exit_code) == ("deadlock", 1)
    assert found.sentence.startswith("Deadlock: there and back wait for each other.")
    assert [record.finding.certain for record in records if isinstance(record, Found)] == [True]
    assert not [record for record in records if isinstance(record, Gap)]


def test_a_deadlock_beside_a_running_thread_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.session.STANDSTILL_NS", 50_000_000)
    found = end(run(FakeCell([("events", deadlocked(main_runs=True))], waits=True), limits=replace(Limits(), wall_s=0.5)))
    assert found.outcome == "deadlock"
    assert "Others went on until the run was ended: Stopped after 0.5 s" in found.sentence


def deadlocked(*, main_runs: bool = False) -> bytes:
    story = Story()
    main, there, back = story.begin("there", "back")
    a, b = story.object("a.lock"), story.object("b.lock")
    story.event(1, "lock.acquired", there, a).event(2, "lock.acquired", back, b)
    story.event(3, "lock.blocked", there, b, line=12).event(4, "lock.blocked", back, a, line=12)
    if not main_runs:
        story.event(5, "thread.joining", main, story.object("there", "Thread"))
    return bytes(story.data)


class Faulty:
    def __init__(self, spec: RunSpec) -> None:
        pass

    def see(self, record: Record) -> tuple[Finding, ...]:
        raise KeyError("broken")

    quiet = end = see  # type: ignore[assignment]


def test_a_detector_that_fails_is_dropped_and_reported_once() -> None:
    reading = Reading(RunSpec(source="pass"), python="", gil=True, started_ns=ORIGIN, detectors=(Faulty,))  # type: ignore[arg-type]
    records = [*reading.take([("events", bytes(good_story().data))], ORIGIN + 10**9), *reading.finish(ORIGIN + 10**9, "")]
    assert [record.reason for record in records if isinstance(record, Gap)] == ["The detector Faulty failed (KeyError) and was dropped."]
    assert [record for record in records if isinstance(record, Batch)]


def test_bytes_cut_anywhere_make_the_same_trace() -> None:
    data = bytes(good_story().close().data)
    whole = events(run(FakeCell([("events", data)])))
    for size in (1, 7, 33):
        pieces = [("events", data[start : start + size]) for start in range(0, len(data), size)]
        assert events(run(FakeCell(pieces))) == whole


def test_output_cut_within_a_letter_stays_whole() -> None:
    pieces = [("stdout", bytes([byte])) for byte in "zwölf €".encode()]
    records = run(FakeCell(pieces), record=False)
    assert "".join(record.text for record in records if isinstance(record, Output)) == "zwölf €"


def test_names_without_end_do_not_fill_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.reading.MOST_TEXT_BYTES", 10_000)
    story = Story()
    for _ in range(50):
        story.text("x" * 1000)
    found = end(run(FakeCell([("events", bytes(story.close().data))])))
    assert found.outcome == "protocol"
    assert "more names and texts" in found.sentence


def events(records: list[Record]) -> list[tuple[str, int, int]]:
    return [(event.kind, event.thread, event.seq) for record in records if isinstance(record, Batch) for event in record.events({})]


assert Callable
assert end_of
