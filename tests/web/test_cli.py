"""The command: what it prints, what it exits with, and that the End record agrees."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.cli import main

ROOT = Path(__file__).resolve().parents[2]
type Capture = pytest.CaptureFixture[bytes]
type Write = Callable[[str | bytes], str]


@pytest.fixture
def program(tmp_path: Path) -> Write:
    def write(text: str | bytes) -> str:
        path = tmp_path / "prog.py"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)
    return write


def ran(capture: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["run", *arguments])
    out, err = capture.readouterr()
    return code, out.decode(), err.decode()


def records(capture: Capture, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = ran(capture, *arguments, "--format", "jsonl")
    return code, [json.loads(line) for line in out.splitlines()]


def test_output_passes_through_and_a_good_program_exits_0(program: Write, capsysbinary: Capture) -> None:
    code, out, err = ran(capsysbinary, program("import sys\nprint('zwölf')\nprint('two', file=sys.stderr)\n"))
    assert (code, out) == (0, "zwölf\n")
    assert err.startswith("two\n")
    assert err.splitlines()[-1].startswith("Finished in ")


PROGRAMS = [
    ("print(1)", 0, "ok"), ("1/0", 1, "failed"), ("import sys; sys.exit(3)", 1, "failed"), ("import sys; sys.exit()", 0, "ok"),
    ("import threading as t; x = t.Thread(target=lambda: 1/0); x.start(); x.join()", 1, "failed"),
    ("import threading as t, sys; x = t.Thread(target=sys.exit, args=(3,)); x.start(); x.join()", 0, "ok"),
    ("import os; os._exit(0)", 0, "ok"), ("import os; os._exit(4)", 1, "failed"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 1, "failed"),
    ("def f(:\n  pass", 1, "failed"), ("while True: print('x' * 1000)", 3, "limit"),
    ("import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()", 1, "deadlock"),
]


@pytest.mark.parametrize(("source", "code", "outcome"), PROGRAMS)
def test_the_exit_code_agrees_with_the_end_record(source: str, code: int, outcome: str, program: Write, capsysbinary: Capture) -> None:
    got, rows = records(capsysbinary, program(source))
    assert rows[0]["type"] == "hello"
    assert rows[-1]["type"] == "end"
    assert (got, rows[-1]["outcome"], rows[-1]["exit_code"]) == (code, outcome, code)
    assert rows[-1]["sentence"].endswith(".")


def test_an_exception_is_shown_as_python_shows_it(program: Write, capsysbinary: Capture) -> None:
    _, _, err = ran(capsysbinary, program("def f():\n    return 1 / 0\n\nf()\n"))
    assert 'prog.py", line 4, in <module>' in err
    assert "ZeroDivisionError: division by zero" in err
    assert "main crashed at line 2 with ZeroDivisionError: division by zero." in err


def test_a_syntax_error_is_shown_as_python_shows_it(program: Write, capsysbinary: Capture) -> None:
    code, _, err = ran(capsysbinary, program("x = 1\nif x\n    pass\n"))
    assert code == 1
    assert "line 2\n    if x\n" in err
    assert "SyntaxError: expected ':'" in err
    assert "The program did not start." in err


def test_a_deadlock_is_told_in_words(capsysbinary: Capture) -> None:
    code, _, err = ran(capsysbinary, "two-transfers")
    assert code == 1
    assert "transfer-1 holds a.lock and waits for b.lock (line" in err
    assert "Neither can go on." in err


def test_a_limit_names_itself(program: Write, capsysbinary: Capture) -> None:
    code, _, err = ran(capsysbinary, program("while True: pass"), "--timeout", "0.5")
    assert code == 3
    assert "Stopped after 0.5 s" in err


def test_a_knob_of_a_scenario_turns(capsysbinary: Capture) -> None:
    code, out, _ = ran(capsysbinary, "lost-update", "--set", "LOCK=Lock()", "--set", "THREADS=3")
    assert (code, out) == (0, "counted 60 of 60\n")


def test_a_name_of_a_plain_program_turns(program: Write, capsysbinary: Capture) -> None:
    assert ran(capsysbinary, program("N = 1\nprint(N)\n"), "--set", "N = 'a b'")[:2] == (0, "a b\n")


@pytest.mark.parametrize(("data", "text"), [
    (b"\xef\xbb\xbfprint('bom \xc3\xa9')\n", "bom é\n"), (b"# -*- coding: latin-1 -*-\nprint('\xe9')\n", "é\n"), (b"print('crlf')\r\n", "crlf\n"),
    (b"", ""),
])
def test_a_file_is_read_as_python_reads_it(data: bytes, text: str, program: Write, capsysbinary: Capture) -> None:
    assert ran(capsysbinary, program(data))[:2] == (0, text)


@pytest.mark.parametrize(("arguments", "words"), [
    (["nosuch"], "There is no file 'nosuch'"), (["nosuch.py"], "No such file"), (["lost-update", "--set", "THREADS=99"], "from 1 to 8"),
    (["lost-update", "--set", "NOPE=1"], "no knob 'NOPE'"), (["lost-update", "--set", "THREADS"], "NAME=VALUE"),
    (["lost-update", "--mode", "magic"], "no mode 'magic'"), (["lost-update", "--schedule", "tp1;"], "controlled mode"),
    (["lost-update", "--granularity", "line"], "controlled mode"), (["lost-update", "--python", "2.7"], "no CPython '2.7'"),
    (["lost-update", "--timeout", "-1"], "wall_s"), (["lost-update", "--timeout", "nan"], "wall_s"), (["lost-update", "--seed", "-1"], "seed"),
    (["lost-update", "--output", "/nonexistent/x"], "cannot be written"), (["/"], "cannot be read"),
])
def test_what_cannot_be_asked_is_a_usage_error(arguments: list[str], words: str, capsysbinary: Capture) -> None:
    code, out, err = ran(capsysbinary, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("threadplay: ")
    assert words in err


@pytest.mark.parametrize(("data", "words"), [
    (b"x = '\xff'\n", "UTF-8"), (b"x = 1\n\x00", "line 2: the program contains a NUL"), (b"#" * 70_000, "the limit is 65,536"),
    (b"#" * 1_100_000, "too large"), (b"# coding: nosuch\n", "encoding"),
])
def test_a_file_that_is_no_program_is_a_usage_error(data: bytes, words: str, program: Write, capsysbinary: Capture) -> None:
    code, _, err = ran(capsysbinary, program(data))
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_the_trace_goes_to_a_file(program: Write, capsysbinary: Capture, tmp_path: Path) -> None:
    target = tmp_path / "trace.json"
    code, out, _ = ran(capsysbinary, program("print(1)"), "--format", "perfetto", "--output", str(target))
    assert (code, out) == (0, "")
    assert json.loads(target.read_text())["traceEvents"]


def test_unrecorded_it_runs_the_same_and_has_no_lines(program: Write, capsysbinary: Capture) -> None:
    source = "import threading\nt = threading.Thread(target=print, args=(5,))\nt.start()\nt.join()\n"
    code, rows = records(capsysbinary, program(source), "--no-record")
    assert (code, rows[-1]["outcome"]) == (0, "ok")
    assert "".join(row["text"] for row in rows if row["type"] == "output") == "5\n"
    assert not [row for row in rows if row.get("kind") == "line"]


def test_scenarios_are_listed(capsysbinary: Capture) -> None:
    assert main(["scenarios", "--format", "json"]) == 0
    listed = json.loads(capsysbinary.readouterr().out)
    assert {"slug", "title", "story", "tries", "knobs"} <= listed[0].keys()
    assert main(["scenarios"]) == 0
    assert "two-transfers" in capsysbinary.readouterr().out.decode()


VERBS = ("run", "check", "replay", "scenarios", "doctor", "serve")


@pytest.mark.parametrize("arguments", [["--help"], *[[verb, "--help"] for verb in VERBS], ["--version"]])
def test_help_is_everywhere(arguments: list[str], capsysbinary: Capture) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert b"threadplay" in capsysbinary.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nosuch"], ["run"], ["run", "x", "--format", "xml"], ["check"], ["replay", "x"]])
def test_an_unknown_command_line_is_a_usage_error(arguments: list[str], capsysbinary: Capture) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert b"usage: threadplay" in capsysbinary.readouterr().err


def test_the_configuration_is_shown_and_the_command_line_wins(capsysbinary: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOST", "PORT", "DATA"):
        monkeypatch.setenv(f"THREADPLAY_{name}", {"HOST": "127.0.0.2", "PORT": "1", "DATA": "/x"}[name])
    assert main(["serve", "--port", "9000", "--data", str(tmp_path), "--show-config"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert "THREADPLAY_PORT=9000" in shown
    assert "THREADPLAY_HOST=127.0.0.2" in shown
    assert f"THREADPLAY_DATA={tmp_path}" in shown
    assert main(["serve", "--port", "9000", "--show-config", "--format", "json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["THREADPLAY_PORT"] == "9000"


def command(*arguments: str) -> subprocess.Popen[bytes]:
    """As from a terminal: a signal that these tests are to ignore (nohup, a background job) is not ignored there."""
    ignored = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        return subprocess.Popen([sys.executable, "-m", "web.cli", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    finally:
        for number, handler in ignored.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_and_the_end_is_still_written(number: int, program: Write) -> None:
    with command("run", program("import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)\n"), "--format", "jsonl") as running:
        assert running.stdout
        for line in running.stdout:
            if b'"output"' in line:
                break
        running.send_signal(number)
        rest, err = running.communicate(timeout=30)
        end = json.loads(rest.splitlines()[-1])
    assert (end["type"], end["outcome"], end["sentence"]) == ("end", "stopped", "Stopped by hand.")
    assert running.returncode == end["exit_code"] == 3
    assert b"Traceback" not in err


def test_a_reader_that_leaves_ends_the_run_quietly(program: Write) -> None:
    with command("run", program("while True: print('x' * 100)\n")) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.readline()
        running.stdout.close()
        err = running.stderr.read()
        assert running.wait(30) == 3
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_a_program_comes_through_standard_input() -> None:
    with command("run", "-") as running:
        out, _ = running.communicate(b"print('piped')\n", timeout=30)
    assert (running.returncode, out) == (0, b"piped\n")


def test_the_command_starts_without_the_web() -> None:
    code = "import sys, web.cli; print(sorted({'flask', 'sqlalchemy', 'playground', 'gunicorn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout == b"[]\n"


def test_doctor_says_the_tier_and_its_exit_code(capsysbinary: Capture) -> None:
    code = main(["doctor", "--format", "json"])
    report = json.loads(capsysbinary.readouterr().out)
    assert code == (4 if report["tier"] == "D" else 0)
    assert {"tier", "reason", "layers", "runtimes", "mends"} <= report.keys()


def finished(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "web.cli", *arguments], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


def test_a_full_disk_is_a_sentence_and_not_a_failure_of_the_program(program: Write) -> None:
    done = finished("run", program("print('x')\n"), "--output", "/dev/full")
    assert (done.returncode, done.stderr.count("Traceback")) == (2, 0)
    assert "No space left" in done.stderr


def test_serve_refuses_a_data_directory_that_cannot_be_written() -> None:
    done = finished("serve", "--data", "/proc/threadplay")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Threadplay is at" not in done.stderr


def test_serve_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = finished("serve", "--data", str(tmp_path), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be served" in done.stderr


HOSTILE = """
import threading
def work(): print("\\x1b[1mown\\x1b[0m")
thread = threading.Thread(target=work, name="A\\x1b]0;title\\x07\\nFinished in 1 s.")
thread.start(); thread.join()
raise type("E\\x1b[2J\\u202e", (Exception,), {})("bad\\x1b[2J\\rFinished.\\nthreadplay: all is well\\x9b31m")
"""


@pytest.mark.parametrize("mode", ["free", "controlled"])
def test_a_program_cannot_steer_the_terminal_or_add_a_line_by_our_sentences(mode: str, program: Write, capsysbinary: Capture) -> None:
    code, out, err = ran(capsysbinary, program(HOSTILE), "--mode", mode)
    ours = err[err.index("main crashed") :]
    assert (code, out) == (1, "\x1b[1mown\x1b[0m\n"), "the program's own output passes as it is"
    assert all(letter == "\n" or letter.isprintable() for letter in ours)
    assert r"E\x1b[2J\u202e: bad\x1b[2J\rFinished.\nthreadplay: all is well\x9b31m" in ours.splitlines()[-1]


def test_a_usage_error_is_one_line_whatever_the_program_calls_its_knobs(program: Write, capsysbinary: Capture) -> None:
    code, _, err = ran(capsysbinary, program("x = 1\n"), "--set", "A\x1b[2J\nB=1")
    assert code == 2
    assert err.count("\n") == 1
    assert err.strip().isprintable()
