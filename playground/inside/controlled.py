"""A cell whose program runs under control: one run along a schedule, or a search through many; the zygote of such cells imports this.

Beside the pipe's ordinary records it sends one report (`model/report_claim.py`), which is all that the host believes only after reading it with care.
"""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Mapping

from playground.inside import rehearsal, source, telling
from playground.inside.beneath.baton import Baton
from playground.inside.beneath.library import Library, read_ahead
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.inside.explore import TELLING, Explorer, along, fastest, retold
from playground.inside.pipe import Pipe
from playground.inside.recording import Recording
from playground.inside.telling import Aloud, Telling
from playground.inside.watchdog import Watchdog
from playground.model.finding import PossibleOn
from playground.model.outcome import Outcome, said_status
from playground.model.record import PROGRESS
from playground.model.report import Failure, Report
from playground.model.report_claim import Ending, write_claim
from playground.model.schedule import Schedule, hash_of
from playground.model.search_spec import TELL_S

_PROGRESS_S = 0.1
_MOST_STUCK = 2
"""So many executions may wait for the outside (3 s each) before the search gives up."""
_TELLING_S = 2.0
_now = time.monotonic
_threads = OsThreads()
_ahead: list[Library] = []
"""The library of the run to come, where there was time to make it."""
fastest()  # greenlets are imported here, in the zygote: no run can read them
read_ahead()
source.release()  # and sysconfig's tables: 2 ms that no run pays


def main(job: bytes, event_fd: int) -> int:
    """Do the job: mode `controlled`, `search` or `confirm`. The exit status is that of a controlled run's program, in case nothing else is heard of
    it; otherwise it only says that the job was done."""
    spec = json.loads(job)
    pipe = Pipe(event_fd)
    telling.greet(pipe)
    source.remember(spec["source"], spec["name"])
    try:
        source.compiled(spec["source"], spec["name"])
    except BaseException as error:  # noqa: BLE001 - whatever the compiler raises is the program's outcome
        _not_compiled(pipe, spec, error)
        return int(spec["mode"] == "controlled")
    return _MODES[spec["mode"]](pipe, spec)


def rehearse() -> None:
    """What a cell does that was opened ahead, until its job comes."""
    rehearsal.rehearse(_threads, _tell)
    _ahead.append(Library(Baton(_threads)))
    gc.freeze()


def _run(pipe: Pipe, spec: Mapping[str, object]) -> int:
    text, name = str(spec["source"]), str(spec["name"])
    schedule = _schedule(spec)
    execution = Execution(text, name, schedule.granularity, _threads, seed=_number(spec["seed"]), library=_ahead.pop() if _ahead else None)
    execution.aloud, execution.room = Aloud(pipe), _room(spec)

    def give_up() -> None:
        _tell(pipe, schedule, text, *execution.cut_short(), None)
        os._exit(0)

    dog = Watchdog(execution.baton, name, _now() + _seconds(spec), give_up)
    dog.watch()
    outcome, recording, left_off = along(execution, schedule)
    dog.rest()
    _tell(pipe, schedule, text, outcome, recording, left_off)
    return _status(outcome)


def _room(spec: Mapping[str, object]) -> int:
    """Letters that the program may print: one more than is shown, so that the host sees the limit passed."""
    limits = spec.get("limits")
    return int(limits.get("output_kb", 256) if isinstance(limits, dict) else 256) * 1024 + 1


def _status(outcome: Outcome) -> int:
    """The exit status that the program's own process would have had."""
    return said_status(outcome.message) if outcome.error == "SystemExit" else int(outcome.verdict != "clean")


def _seconds(spec: Mapping[str, object]) -> float:
    """So long may the program run until what there is is told, before the walls end it."""
    limits = spec.get("limits")
    wall_s = float(limits.get("wall_s", 10.0)) if isinstance(limits, dict) else 10.0
    return max(wall_s * 0.8, wall_s - _TELLING_S)


def _tell(pipe: Pipe, schedule: Schedule, text: str, outcome: Outcome, recording: Recording, left_off: int | None) -> None:
    Telling(pipe, recording).tell(outcome)
    whole = Schedule(schedule.granularity, schedule.python, hash_of(text), outcome.choices)
    ending = Ending(outcome.verdict, outcome.error[:200], outcome.message[:1000], outcome.thread_name[:200], outcome.line, len(outcome.choices),
                    left_off, str(whole))
    telling.report(pipe, write_claim(ending))
    telling.close(pipe, "exception" if outcome.verdict == "exception" else "ok", outcome.error, outcome.message)


def _search(pipe: Pipe, spec: Mapping[str, object]) -> int:
    name, until = str(spec["name"]), _now() + float(str(spec["max_seconds"]))
    dogs: list[Watchdog] = []
    progress = Progressing(pipe)

    def watch(baton: Baton) -> None:
        dogs.append(Watchdog(baton, name, until))
        dogs[0].watch()

    def told(executions: int, strategy: str) -> None:
        if strategy == TELLING:
            dogs[0].rest()
        progress(executions, strategy)

    explorer = Explorer(str(spec["source"]), name, granularity=str(spec["granularity"]), strategy=str(spec["strategy"]),
                        seed=_number(spec["seed"]), max_executions=_number(spec["max_executions"]), every_class=spec.get("all") is True,
                        enough=lambda: _now() > until or len(dogs[0].stuck) >= _MOST_STUCK, late=lambda: _now() > until + TELL_S / 2,
                        watch=watch, progress=told)
    telling.report(pipe, write_claim(explorer.run()))
    telling.close(pipe, "ok")
    return 0


class Progressing:
    """Says how far a search is: at its first execution, then ten times a second at most, and when it begins to tell."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._next = 0.0

    def __call__(self, executions: int, strategy: str) -> None:
        now = _now()
        if now >= self._next or strategy == TELLING:
            self._next = now + _PROGRESS_S
            self._pipe.add(PROGRESS, json.dumps({"executions": executions, "strategy": strategy}).encode())
            self._pipe.push()


def _confirm(pipe: Pipe, spec: Mapping[str, object]) -> int:
    failure = retold(str(spec["source"]), str(spec["name"]), _schedule(spec), _number(spec["seed"]))
    telling.report(pipe, b"null" if failure is None else write_claim(failure))
    telling.close(pipe, "ok")
    return 0


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
