"""Which lines decide about which others is read off the text, block by block."""

from __future__ import annotations

import pytest

from playground.diagnosis.deciding import Call, Deciding, last_part

TEXT = r'''x = "\d \\d \'"
def ready(): return a > 1
if ready():
    a = 2
while not b: pass
b = 1
def guard():
    if c: return
    c = 2
have = left
if have > 0:
    left = have - 1
    left -= 1
def wait():
    cond.wait_for(lambda: q == 1)
    if a == 1: self.room[2].go.set()
    elif x:
        y = 1
    z = 3
if w:
    act()
def act():
    w = 5
'''


@pytest.mark.parametrize(("look", "act", "decides"), [
    (3, 4, True), (2, 4, True), (5, 6, True), (8, 9, True), (10, 13, True), (10, 12, False), (4, 6, False), (15, 15, True), (16, 16, False),
    (16, 18, True), (16, 19, False), (20, 23, True), (20, 4, False)])
def test_a_look_decides_about_what_its_test_lets_run(look: int, act: int, decides: bool) -> None:
    assert Deciding(TEXT).decides(look, act) is decides


def test_the_call_that_is_left_undone_is_known_by_its_method_and_owner() -> None:
    deciding = Deciding(TEXT)
    assert deciding.left_undone(16, frozenset({"set"}), "go") == Call(16, "set", "go")
    assert deciding.left_undone(16, frozenset({"set"}), "room") is None
    assert deciding.left_undone(11, frozenset({"set"}), "go") is None


def test_tests_are_those_of_if_while_and_assert() -> None:
    deciding = Deciding("if a: pass\nb = 1\nassert (c ==\n  2)\n")
    assert [line for line in range(1, 5) if deciding.tests(line)] == [1, 3, 4]


@pytest.mark.parametrize("text", ["", "(((", "if", "def", "x = '", "\tif a:\n  b\n c", "else\n", "def :\n", "(" * 500, "while", "return", "wait_for"])
def test_a_text_that_is_no_program_decides_nothing(text: str) -> None:
    deciding = Deciding(text)
    assert not any(deciding.decides(look, act) for look in range(4) for act in range(4) if look != act)


def test_things_are_known_by_their_last_name() -> None:
    assert [last_part(name) for name in ("latch.done", "forks[0]", "a.lock (Account.lock)", "turn")] == ["done", "forks", "lock", "turn"]
