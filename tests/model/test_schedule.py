"""Schedules as text: what is written is what is read, and every damage has a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.model.errors import BadSpec
from playground.model.schedule import (
    GRANULARITIES,
    MOVE_CLOCK,
    START,
    TICK,
    WRITE,
    ChoicePoint,
    Pending,
    Schedule,
    hash_of,
    preempts,
)

CHOICES = st.lists(st.integers(TICK, 300), max_size=60).map(tuple)


@given(st.sampled_from(GRANULARITIES), CHOICES)
def test_text_and_back_is_the_same_schedule(granularity: str, choices: tuple[int, ...]) -> None:
    schedule = Schedule(granularity, "3.13", hash_of("x = 1\n"), choices)
    assert Schedule.parse(str(schedule)) == schedule


def test_runs_are_written_short() -> None:
    schedule = Schedule("access", "3.13", hash_of(""), (0, 0, 0, 1, TICK, TICK, 2))
    assert str(schedule).endswith(";0*3,1,t*2,2")


@pytest.mark.parametrize(("text", "word"), [
    ("", "empty"), ("  ", "empty"), ("tp2;line;3.13;0123456789ab;0", "version"), ("hello", "tp1"), ("tp1;line", "cut off"),
    ("tp1;word;3.13;0123456789ab;0", "granularity"), ("tp1;line;3.13;xyz;0", "damaged"), ("tp1;line;py;0123456789ab;0", "damaged"),
    ("tp1;access;9.9;0123456789ab;0", "CPython 9.9"), ("tp1;access;3.12;0123456789ab;0", "3.13 or newer"),
    ("tp1;line;3.99999;0123456789ab;0", "damaged"),
    ("tp1;line;3.13;0123456789ab;0,,1", "Part 2"), ("tp1;line;3.13;0123456789ab;0*0", "Part 1"), ("tp1;line;3.13;0123456789ab;-1", "Part 1"),
    ("tp1;line;3.13;0123456789ab;0*999999", "more than"), ("tp1;line;3.13;0123456789ab;0*9999999999", "Part 1"),
])
def test_damaged_text_gets_a_sentence(text: str, word: str) -> None:
    with pytest.raises(BadSpec, match=word):
        Schedule.parse(text)


def test_schedule_of_an_edited_program_says_so() -> None:
    with pytest.raises(BadSpec, match="another version of the program"):
        Schedule("line", "3.13", hash_of("x = 1\n"), ()).check_source("x = 2\n")


@pytest.mark.parametrize("python", ["3.13", "3.13t", "3.14", "3.15"])
def test_schedules_of_every_python_that_can_be_steered_are_read(python: str) -> None:
    assert Schedule.parse(f"tp1;access;{python};0123456789ab;0").python == python


WRITES = Pending("write", 1, 1, WRITE)


@pytest.mark.parametrize(("ready", "chosen", "last", "is_one"), [
    ([0, 1], 1, WRITES, True), ([0, 1], 0, WRITES, False), ([1], 1, WRITES, False), ([0], TICK, WRITES, True), ([], TICK, WRITES, False),
    ([0, 1], 1, Pending(START, 1, 0, WRITE), False), ([0, 1], 1, MOVE_CLOCK, False), ([0, 1], 1, None, False),
])
def test_a_preemption_stops_who_could_go_on(ready: list[int], chosen: int, last: Pending | None, is_one: bool) -> None:
    assert preempts(ChoicePoint(7, 0, ready, True, ()), chosen, last) is is_one
