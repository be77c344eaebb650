"""A report as it leaves the walls, and the one reader that distrusts it.

What a search says of itself was said by a process that also ran the visitor's program. `read_report` and `read_ending` check every
field's type and range and raise ProtocolError on the first that does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from playground.model.distrust import flag, rows, whole, words
from playground.model.errors import BadSpec, ProtocolError
from playground.model.finding import PossibleOn
from playground.model.outcome import Wait
from playground.model.report import MOST_CLASSES, Failure, FailureStep, Leaf, Report
from playground.model.schedule import GRANULARITIES, MAX_STEPS, Schedule, parse_choices
from playground.model.search_spec import STRATEGIES

REPORT_BYTES = 32 * 1024 * 1024
"""The most that one report may have: a failure of 200 000 steps tells each of them."""
ENDING_BYTES = 4 * MAX_STEPS + 64 * 1024
"""The most that an ending may have: its schedule, and a few names."""
_MOST_THREADS = 60_000
_LONG = 1_000
_FAILURES = ("exception", "deadlock")
_VERDICTS = ("clean", *_FAILURES, "inconclusive")
_ENDINGS = ("clean", *_FAILURES)
_ENDING_MARKS, _REPORT_MARKS = MAX_STEPS + 8 * _LONG, 20 * MAX_STEPS
"""Brackets, commas and colons that a claim may have: as parsed JSON each may be an object of 60 bytes. A schedule has a comma for each switch."""

type _Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ending:
    """What one controlled run came to. `left_off`: the step at which it could not follow its schedule (None: it could)."""

    verdict: str
    error: str
    message: str
    thread_name: str
    line: int
    steps: int
    left_off: int | None
    schedule: str


def write_claim(claim: Report | Ending | Failure) -> bytes:
    """The bytes that go through the pipe."""
    return json.dumps(asdict(claim), separators=(",", ":")).encode(errors="replace")


def read_report(data: bytes) -> Report:
    """What a search claims."""
    return _read(data, _report, REPORT_BYTES, _REPORT_MARKS)


def read_ending(data: bytes) -> Ending:
    """What a controlled run claims."""
    return _read(data, _ending, ENDING_BYTES, _ENDING_MARKS)


def read_failure(data: bytes) -> Failure:
    """What a run that was to confirm a failure claims."""
    return _read(data, _failure, REPORT_BYTES, _REPORT_MARKS)


def _read[Claim](data: bytes, build: Callable[[_Row], Claim], most_bytes: int, most_marks: int) -> Claim:
    if len(data) > most_bytes or sum(map(data.count, (b"[", b"{", b",", b":"))) > most_marks:
        raise ProtocolError("The report is too long, or too much is in it.")
    try:
        return build(_row(json.loads(data)))
    except (ValueError, KeyError, TypeError, RecursionError, BadSpec) as error:
        raise ProtocolError(f"The report cannot be read ({type(error).__name__}).") from None


def _report(raw: _Row) -> Report:
    failure = None if raw["failure"] is None else _failure(_row(raw["failure"]))
    verdict = _one_of(raw["verdict"], _VERDICTS)
    if (failure is not None) != (verdict in _FAILURES) or (failure is not None and failure.kind != verdict):
        raise ValueError("verdict and failure disagree")
    exhausted = flag(raw["exhausted"])
    if exhausted and verdict != "clean":
        raise ValueError("only a clean search is exhausted")
    classes, complete = tuple(_leaf(_row(each)) for each in rows(raw["classes"], MOST_CLASSES)), flag(raw["classes_complete"])
    if verdict == "clean" and any(leaf.verdict != "clean" for leaf in classes):
        raise ValueError("verdict and classes disagree")
    executions = whole(raw["executions"], 0, 10**9)
    if len(classes) > executions or len({leaf.choices for leaf in classes}) < len(classes) or (complete and not classes):
        raise ValueError("more classes than executions, or none")
    return Report(verdict, exhausted, executions, _one_of(raw["granularity"], GRANULARITIES), _one_of(raw["strategy"], STRATEGIES),
                  _text(raw["reason"]), failure, classes, complete)


def _leaf(raw: _Row) -> Leaf:
    choices = words(raw["choices"], 4 * MAX_STEPS)
    parse_choices(choices)
    return Leaf(_one_of(raw["verdict"], _ENDINGS), _text(raw["error"]), _text(raw["message"]), choices)


def _ending(raw: _Row) -> Ending:
    schedule = words(raw["schedule"], 4 * MAX_STEPS)
    Schedule.parse(schedule)
    left_off = None if raw["left_off"] is None else whole(raw["left_off"], 0, MAX_STEPS)
    return Ending(_one_of(raw["verdict"], _VERDICTS), _text(raw["error"]), _text(raw["message"]), _text(raw["thread_name"]),
                  whole(raw["line"], 0, 2**31), whole(raw["steps"], 0, MAX_STEPS), left_off, schedule)


def _failure(raw: _Row) -> Failure:
    schedule = words(raw["schedule"], 4 * MAX_STEPS)
    Schedule.parse(schedule)
    possible = _row(raw["possible_on"])
    return Failure(_one_of(raw["kind"], _FAILURES), _text(raw["error"]), _text(raw["message"]), _texts(raw["threads"]), _texts(raw["objects"]),
                   whole(raw["preemptions"], 0, MAX_STEPS), schedule, PossibleOn(_settled(possible["gil"]), _settled(possible["free_threaded"])),
                   tuple(_step(_row(each)) for each in rows(raw["steps"], MAX_STEPS)),
                   tuple(_wait(_row(each)) for each in rows(raw["waits"], _MOST_THREADS)))


def _step(raw: _Row) -> FailureStep:
    return FailureStep(whole(raw["step"], 0, MAX_STEPS), whole(raw["thread"], -1, _MOST_THREADS), _text(raw["thread_name"]), words(raw["kind"], 80),
                       _text(raw["name"]), whole(raw["line"], 0, 2**31), flag(raw["at_primitive"]))


def _wait(raw: _Row) -> Wait:
    return Wait(whole(raw["thread"], 0, _MOST_THREADS), _text(raw["thread_name"]), words(raw["kind"], 80), whole(raw["obj"], 0, 2**31),
                _text(raw["obj_name"]), whole(raw["holder"], -1, _MOST_THREADS))


def _row(value: object) -> _Row:
    if not isinstance(value, dict):
        raise ValueError("object expected")
    return value



def _text(value: object) -> str:
    return words(value, _LONG)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(each) for each in rows(value, _MOST_THREADS))



def _one_of(value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError("unknown word")
    return value




def _settled(value: object) -> bool | None:
    return None if value is None else flag(value)
