"""Why a search's failure happened: of all that the detectors say of its replay, the finding that goes to the root.

A deadlock whose cause is a wake-up that was lost, a lock that was never given back, or a data race that decided about what is waited for, is told as
that; a race that is not shown to decide it is told after it. A crash is told by the data race before it, where the trace proves one, and what crashed
ends the story. A program that says itself that it failed, by its exit status, is told with the last that it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from playground.model.finding import Finding
from playground.model.outcome import is_whole, said_status
from playground.model.record import Found, Record
from playground.model.report import Failure

ROOTS: dict[str, tuple[str, ...]] = {
    "deadlock": ("data_race", "lost_wakeup", "forgotten_release", "deadlock"),
    "exception": ("data_race", "crash"),
}
"""Kind of failure to the kinds of finding that explain it, the deepest first; of a deadlock only a race that names what is waited for."""
_RACE = "Data race: "


def finding_of(records: Iterable[Record], failure: Failure) -> Finding | None:
    """The finding to show with the failure; None where the replay does not tell one. Of several crashes the failure's own comes first."""
    found = [record.finding for record in records if isinstance(record, Found)]
    found.sort(key=lambda finding: finding.kind == "crash" and failure.error not in finding.title)
    if failure.error == "SystemExit":
        found = [_left(failure), *(finding for finding in found if finding.kind != "crash")]
    for kind in ROOTS.get(failure.kind, ()):
        for finding in found:
            if finding.kind == kind and (kind != "data_race" or failure.kind != "deadlock" or finding.objects):
                return replace(_whole(finding, found, failure), possible_on=failure.possible_on)
    return None


def _whole(finding: Finding, found: list[Finding], failure: Failure) -> Finding:
    """With what it led to, or with what else went wrong."""
    race = finding.kind == "data_race"
    other = next((each for each in found if each.kind == ("crash" if race else "data_race")), None)
    if other is None or race == (failure.kind == "deadlock"):
        return finding
    if race:
        return replace(finding, story=(*finding.story, other.story[0]), steps=tuple(sorted({*finding.steps, *other.steps})))
    return replace(finding, story=(*finding.story, f"There is a data race in this run too: {other.title.removeprefix(_RACE)}."),
                   fix=f"{finding.fix} Against the data race: {other.fix}")


def _left(failure: Failure) -> Finding:
    """`sys.exit(2)`: no detector tells it, for nothing crashed."""
    status = said_status(failure.message)
    said = ", and any status but 0 says that it failed." if is_whole(failure.message) else f" and said: {failure.message}".rstrip(".") + "."
    step = next(_last_steps(failure), None)
    story = (f"main left the program with exit status {status}{said}", *(() if step is None else (f"Its last step before that: {step}.",)))
    fix = "Look at what made it call sys.exit" + ("." if step is None else f", from {step.rpartition('(')[2].rstrip(')')} on.")
    return Finding("crash", f"main ended the program with exit status {status}", story, (0,), (), (), fix, failure.possible_on)


def _last_steps(failure: Failure) -> Iterator[str]:
    """What main did, as far as it has a line, the last first: `read flag (line 7)`."""
    for step in reversed(failure.steps):
        if step.thread == 0 and step.line:
            yield f"{f'{step.kind} {step.name}'.strip()} (line {step.line})"
