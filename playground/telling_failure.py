"""Why a search's failure happened: of all that the detectors say of its replay, the finding that goes to the root.

A deadlock whose cause is a wake-up that was lost, or a lock that was never given back, is told as that. A crash is told by the data race before it,
where the trace proves one, and what crashed ends the story.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from playground.model.finding import Finding
from playground.model.record import Found, Record
from playground.model.report import Failure

ROOTS: dict[str, tuple[str, ...]] = {"deadlock": ("lost_wakeup", "forgotten_release", "deadlock"), "exception": ("data_race", "crash")}
"""Kind of failure to the kinds of finding that explain it, the deepest first."""


def finding_of(records: Iterable[Record], failure: Failure) -> Finding | None:
    """The finding to show with the failure; None where the replay does not tell one. Of several crashes the failure's own comes first."""
    found = [record.finding for record in records if isinstance(record, Found)]
    found.sort(key=lambda finding: finding.kind == "crash" and failure.error not in finding.title)
    for kind in ROOTS.get(failure.kind, ()):
        for finding in found:
            if finding.kind == kind:
                return replace(_to_its_end(finding, found), possible_on=failure.possible_on)
    return None


def _to_its_end(finding: Finding, found: list[Finding]) -> Finding:
    crash = next((each for each in found if each.kind == "crash"), None) if finding.kind == "data_race" else None
    if crash is None:
        return finding
    return replace(finding, story=(*finding.story, crash.story[0]), steps=tuple(sorted({*finding.steps, *crash.steps})))
