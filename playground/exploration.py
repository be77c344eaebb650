"""Many runs of one program: a cell searches; what it found counts only after another cell, under other hashes, has shown the same.

Nothing that a searching cell says is taken at its word: a failure is shown again from its schedule alone, and a claim that nothing can fail is kept
only if the program does not depend on hashes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from playground.ending import Cut, Exit, end_of
from playground.listening import Heard, listen
from playground.model.errors import ProtocolError
from playground.model.finding import Finding
from playground.model.outcome import HASHES
from playground.model.reaching import could_speak
from playground.model.record import Progress
from playground.model.report import Failure, Report
from playground.model.report_claim import read_ending, read_failure, read_report
from playground.model.search_spec import TELL_S, SearchSpec
from playground.model.spec import Limits
from playground.reading import Reading
from playground.replaying import ControlledSession
from playground.session import Cell
from playground.telling_failure import finding_of

CONFIRM = Limits(wall_s=20.0, cpu_s=20.0)
UNREPEATABLE = "the program does not do the same under other hashes of strings: something other than scheduling decides"

UNBELIEVED = "every order that is told apart ended well, which is no proof of a program that can reach what watches it"


@dataclass(frozen=True, slots=True)
class Explored:
    """A confirmed report, and the seconds that its search took, starting and confirming left out."""

    report: Report
    seconds: float
    cut: Cut | None = None
    """Why the searching cell was ended from outside (None: it was not)."""
    exit: Exit | None = None
    """How the searching cell ended."""
    finding: Finding | None = None
    """Why the failure happened, by the detectors' account of its replay."""

    def to_row(self) -> dict[str, object]:
        """The report as the command's JSON."""
        report, failure = self.report, self.report.failure
        return {"verdict": report.verdict, "exhausted": report.exhausted, "executions": report.executions, "seconds": round(self.seconds, 4),
                "granularity": report.granularity, "failure": None if failure is None else _failure_row(failure)}


type Open = Callable[[bytes, Limits, bool], Cell]
"""Opens a cell for a job; the flag asks for other hashes of strings than the search had."""


def _failure_row(failure: Failure) -> dict[str, object]:
    return {"kind": failure.kind, "error": failure.error, "message": failure.message, "threads": list(failure.threads),
            "objects": list(failure.objects), "preemptions": failure.preemptions, "schedule": failure.schedule,
            "possible_on": {"gil": failure.possible_on.gil, "free_threaded": failure.possible_on.free_threaded},
            "steps": [{"step": step.step, "thread": step.thread_name, "kind": step.kind, "name": step.name, "line": step.line}
                      for step in failure.steps]}


def limits_of(search: SearchSpec) -> Limits:
    """A searching cell may run as long as its search, and a while longer."""
    seconds = min(search.max_seconds + TELL_S, 120.0)
    return replace(search.run.limits, wall_s=seconds, cpu_s=seconds)


def class_rows(report: Report) -> list[dict[str, object]]:
    """The classes as JSON."""
    return [{"verdict": leaf.verdict, "error": leaf.error, "message": leaf.message, "choices": leaf.choices} for leaf in report.classes]


def explore(search: SearchSpec, open_cell: Open, warm: Callable[[], None], *, stopped: Callable[[], Cut | None] = lambda: None,
            on_progress: Callable[[Progress], None] = lambda progress: None) -> Explored:
    """Find, confirm, report. `warm` makes the other zygote ready while the search goes on. Raises SandboxRefused.

    `stopped` is asked all the time and ends it; `on_progress` is told how far the search is.
    """
    with ThreadPoolExecutor(1, "warm") as pool:
        warming = pool.submit(warm)
        limits = limits_of(search)
        heard = _heard(open_cell(search.to_json().encode(), limits, False), limits, stopped, on_progress)
        report = _claimed(search, heard, limits)
        warming.result()
    finding = None
    speaks = could_speak(search.run.source)
    if report.exhausted and speaks:
        report = replace(report, exhausted=False, classes_complete=False, reason=report.reason or UNBELIEVED)
    if report.failure is not None and report.executions:
        report, finding = _told(search, report, report.failure, open_cell, stopped)
    elif report.verdict == "clean" and (report.exhausted or speaks or HASHES in report.reason):
        report = _repeated(search, report, open_cell, stopped)
    cut = heard.cut or stopped()
    if cut is not None and report.reason == UNREPEATABLE:
        report = replace(report, reason=f"{cut.sentence.rstrip('.')}, before what was found could be confirmed")
    return Explored(report, heard.seconds, cut, heard.exit, finding)


def _heard(cell: Cell, limits: Limits, stopped: Callable[[], Cut | None], on_progress: Callable[[Progress], None] = lambda progress: None) -> Heard:
    try:
        return listen(cell, limits, stopped=stopped, on_progress=on_progress)
    finally:
        if not cell.over:
            cell.kill("closed")
        cell.close()


def _claimed(search: SearchSpec, heard: Heard, limits: Limits) -> Report:
    """The cell's report; without one, why there is none."""
    executions = heard.progress.executions if heard.progress is not None else 0
    if heard.report:
        try:
            return read_report(heard.report)
        except ProtocolError as error:
            return _inconclusive(search, str(error), executions)
    assert heard.exit is not None
    if heard.cut is None and (line := _stuck_at(bytes(heard.written["stderr"]), search.run.name)) is not None:
        return _inconclusive(search, _stuck(line), executions)
    account = Reading(search.run, python="", gil=True, started_ns=0).account(0, {})
    if heard.cut is not None and not heard.cut.limit:
        return _inconclusive(search, heard.cut.sentence.rstrip("."), executions)
    if not (heard.cut or heard.exit.limit or heard.exit.signal):
        return _inconclusive(search, "the program ended its own process, so the search could not go on", executions)
    end = end_of(account, heard.cut, heard.exit, limits, "", "")
    return _inconclusive(search, f"the search was ended from outside: {end.sentence.rstrip('.')}", executions)


def _stuck_at(written: bytes, name: str) -> str | None:
    """Where the program stood when the watchdog within ended its process, as ` (line 3)` or nothing; None if that is not what happened."""
    last = written.rfind(b"Timeout (")
    if last < 0:
        return None
    found = re.search(rb'File "' + re.escape(name.encode()) + rb'", line (\d{1,9}) in', written[last:])
    return f" (line {int(found[1])})" if found else ""


def _stuck(where: str) -> str:
    return (f"an execution did not come back{where}: it computes for long in C code, or waits for something outside, where no schedule can "
            "take it off")


def _inconclusive(search: SearchSpec, reason: str, executions: int) -> Report:
    return Report("inconclusive", False, executions, search.run.granularity, search.strategy, reason, None)


def _told(search: SearchSpec, report: Report, failure: Failure, open_cell: Open, stopped: Callable[[], Cut | None]) -> tuple[Report, Finding | None]:
    """Confirm the failure, and meanwhile replay it for its story."""
    run = replace(search.run, mode="controlled", schedule=failure.schedule, limits=CONFIRM)
    session = ControlledSession(run, lambda: open_cell(run.to_json().encode(), CONFIRM, False), python="", gil=True, tier=str)
    with ThreadPoolExecutor(1, "story") as pool:
        telling = pool.submit(finding_of, session, failure)
        report = _confirmed(search, report, failure, open_cell, stopped)
        if stopped() is not None:
            session.stop()
        finding = telling.result()
    return report, finding if report.failure is not None else None


def _confirmed(search: SearchSpec, report: Report, failure: Failure, open_cell: Open, stopped: Callable[[], Cut | None]) -> Report:
    """The report if the schedule gives the same failure in a fresh cell under other hashes."""
    again = _again(search, failure.schedule, "confirm", open_cell, stopped, other=True)
    try:
        same = again.report not in (b"", b"null") and _bare(read_failure(again.report)) == _bare(failure)
    except ProtocolError:
        same = False
    return report if same else replace(report, verdict="inconclusive", exhausted=False, failure=None, reason=UNREPEATABLE, classes_complete=False)


def _repeated(search: SearchSpec, report: Report, open_cell: Open, stopped: Callable[[], Cut | None]) -> Report:
    """The report if one run gives the same trace under both hash seeds; only what claims no proof may print in another order."""
    first, second = (_again(search, "", "controlled", open_cell, stopped, other=other) for other in (False, True))
    if _ended_well(first) and first.events == second.events and (not report.exhausted or first.written == second.written):
        return report
    return replace(report, verdict="inconclusive", exhausted=False, reason=UNREPEATABLE, classes_complete=False)


def _ended_well(heard: Heard) -> bool:
    """Whether a run that was to show once more that nothing fails says so."""
    try:
        ending = read_ending(heard.report)
    except ProtocolError:
        return False
    return ending.verdict == "clean" and ending.left_off is None


def _again(search: SearchSpec, schedule: str, mode: str, open_cell: Open, stopped: Callable[[], Cut | None], *, other: bool) -> Heard:
    job = {**json.loads(search.to_json()), "mode": mode, "schedule": schedule}
    return _heard(open_cell(json.dumps(job).encode(), CONFIRM, other), CONFIRM, stopped)


def _bare(failure: Failure) -> tuple[object, ...]:
    """What must be the same; where else it can happen, and how few preemptions it took, only the search knows."""
    return (failure.kind, failure.error, failure.message, failure.threads, failure.objects, failure.schedule, failure.steps, failure.waits)
