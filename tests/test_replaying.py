"""A controlled run behind the walls: its records tell every step, and its End has the schedule that gives them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playground.export_jsonl import jsonl
from playground.host import Host
from playground.model.record import Batch, Choice, Choices, Code, End, Output, Record, ThreadInfo
from playground.model.report_claim import Ending
from playground.model.schedule import Schedule
from playground.model.spec import Limits, RunSpec
from playground.model.steps import NOBODY
from playground.replaying import _words

PROGRAMS = Path(__file__).parent / "programs"


def ran(host: Host, name: str, **more: str) -> list[Record]:
    return list(host.open(RunSpec(source=(PROGRAMS / f"{name}.py").read_text(), name=f"{name}.py", mode="controlled", **more)))  # type: ignore[arg-type]


def rows_of(records: list[Record]) -> list[Choice]:
    return [choice for record in records if isinstance(record, Choices) for choice in record.choices]


def end_of(records: list[Record]) -> End:
    assert isinstance(records[-1], End)
    return records[-1]


def test_the_end_has_the_whole_schedule_and_it_gives_the_same_lines(host: Host) -> None:
    first = ran(host, "lost_update")
    end = end_of(first)
    schedule = Schedule.parse(end.schedule)
    assert (end.outcome, end.left_off, schedule.granularity) == ("ok", -1, "access")
    assert tuple(row.chosen for row in rows_of(first)) == (*schedule.choices, NOBODY)
    again = ran(host, "lost_update", schedule=end.schedule)
    assert list(jsonl(first)) == list(jsonl(again))


def test_a_step_comes_before_its_events_and_names_only_what_is_known(host: Host) -> None:
    threads = codes = told = 0
    for record in ran(host, "lost_update", granularity="bytecode"):
        match record:
            case ThreadInfo():
                assert record.thread == threads
                threads += 1
            case Code():
                codes += 1
            case Choices():
                told = record.choices[-1].step
                assert all(stand.thread < threads and stand.code <= codes for row in record.choices for stand in row.stands)
            case Batch():
                assert max(record.step) <= told
            case _:
                pass
    assert threads == 3
    assert codes == 2


def test_a_schedule_that_cannot_be_followed_says_how_far_it_was(host: Host) -> None:
    schedule = Schedule.parse(end_of(ran(host, "lost_update")).schedule)
    wrong = Schedule(schedule.granularity, schedule.python, schedule.source_hash, (*schedule.choices[:2], 9))
    end = end_of(ran(host, "lost_update", schedule=str(wrong)))
    assert (end.outcome, end.left_off) == ("stopped", 2)
    assert Schedule.parse(end.schedule).choices[:2] == schedule.choices[:2]


def test_at_a_deadlock_the_last_row_shows_before_what_each_stands(host: Host) -> None:
    source_rows = rows_of(ran(host, "abba_lock"))
    swaps = [row for row in source_rows if len([each for each in row.ready if each]) > 1]
    assert swaps
    schedule = Schedule.parse(end_of(ran(host, "abba_lock", granularity="sync")).schedule)
    by_default = [who for who in schedule.choices if who]
    first, second = by_default[0], next(who for who in by_default if who != by_default[0])
    begin = schedule.choices.index(first)
    stuck = Schedule("sync", schedule.python, schedule.source_hash, (*schedule.choices[:begin], first, first, second, second))
    records = ran(host, "abba_lock", schedule=str(stuck))
    last = rows_of(records)[-1]
    assert end_of(records).outcome == "deadlock"
    assert (last.chosen, last.ready) == (NOBODY, ())
    standing = {stand.thread: stand for row in rows_of(records) for stand in row.stands}
    assert {standing[thread].kind for thread in (first, second)} == {"lock.acquire"}
    assert all(standing[thread].obj and standing[thread].name for thread in (first, second))


def test_a_program_that_waits_for_the_outside_is_ended_with_its_steps_and_its_line(host: Host) -> None:
    source = ("import os, threading\nreader, _ = os.pipe()\ndef wait():\n    os.read(reader, 1)\n"
              "thread = threading.Thread(target=wait)\nthread.start()\nthread.join()\n")
    records = list(host.open(RunSpec(source=source, mode="controlled")))
    end = end_of(records)
    assert (end.outcome, end.exit_code) == ("limit", 3)
    assert "line 4 of the program waits for something outside" in end.sentence
    assert rows_of(records)
    assert end.schedule


def test_an_endless_programs_sentence_says_the_number_of_its_steps_once() -> None:
    ending = Ending("inconclusive", "", "the program made 200,000 steps and was not over: it may be endless", "", 0, 200_000, None, "")
    assert _words(ending, "") == ("limit", "The program made 200,000 steps and was not over: it may be endless.")
    assert _words(replace(ending, message="input() waits", steps=3), "") == ("limit", "Stopped after 3 steps: input() waits.")


FORGER = """
import json, os, stat, struct

def is_pipe(fd):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False

pipe = next(fd for fd in (1000, 240, 60, 20, 3) if is_pipe(fd))
os.set_blocking(pipe, True)
sequence = 0

def claim(kind, body):
    global sequence
    data = struct.pack("<HBBI", len(body), kind, 0, sequence) + body
    sequence += 1
    while data:
        data = data[os.write(pipe, data):]

def report(body):
    claim(1, json.dumps({"python": "cpython 3.13.0", "gil": True, "origin_ns": 0}).encode())
    for at in range(0, len(body), 4000):
        claim(9, bytes([at + 4000 >= len(body)]) + body[at:at + 4000])
    claim(8, b'{"outcome":"ok","error":"","message":"","trace":"","exit_code":0,"callbacks":0,"callback_ns":0}')
"""


def controlled(host: Host, source: str) -> list[Record]:
    return list(host.open(RunSpec(source=source, mode="controlled")))


def printed(records: list[Record], stream: int = 1) -> str:
    return "".join(record.text for record in records if isinstance(record, Output) and record.stream == stream)


@pytest.mark.parametrize("body", ["b'[' + b'[],' * 30_000 + b'[]]'", "b'{}'", "b'[],' * 1_000_000", "b'x'"])
@pytest.mark.parametrize(("status", "code"), [(0, 0), (5, 1)])
def test_a_report_that_cannot_be_believed_loses_the_trace_and_the_status_counts(host: Host, body: str, status: int, code: int) -> None:
    end = end_of(controlled(host, f"{FORGER}\nreport({body})\nos._exit({status})"))
    assert (end.outcome, end.exit_code, end.status) == ("protocol", code, status)
    assert end.sentence.startswith("Trace lost: ")


def test_who_lies_and_goes_on_is_ended_by_the_clock(host: Host) -> None:
    source = f"{FORGER}\nreport(b'x')\nsum(range(10 ** 12))"
    spec = RunSpec(source=source, mode="controlled", limits=replace(Limits(), wall_s=0.7))
    assert end_of(list(host.open(spec))).limit == "wall_s"


def test_garbage_loses_the_trace_but_not_what_is_printed(host: Host) -> None:
    records = controlled(host, f"{FORGER}\nos.write(pipe, b'\\1')\nprint('line', flush=True)\nprint('more')")
    assert (end_of(records).outcome, printed(records)) == ("protocol", "line\nmore\n")


def test_a_crash_says_that_nothing_is_recorded(host: Host) -> None:
    records = controlled(host, "import ctypes\nprint('one')\nctypes.string_at(0)")
    end = end_of(records)
    assert (end.outcome, end.signal, end.at_ns) == ("failed", 11, 0)
    assert end.sentence == ("The program crashed (signal 11): segmentation fault. Nothing of it was recorded: a controlled run is told when it is "
                            "over.")


def test_output_over_the_limit_is_said(host: Host) -> None:
    records = controlled(host, "print('\\N{SNOWMAN}' * 100_000)")
    end = end_of(records)
    assert (end.outcome, end.exit_code, end.limit) == ("limit", 3, "output_kb")
    assert end.sentence == "Stopped after 256 KB of output, the output limit."
    assert len(printed(records).encode()) in range(262_100, 262_145)


def test_a_failure_that_printed_too_much_is_still_that_failure(host: Host) -> None:
    end = end_of(controlled(host, "print('\\N{SNOWMAN}' * 100_000)\nraise ValueError('boo')"))
    assert (end.outcome, end.exit_code, end.error) == ("failed", 1, "ValueError")
    assert end.sentence.endswith("Not all that it printed is shown: that is more than the output limit.")


@pytest.mark.parametrize(("source", "status", "signal"), [
    ("print('one')\nprint('two', end='')\nimport os\nos._exit(4)", 4, 0),
    ("import ctypes\nprint('one', flush=True)\nprint('two', end='')\nctypes.string_at(0)", 0, 11),
    (f"{FORGER}\nprint('one')\nos.close(pipe)\nprint('two', end='')\nraise SystemExit(3)", 3, 0),
    (f"{FORGER}\nimport ctypes\nprint('one')\nos.close(pipe)\nprint('two', end='')\nctypes.string_at(0)", 0, 11),
])
def test_what_was_printed_is_shown_although_nothing_is_told(host: Host, source: str, status: int, signal: int) -> None:
    records = controlled(host, source)
    end = end_of(records)
    assert printed(records) == "one\ntwo"
    assert (end.outcome, end.status, end.signal, end.exit_code) == ("failed", status, signal, 1)


def test_what_was_printed_before_and_after_garbage_is_shown_once_and_the_status_is_true(host: Host) -> None:
    records = controlled(host, f"{FORGER}\nprint('one')\nos.write(pipe, b'\\1')\nprint('two')\n1/0")
    assert printed(records) == "one\ntwo\n"
    assert "ZeroDivisionError: division by zero" in printed(records, 2)
    assert (end_of(records).outcome, end_of(records).exit_code) == ("protocol", 1)


@pytest.mark.parametrize(("letters", "outcome"), [(262_143, "ok"), (262_144, "limit"), (10_000_000, "limit")])
def test_the_output_limit_is_said_from_the_first_letter_beyond_it(host: Host, letters: int, outcome: str) -> None:
    records = controlled(host, f"print('a' * {letters})")
    assert (end_of(records).outcome, len(printed(records))) == (outcome, 262_144)
