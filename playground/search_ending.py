"""How a search ended, in one record and in words; what it found is in the Explored record before it.

`outcome`: `ok` where the search itself came to its end (whatever it found), `stopped` by hand, `limit` where its cell was ended from outside.
"""

from __future__ import annotations

from playground.exploration import Explored
from playground.model.record import End, Progress
from playground.model.report import Report

EXIT_CODES = {"clean": 0, "exception": 1, "deadlock": 1, "inconclusive": 3}
"""The command's exit code by verdict."""
_LONG = 160


def end_of_search(explored: Explored, told: Progress | None, seconds: float, tier: str, python: str) -> End:
    """The last record of a search; `told` is how far it said it was, `seconds` what it took altogether."""
    report, cut, left = explored.report, explored.cut, explored.exit
    outcome, sentence, limit = "ok", _sentence(explored), ""
    if report.verdict == "inconclusive":
        if cut is not None:
            outcome, limit = cut.outcome, cut.limit
            sentence = _stopped(cut.sentence, told) if outcome == "stopped" else sentence
        elif left is not None and left.limit:
            outcome, limit = "limit", left.limit
    failure = report.failure
    return End(outcome, EXIT_CODES[report.verdict], sentence, limit, failure.error if failure else "", failure.message if failure else "", "", 0, 0,
               0, 0, 0, 0, int(seconds * 1e9), left.cpu_s if left else 0.0, left.max_memory_mb if left else 0.0, 0.0, tier, python,
               failure.schedule if failure else "")


def searched(executions: int, seconds: float) -> str:
    """`2,000 executions in 1.2 s`."""
    took = f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"
    return f"{executions:,} execution{'' if executions == 1 else 's'} in {took}"


def _sentence(explored: Explored) -> str:
    report = explored.report
    if report.failure is not None:
        return f"Searched {searched(report.executions, explored.seconds)}. Found {_found(report)}."
    if report.verdict == "inconclusive":
        after = f" after {searched(report.executions, explored.seconds)}" if report.executions else ""
        return f"Inconclusive{after}: {report.reason[:1].lower()}{report.reason[1:].rstrip('.')}."
    if report.exhausted:
        return _all(report)
    if report.reason:
        return f"No failure in {searched(report.executions, explored.seconds)}: {report.reason}."
    return f"No failure in {report.executions:,} of an unknown number of orders. That is not a proof."


def _found(report: Report) -> str:
    failure = report.failure
    assert failure is not None
    if failure.kind == "deadlock":
        what = "a deadlock"
    else:
        message = f": {failure.message}" if failure.message else ""
        what = f"{failure.error}{message}"[:_LONG].rstrip(".")
    failing = sum(leaf.verdict != "clean" for leaf in report.classes)
    if report.classes_complete and failing:
        return f"{what}: {failing:,} of {len(report.classes):,} different orders {'fails' if failing == 1 else 'fail'}"
    return what


def _all(report: Report) -> str:
    if not report.classes_complete:
        return "Every different order completes."
    count = len(report.classes)
    return "The only order there is completes." if count == 1 else f"All {count:,} different orders complete."


def _stopped(why: str, told: Progress | None) -> str:
    if told is None:
        return why
    found = "What it had found was not confirmed yet." if told.strategy == "telling" else "Nothing had failed until then."
    return f"{why.rstrip('.')} after {searched(told.executions, told.seconds)}. {found}"
