"""A controlled run behind the walls: its records tell every step, and its End has the schedule that gives them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playground.export_jsonl import jsonl
from playground.host import Host
from playground.model.record import Batch, Choice, Choices, Code, End, Record, ThreadInfo
from playground.model.report_claim import Ending
from playground.model.schedule import Schedule
from playground.model.spec import RunSpec
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
