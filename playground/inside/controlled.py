"""A cell whose program runs under control: one run along a schedule, or a search through many; the zygote of such cells imports this.

Beside the pipe's ordinary records it sends one report (`model/report_claim.py`), which is all that the host believes only after reading it with care.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from playground.inside import source, telling
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.explore import Explorer, fastest, follow, retold
from playground.inside.pipe import Pipe
from playground.inside.telling import Telling
from playground.model.finding import PossibleOn
from playground.model.report import Failure, Report
from playground.model.report_claim import Ending, write_claim
from playground.model.schedule import Schedule, hash_of

_now = time.monotonic
fastest()  # greenlets are imported here, in the zygote: no run can read them


def main(job: bytes, event_fd: int) -> int:
    """Do the job: mode `controlled`, `search` or `confirm`. The exit status only says that it was done."""
    spec = json.loads(job)
    pipe = Pipe(event_fd)
    telling.greet(pipe)
    source.remember(spec["source"], spec["name"])
    try:
        source.compiled(spec["source"], spec["name"])
    except BaseException as error:  # noqa: BLE001 - whatever the compiler raises is the program's outcome
        _not_compiled(pipe, spec, error)
        return 0
    _MODES[spec["mode"]](pipe, spec)
    return 0


def _run(pipe: Pipe, spec: Mapping[str, object]) -> None:
    text, name = str(spec["source"]), str(spec["name"])
    schedule = _schedule(spec)
    outcome, recording, left_off = follow(text, name, schedule, OsThreads(), seed=_number(spec["seed"]))
    Telling(pipe, recording).tell(outcome)
    whole = Schedule(schedule.granularity, schedule.python, hash_of(text), outcome.choices)
    ending = Ending(outcome.verdict, outcome.error[:200], outcome.message[:1000], outcome.thread_name[:200], outcome.line, len(outcome.choices),
                    left_off, str(whole))
    telling.report(pipe, write_claim(ending))
    telling.close(pipe, "exception" if outcome.verdict == "exception" else "ok", outcome.error, outcome.message)


def _search(pipe: Pipe, spec: Mapping[str, object]) -> None:
    until = _now() + float(str(spec["max_seconds"]))
    explorer = Explorer(str(spec["source"]), str(spec["name"]), granularity=str(spec["granularity"]), strategy=str(spec["strategy"]),
                        seed=_number(spec["seed"]), max_executions=_number(spec["max_executions"]), enough=lambda: _now() > until)
    telling.report(pipe, write_claim(explorer.run()))
    telling.close(pipe, "ok")


def _confirm(pipe: Pipe, spec: Mapping[str, object]) -> None:
    failure = retold(str(spec["source"]), str(spec["name"]), _schedule(spec), _number(spec["seed"]))
    telling.report(pipe, b"null" if failure is None else write_claim(failure))
    telling.close(pipe, "ok")


_MODES = {"controlled": _run, "search": _search, "confirm": _confirm}


def _schedule(spec: Mapping[str, object]) -> Schedule:
    text = str(spec["schedule"])
    return Schedule.parse(text) if text else Schedule(str(spec["granularity"]), source.release(), hash_of(str(spec["source"])), ())


def _number(value: object) -> int:
    return int(str(value))


def _not_compiled(pipe: Pipe, spec: Mapping[str, object], error: BaseException) -> None:
    """The program fails before any thread exists, in every interleaving."""
    kind, line = type(error).__name__, getattr(error, "lineno", None) or 0
    message = f"line {line}: {getattr(error, 'msg', error)}" if line else str(error)
    schedule = str(Schedule(str(spec["granularity"]), source.release(), hash_of(str(spec["source"])), ()))
    if spec["mode"] == "controlled":
        telling.report(pipe, write_claim(Ending("exception", kind, message[:1000], "main", line, 0, None, schedule)))
    else:
        failure = Failure("exception", kind, message[:1000], ("main",), (), 0, schedule, PossibleOn(True, True), (), ())
        report = Report("exception", False, 0, str(spec["granularity"]), str(spec["strategy"]), "", failure) if spec["mode"] == "search" else failure
        telling.report(pipe, write_claim(report))
    telling.close(pipe, "exception", kind, message)
