"""Executions and search time to the first failure: each program of the syllabus, frontrun beside it where it finds the same within its seconds.

`THREADPLAY_PROGRAMS=DIR` adds the scripts of another folder. Search time runs from the program's text to its first failing execution; shrinking
it, confirming it and saying where it can happen come after that and are the last column.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from tests.bench.contestants.process import Contestant
from tests.bench.peers import NotMeasured, python_with
from tests.bench.search import SCHEDULERS

ROUNDS, SECONDS, PEER_SECONDS = 5, 10.0, 5.0
PROGRAMS = Path(__file__).parent.parent / "programs"


def lines() -> Iterator[str]:
    """A row for each program that fails, then the medians."""
    with ExitStack() as stack:
        ours = stack.enter_context(closing(Contestant(Path(sys.executable), "drive_threadplay")))
        peer, why = None, ""
        try:
            peer = python_with(SCHEDULERS)
        except NotMeasured as error:
            why = str(error)
        yield f"{'':26}{'ours: executions':>17}{'ms to it':>10}{'ms, told too':>14}   frontrun" + (f": not measured: {why}" if why else "")
        times, slowest = [], 0.0
        for path in programs():
            answers = [ours.ask(do="first", path=str(path), granularity="access", seconds=SECONDS, patience_s=60) for _ in range(ROUNDS)]
            if answers[0]["verdict"] == "clean":
                continue
            took = statistics.median(answer["seconds"] for answer in answers) * 1e3
            told = statistics.median(answer["told"] for answer in answers) * 1e3
            times.append(took)
            slowest = max(slowest, took)
            beside = told_by_frontrun(peer, path) if peer is not None else ""
            yield f"{name_of(path):26}{answers[0]['executions']:17}{took:10.1f}{told:14.1f}   {beside}"
        yield f"median of {len(times)} programs {statistics.median(times):.1f} ms (aim: at most 50), slowest {slowest:.0f} ms"
    yield "frontrun: its default search on the program's own functions (contestants/plain_script.py), 5 s each"


def programs() -> list[Path]:
    """The syllabus, and the scripts of the folder that the environment names; the same text is not measured twice."""
    found, seen = [], set()
    for folder in (PROGRAMS, *(Path(extra) for extra in (os.environ.get("THREADPLAY_PROGRAMS"),) if extra)):
        for path in sorted(folder.glob("*.py")):
            if (text := path.read_text()) not in seen:
                seen.add(text)
                found.append(path.resolve())
    return found


def name_of(path: Path) -> str:
    """The program's name; those of another folder carry it."""
    return path.stem if path.parent == PROGRAMS.resolve() else f"{path.parent.name}/{path.stem}"


def told_by_frontrun(python: Path, path: Path) -> str:
    """Its answer as a few words; from a fresh process, since threads of a program that it could not end would disturb the next."""
    try:
        with closing(Contestant(python, "drive_frontrun", FRONTRUN_ACTIVE="1")) as frontrun:
            answer: dict[str, Any] = frontrun.ask(do="first", path=str(path), seconds=PEER_SECONDS, patience_s=PEER_SECONDS * 4)
    except NotMeasured as error:
        return f"not measured: {error}"
    if "executions" not in answer:
        return f"cannot be asked: {answer['why']}"
    said = f"{answer['executions']} executions, {answer['seconds'] * 1e3:.0f} ms"
    if answer["found"]:
        return said
    if answer["seconds"] >= PEER_SECONDS * 0.98:
        return f"not found within {PEER_SECONDS:g} s ({said})"
    return f"not found: it says {'that the program holds' if answer['why'] == 'True' else 'that it cannot tell'} ({said})"
