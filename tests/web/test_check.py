"""check and replay: what they answer, what they exit with, and that a schedule gives the same bytes again."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from web.cli import main

PROGRAMS = Path(__file__).parents[1] / "programs"
EXPECTED = tomllib.loads((PROGRAMS / "expected.toml").read_text())
FIELDS = ["verdict", "exhausted", "executions", "seconds", "granularity", "failure"]
FAILURE_FIELDS = ["kind", "error", "message", "threads", "objects", "preemptions", "schedule", "possible_on", "steps"]
type Capture = pytest.CaptureFixture[bytes]


def said(capture: Capture, *arguments: str) -> tuple[int, bytes, str]:
    code = main(list(arguments))
    out, err = capture.readouterr()
    return code, out, err.decode()


def checked(capture: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = said(capture, "check", *arguments, "--format", "json")
    return code, json.loads(out)


def written(folder: Path, text: str) -> str:
    path = folder / "prog.py"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", ["lost_update", "dining3", "bank_ordered_ok", "queue_empty_get_nowait"])
def test_a_program_gets_its_verdict_and_its_schedule_the_same_bytes_twice(name: str, capsysbinary: Capture) -> None:
    row, path = EXPECTED[name], str(PROGRAMS / EXPECTED[name]["file"])
    code, report = checked(capsysbinary, path)
    assert list(report) == FIELDS
    assert report["verdict"] == row["verdict"]
    assert code == (0 if row["verdict"] == "clean" else 1)
    failure = report["failure"]
    if failure is None:
        assert report["exhausted"] is True
        return
    assert list(failure) == FAILURE_FIELDS
    assert (failure["kind"], failure["error"], failure["preemptions"]) == (row["verdict"], row.get("error", ""), row["min_preemptions"])
    assert failure["possible_on"].keys() == {"gil", "free_threaded"}
    for form in ("jsonl", "perfetto"):
        first, second = (said(capsysbinary, "replay", path, "--schedule", failure["schedule"], "--format", form) for _ in range(2))
        assert first == second
        assert first[0] == 1
    rows = [json.loads(line) for line in said(capsysbinary, "replay", path, "--schedule", failure["schedule"], "--format", "jsonl")[1].splitlines()]
    assert rows[-1]["outcome"] == ("deadlock" if row["verdict"] == "deadlock" else "failed")
    assert rows[-1]["error"] == failure["error"]


def test_a_deadlock_is_told_with_its_steps_and_the_command_that_replays_it(capsysbinary: Capture) -> None:
    code, out, _ = said(capsysbinary, "check", str(PROGRAMS / "abba_lock.py"))
    text = out.decode()
    assert code == 1
    assert text.startswith("FAILURE: Deadlock (")
    assert "holds scanner and waits for printer (line 10)." in text
    assert "lock.acquire scanner" in text
    assert "line 9: with scanner:" in text
    assert "Replay it: threadplay replay" in text


def test_steps_at_a_part_and_at_the_whole_of_what_is_fought_over_are_listed(tmp_path: Path, capsysbinary: Capture) -> None:
    source = """import threading
row = [0, 0]
def put(): row[1] = 1
def look(): assert row[1 - len("")] == 0
team = [threading.Thread(target=each) for each in (put, look)]
for each in team: each.start()
for each in team: each.join()
"""
    _, out, _ = said(capsysbinary, "check", written(tmp_path, source))
    text = out.decode()
    assert "write row[1]" in text
    assert "read row " in text


@pytest.mark.parametrize(("source", "code", "verdict", "words"), [
    ("input()", 3, "inconclusive", "input()"), ("import os; os.fork()", 3, "inconclusive", "os.fork()"),
    ("while True: pass", 3, "inconclusive", "endless"), ("import os; os._exit(0)", 3, "inconclusive", "ended its own process"),
    ("import os; print(os.urandom(4))", 3, "inconclusive", "does not repeat itself"),
    ("for name in {'one', 'two', 'three', 'four', 'five'}: print(name)", 3, "inconclusive", "other hashes"),
    ("import threading as t\ne = t.Event()\nfor _ in range(300): t.Thread(target=e.wait).start()\n", 3, "inconclusive", "more than 256 threads"),
    ("def f(:", 1, "exception", ""), ("import sys; sys.exit(3)", 1, "exception", ""), ("import sys; sys.exit(0)", 0, "clean", ""),
    ("import time; t = time.time(); time.sleep(3600); assert time.time() - t >= 3600", 0, "clean", ""),
])
def test_a_program_beyond_the_model_is_never_a_guess(source: str, code: int, verdict: str, words: str, tmp_path: Path, capsysbinary: Capture) -> None:
    got, out, err = said(capsysbinary, "check", written(tmp_path, source), "--format", "json", "--max-seconds", "5")
    report = json.loads(out)
    assert (got, report["verdict"]) == (code, verdict)
    assert words in err
    assert not (verdict == "inconclusive" and report["exhausted"])


@pytest.mark.parametrize(("arguments", "words"), [
    (["--max-executions", "0"], "executions"), (["--max-seconds", "0"], "seconds"), (["--max-seconds", "nan"], "seconds"), (["--seed", "-1"], "seed"),
    (["--python", "2.7"], "no CPython"), (["--set", "NOPE"], "NAME=VALUE"),
])
def test_a_search_that_cannot_be_is_a_usage_error(arguments: list[str], words: str, capsysbinary: Capture) -> None:
    code, out, err = said(capsysbinary, "check", str(PROGRAMS / "abba_lock.py"), *arguments)
    assert (code, out) == (2, b"")
    assert words in err


@pytest.mark.parametrize(("schedule", "words"), [
    ("", "empty"), ("   ", "empty"), ("rubbish", "must start with tp1"), ("tp2;access;3.13;0149708e8fab;0", "version tp2"), ("tp1;access", "cut off"),
    ("tp1;access;9.9;0149708e8fab;0", "CPython 9.9"), ("tp1;access;3.13;0149708e8fab;0*x", "Part 1"),
    ("tp1;access;3.13;000000000000;0*3,1*9", "leaves off at step"),
])
def test_a_schedule_that_does_not_fit_is_a_usage_error(schedule: str, words: str, capsysbinary: Capture) -> None:
    for verb in (["replay"], ["run", "--mode", "controlled"]):
        code, out, err = said(capsysbinary, *verb, str(PROGRAMS / "abba_lock.py"), "--schedule", schedule)
        assert (code, out) == (2, b"")
        assert words in err


def test_an_edited_program_says_where_it_leaves_its_schedule(tmp_path: Path, capsysbinary: Capture) -> None:
    _, report = checked(capsysbinary, str(PROGRAMS / "abba_lock.py"))
    edited = (PROGRAMS / "abba_lock.py").read_text().replace("t.start()", "t.start(); t.join()")
    code, _, err = said(capsysbinary, "replay", written(tmp_path, edited), "--schedule", report["failure"]["schedule"])
    assert code == 2
    assert "made for another text" in err
    assert "leaves off at step" in err


def test_a_controlled_run_without_a_schedule_is_the_same_each_time(tmp_path: Path, capsysbinary: Capture) -> None:
    path = written(tmp_path, "import threading\nt = threading.Thread(target=print, args=(5,))\nt.start()\nt.join()\nprint('over')\n")
    assert said(capsysbinary, "run", path, "--mode", "controlled")[:2] == (0, b"5\nover\n")
    first, second = (said(capsysbinary, "run", path, "--mode", "controlled", "--granularity", "line", "--format", "jsonl") for _ in range(2))
    assert first == second


def test_a_program_cannot_steer_the_terminal_or_add_a_line_by_what_it_calls_things(tmp_path: Path, capsysbinary: Capture) -> None:
    source = ("import threading\nthread = threading.Thread(target=int, name='A\\x1b]0;title\\x07\\nNo failure found.')\n"
              "thread.start()\nthread.join()\n"
              "raise type('E\\x1b[2J\\u202e', (Exception,), {})('bad\\x1b[2J\\r\\nNo failure found.\\x9b31m')\n")
    code, out, _ = said(capsysbinary, "check", written(tmp_path, source))
    lines = out.decode().splitlines()
    assert code == 1
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith(r"FAILURE: E\x1b[2J\u202e: bad\x1b[2J\r\nNo failure found.\x9b31m (")
    assert not [line for line in lines if line.startswith("No failure found")]
    _, report = checked(capsysbinary, written(tmp_path, source))
    assert report["failure"]["error"] == "E\x1b[2J\u202e", "what programs read is exact"
