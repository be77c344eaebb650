"""Clocks grow only by what is new: thousands of threads that know the same share one."""

from __future__ import annotations

from playground.model.clock import happened_before, joined


def test_a_joined_clock_has_the_latest_step_of_each_thread() -> None:
    assert joined({1: 5, 2: 1}, {2: 7, 3: 4}) == {1: 5, 2: 7, 3: 4}


def test_what_is_known_already_makes_no_new_clock() -> None:
    one = {1: 5, 2: 7}
    assert joined(one, {2: 6}) is one
    assert joined({}, one) is one


def test_a_step_up_to_the_last_known_one_lies_in_the_past() -> None:
    clock = joined({1: 5}, {})
    assert happened_before(1, 5, clock)
    assert not happened_before(1, 6, clock)
    assert not happened_before(2, 0, clock)
