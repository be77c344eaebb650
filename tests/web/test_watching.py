"""Progress of a search at a terminal: one line, written over and wiped away; nothing where nobody reads it as a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from web.watching import WIPE, Watching

PROGRAMS = Path(__file__).parents[1] / "programs"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class GoneTerminal(Terminal):
    def write(self, text: str) -> int:
        raise OSError("the terminal is gone")


def test_progress_is_one_line_that_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()
    watching = Watching(terminal)
    watching.show(1, 0.0, "dpor")
    watching.show(2_000, 0.5, "pct")
    watching.show(2_001, 0.6, "telling")
    watching.wipe()
    watching.wipe()
    lines = terminal.getvalue().split(WIPE)
    assert lines[1:] == ["Searching: 1 execution, strategy dpor ...", "Searching: 2,000 executions, 4,000 per second, strategy pct ...",
                         "Found a failure after 2,001 executions; making it short and confirming it ..."[:79], ""]


def test_nothing_is_written_into_a_pipe_and_a_lost_terminal_is_no_failure() -> None:
    pipe = io.StringIO()
    for stream in (pipe, GoneTerminal()):
        watching = Watching(stream)
        watching.show(5, 0.1, "dpor")
        watching.wipe()
    assert pipe.getvalue() == ""


def test_check_shows_its_progress_on_a_terminal_and_its_answer_is_the_same() -> None:
    command = [sys.executable, "-m", "web.cli", "check", str(PROGRAMS / "abba_lock.py"), "--format", "json"]
    piped = subprocess.run(command, capture_output=True, check=False, text=True)
    ours, theirs = os.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        out, _ = process.communicate()
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:  # the other side of a terminal is closed
        pass
    finally:
        os.close(ours)
    assert (piped.returncode, process.returncode, piped.stderr) == (1, 1, "")
    assert b"Searching: " in shown or b"Found a failure after " in shown
    assert shown.decode().endswith(WIPE)
    assert out.splitlines()[-1] == piped.stdout.splitlines()[-1]
