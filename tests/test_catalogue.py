"""Scenarios are read as text; a knob changes its literal and nothing else; what cannot be turned is said."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalogue import knob_values, read_scenario, scenario, scenarios
from playground.knobs import find_assignments, knob_value, turn_knobs
from playground.model.errors import BadSpec, UnknownName
from playground.model.spec import Knob

HEADER = '''# /// scenario
# title = "T"
# level = 1
# topic = "Locks"
# primitive = "Lock"
# minutes = 3
# story = "S."
# try = ["Run it."]
# expect = [{mode = "free", finding = "clean", within = 1}]
#
# [knobs]
# THREADS = {label = "threads", low = 1, high = 8}
# LOCK = {choices = ["None", "Lock()"]}
# ///
'''
BODY = '"""Doc."""\nTHREADS = 2\nLOCK = None\n'


def test_the_header_is_not_shown_and_lines_are_those_of_the_shown_program() -> None:
    found = read_scenario(HEADER + BODY, "two_things.py")
    assert (found.slug, found.filename, found.source) == ("two-things", "two_things.py", BODY)
    assert found.knobs == (Knob("THREADS", "threads", 1, 8, ()), Knob("LOCK", "", None, None, ("None", "Lock()")))
    assert knob_values(found) == {"THREADS": "2", "LOCK": "None"}


@pytest.mark.parametrize(("old", "new", "words"), [
    ("# /// scenario\n", "", "needs one header"),
    ('# title = "T"\n', "", "`title`"),
    ("# level = 1\n", '# level = "1"\n', "`level`"),
    ('"S."', '"S.', "not valid TOML"),
    ("low = 1, high = 8", "low = 8, high = 1", "low < high"),
    ("low = 1, high = 8", "low = 1", "low < high"),
    ("low = 1, high = 8", "low = 3, high = 8", "from 3 to 8"),
    ("THREADS = 2\n", "", "no line `THREADS = ...`"),
    ("LOCK = None", "LOCK = RLock()", "none of them"),
    ('finding = "clean"', 'finding = "fine"', "finding one of"),
    ("# minutes = 3\n", "# minutes = 3\n# colour = 1\n", "unknown key 'colour'"),
])
def test_a_wrong_header_is_named_with_its_file(old: str, new: str, words: str) -> None:
    with pytest.raises(BadSpec, match=r"two_things\.py") as error:
        read_scenario((HEADER + BODY).replace(old, new, 1), "two_things.py")
    assert words in str(error.value)


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="bakery-shelf"):
        scenario("bakery")


def test_a_knob_changes_its_literal_and_nothing_else() -> None:
    source = "A = 1\nTHREADS = 2  # how many\n\n\ndef f():\n    THREADS = 9\n\n\nLOCK = None\n"
    assert turn_knobs(source, {"THREADS": "40", "LOCK": "Semaphore(1)"}) == source.replace("= 2 ", "= 40 ").replace("= None", "= Semaphore(1)")


@pytest.mark.parametrize("source", [
    "N = 1\n", "N=1", "N: int = 1\n", "a = 2; N = 1; b = 3\n", "N = (\n    1)\n", "x = {\n 'N': 3}\nN = 1\n", "N = 1\r\nM = 2\r\n", "\ufeffN = 1\n",
    "s = '''\nN = 5\n'''\nN = 1\n", "π = 'é\u2028'; N = 1\n", "\x0cN = 1\n",
])
def test_the_span_is_the_one_that_ast_gives(source: str) -> None:
    if source.startswith("\ufeff"):
        source = source[1:]
    turned = turn_knobs(source, {"N": "Lock()"})
    assert ast.unparse(next(each for each in reversed(ast.parse(turned).body)
                            if isinstance(each, (ast.Assign, ast.AnnAssign)) and "N" in ast.unparse(each).split(" ")[0]).value or ast.Constant(0)) \
        == "Lock()"
    value = knob_value(source, "N")
    assert "\n" in value or turn_knobs(turned, {"N": value}) == source


@pytest.mark.parametrize(("source", "words"), [
    ("M = 1\n", "no line `N = ...`"), ("N = 1\nN = 2\n", "more than once (lines 1 and 2)"), ("def f():\n    N = 1\n", "no line"),
    ("a = N = 1\n", "no line"), ("N += 1\n", "no line"), ("N == 1\n", "no line"), ("f(N=1)\n", "no line"), ("N = (1\n", "syntax error"),
    ("N = 1\n\tif\n  x\n", "syntax error"), ("(" * 5000, "syntax error"), ("if x: N = 1\n", "no line"),
])
def test_a_knob_without_a_place_is_said(source: str, words: str) -> None:
    with pytest.raises(BadSpec) as error:
        turn_knobs(source, {"N": "3"})
    assert words in str(error.value)


@pytest.mark.parametrize("value", ["", "1\n2", "1; import os", "x = 3", "1  # note", "(", "'", ")", "lambda: 0", "x" * 300, "[1, (2]", "a: int"])
def test_a_value_that_is_no_expression_is_refused(value: str) -> None:
    with pytest.raises(BadSpec):
        turn_knobs("N = 1\n", {"N": value})


def test_a_knob_stays_within_its_header() -> None:
    knobs = (Knob("N", "", 1, 8, ()), Knob("LOCK", "", None, None, ("None", '"a nap"')))
    source = "N = 1\nLOCK = None\n"
    assert turn_knobs(source, {"N": "8", "LOCK": "a nap"}, knobs) == 'N = 8\nLOCK = "a nap"\n'
    for values in ({"N": "9"}, {"N": "x"}, {"LOCK": "Lock()"}, {"M": "1"}):
        with pytest.raises(BadSpec):
            turn_knobs(source, values, knobs)


@given(st.text(max_size=300))
def test_no_text_breaks_the_search_for_knobs(source: str) -> None:
    try:
        found = find_assignments(source)
    except BadSpec:
        return
    for place in found:
        assert 0 <= place.begin < place.end <= len(source)


@given(st.integers(-10**9, 10**9), st.integers(-10**9, 10**9))
def test_turned_there_and_back_is_the_same_text(first: int, second: int) -> None:
    source = f"# a\nN = {first}\nprint(N)\n"
    assert turn_knobs(turn_knobs(source, {"N": str(second)}), {"N": str(first)}) == source


def test_every_scenario_compiles_with_every_choice_of_its_knobs() -> None:
    for each in scenarios():
        for knob in each.knobs:
            for value in knob.choices or (str(knob.low), str(knob.high)):
                compile(turn_knobs(each.source, {knob.name: value}, each.knobs), each.filename, "exec")
