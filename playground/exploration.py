"""Many runs of one program: a cell searches; what it found counts only after another cell, under other hashes, has shown the same.

Nothing that a searching cell says is taken at its word: a failure is shown again from its schedule alone, and a claim that nothing can fail is kept
only if the program does not depend on hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from playground.ending import end_of
from playground.listening import Heard, listen
from playground.model.errors import ProtocolError
from playground.model.report import Failure, Report
from playground.model.report_claim import read_failure, read_report
from playground.model.search_spec import SearchSpec
from playground.model.spec import Limits
from playground.reading import Reading
from playground.session import Cell

TELL_S = 6.0
"""What a cell gets beyond the search's own seconds: for shrinking, confirming, and saying where a failure can happen."""
CONFIRM = Limits(wall_s=20.0, cpu_s=20.0)
UNREPEATABLE = "the program does not do the same under other hashes of strings: something other than scheduling decides"


@dataclass(frozen=True, slots=True)
class Explored:
    """A confirmed report, and the seconds that its search took, starting and confirming left out."""

    report: Report
    seconds: float

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


def explore(search: SearchSpec, open_cell: Open, warm: Callable[[], None]) -> Explored:
    """Find, confirm, report. `warm` makes the other zygote ready while the search goes on. Raises SandboxRefused."""
    with ThreadPoolExecutor(1, "warm") as pool:
        warming = pool.submit(warm)
        limits = limits_of(search)
        heard = _heard(open_cell(search.to_json().encode(), limits, False), limits)
        report = _claimed(search, heard, limits)
        warming.result()
    if report.failure is not None and report.executions:
        report = _confirmed(search, report, report.failure, open_cell)
    elif report.exhausted:
        report = _repeated(search, report, open_cell)
    return Explored(report, heard.seconds)


def _heard(cell: Cell, limits: Limits) -> Heard:
    try:
        return listen(cell, limits)
    finally:
        if not cell.over:
            cell.kill("closed")
        cell.close()


def _claimed(search: SearchSpec, heard: Heard, limits: Limits) -> Report:
    """The cell's report; without one, why there is none."""
    if heard.report:
        try:
            return read_report(heard.report)
        except ProtocolError as error:
            return _inconclusive(search, str(error))
    assert heard.exit is not None
    account = Reading(search.run, python="", gil=True, started_ns=0).account(0, {})
    if not (heard.cut or heard.exit.limit or heard.exit.signal):
        return _inconclusive(search, "the program ended its own process, so the search could not go on")
    end = end_of(account, heard.cut, heard.exit, limits, "", "")
    return _inconclusive(search, f"the search was ended from outside: {end.sentence.rstrip('.')}")


def _inconclusive(search: SearchSpec, reason: str) -> Report:
    return Report("inconclusive", False, 0, search.run.granularity, search.strategy, reason, None)


def _confirmed(search: SearchSpec, report: Report, failure: Failure, open_cell: Open) -> Report:
    """The report if the schedule gives the same failure in a fresh cell under other hashes."""
    again = _again(search, failure.schedule, "confirm", open_cell, other=True)
    try:
        same = again.report not in (b"", b"null") and _bare(read_failure(again.report)) == _bare(failure)
    except ProtocolError:
        same = False
    return report if same else replace(report, verdict="inconclusive", exhausted=False, failure=None, reason=UNREPEATABLE)


def _repeated(search: SearchSpec, report: Report, open_cell: Open) -> Report:
    """The report if one run gives the same trace under both hash seeds."""
    first, second = (_again(search, "", "controlled", open_cell, other=other) for other in (False, True))
    if first.report and first.events == second.events and first.written == second.written:
        return report
    return replace(report, verdict="inconclusive", exhausted=False, reason=UNREPEATABLE)


def _again(search: SearchSpec, schedule: str, mode: str, open_cell: Open, *, other: bool) -> Heard:
    job = {**json.loads(search.to_json()), "mode": mode, "schedule": schedule}
    return _heard(open_cell(json.dumps(job).encode(), CONFIRM, other), CONFIRM)


def _bare(failure: Failure) -> tuple[object, ...]:
    """What must be the same; where else it can happen, and how few preemptions it took, only the search knows."""
    return (failure.kind, failure.error, failure.message, failure.threads, failure.objects, failure.schedule, failure.steps, failure.waits)
