"""Shared variables after each step: which ones, what they are worth, and that nothing of the program's is run to know."""

from __future__ import annotations

from playground.inside.values import shown
from playground.model.steps import MOST_NAMES, VALUE_BYTES, Choice
from tests.inside.steering import steer

LOST_UPDATE = """
import threading
counter = 0
def add():
    global counter
    counter += 1
a, b = threading.Thread(target=add), threading.Thread(target=add)
a.start(); b.start()
a.join(); b.join()
"""


def test_a_lost_update_shows_as_one_write_too_few() -> None:
    by_default = steer(LOST_UPDATE, "access")
    assert by_default.values("counter") == ["0", "1", "2"]
    read = [row.step for row in by_default.choices if row.chosen == 1][1]
    choices = [*by_default.outcome.choices[:read], 2, 2, 1, 1, 2, 2]
    lost = steer(LOST_UPDATE, "access", choices)
    assert lost.outcome.choices[: len(choices)] == tuple(choices)
    assert lost.values("counter") == ["0", "1"]
    writes = [event.step for event in lost.events if event.note == "write counter"]
    changed = [row.step for row in lost.choices if any(value.name == "counter" for value in row.values)]
    assert len(writes) == 3
    assert changed == writes[:2]


def test_each_value_is_told_at_the_step_that_changed_it() -> None:
    trace = steer(LOST_UPDATE, "bytecode")
    stores = [row.step for row in trace.choices[:-1] if _did(trace.choices, row.step, row.chosen) == "STORE_GLOBAL"]
    changed = [row.step for row in trace.choices if any(value.name == "counter" for value in row.values)]
    assert changed[1:] == [step for step in stores if step in changed][-2:]


def _did(rows: list[Choice], step: int, thread: int) -> str:
    stands = [stand for row in rows if row.step <= step for stand in row.stands if stand.thread == thread]
    return "STORE_GLOBAL" if stands and stands[-1].kind == "write" and stands[-1].name == "counter" else ""


def test_attributes_containers_closures_and_classes_are_followed() -> None:
    trace = steer("""
import threading
from collections import deque
RATE = 3
TOTAL = 0
class Account:
    made = 0
    def __init__(self, balance):
        self.balance = balance
        Account.made += 1
class Slotted:
    __slots__ = ("size",)
a = Account(5)
more = {"x": Account(7)}
slotted = Slotted()
slotted.size = 1
log, recent = [], deque([], 2)
def main():
    hits = 0
    def work():
        nonlocal hits
        global TOTAL
        hits += 1
        TOTAL += 1
        a.balance -= 1
        more["x"].balance += 1
        slotted.size += 1
        log.append(("work", hits))
        recent.append(hits)
    t = threading.Thread(target=work)
    t.start()
    t.join()
main()
""", "line")
    seen = {value.name for row in trace.choices for value in row.values}
    assert seen == {"TOTAL", "Account.made", "a.balance", "more['x'].balance", "slotted.size", "log", "recent", "hits"}
    assert trace.values("TOTAL") == ["0", "1"]
    assert trace.values("a.balance") == ["5", "4"]
    assert trace.values("more['x'].balance") == ["7", "8"]
    assert trace.values("slotted.size") == ["1", "2"]
    assert trace.values("log") == ["[]", "[('work', 1)]"]
    assert trace.values("recent") == ["deque([])", "deque([1])"]
    assert trace.values("hits") == ["0", "1"]


def test_no_code_of_the_program_runs_to_know_a_value() -> None:
    trace = steer("""
import threading
def never(*_): raise SystemExit("asked")
class Meta(type):
    __getattribute__ = __instancecheck__ = __subclasscheck__ = never
class Wary(metaclass=Meta):
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __iter__ = __getattribute__ = __getattr__ = never
    __dict__ = property(never)
class Loud(dict):
    __repr__ = __len__ = __iter__ = __getitem__ = items = values = keys = never
class Words(str):
    __repr__ = __str__ = encode = __getitem__ = never
wary, loud, words = object.__new__(Wary), Loud(a=1), Words("hi")
mixed, known = [wary, loud, words], 1
for _ in range(3):
    known += 1
""", "line")
    assert trace.outcome.verdict == "clean"
    assert trace.values("known") == ["1", "2", "3", "4"]
    assert {value.name for row in trace.choices for value in row.values} == {"known"}


def test_values_are_bounded_in_number_and_length() -> None:
    trace = steer("\n".join(f"v{number} = 'ä' * 500" for number in range(MOST_NAMES + 20)), "line")
    values = [value for row in trace.choices for value in row.values]
    assert len({value.name for value in values}) == MOST_NAMES
    assert all(len(value.text.encode()) <= VALUE_BYTES for value in values)


def test_text_forms_are_the_same_in_every_run() -> None:
    assert shown({3, 1, 2}) == "{1, 2, 3}"
    assert shown([[1, [2, [3]]], {"a": (1,)}]) == "[[1, [2, [...]]], {'a': (1,)}]"
    assert shown(list(range(50))) == "[" + ", ".join(map(str, range(20))) + ", …]"
    assert shown(object()) == "<object>"
    assert shown(10**80) == "<int>"
    assert shown(()) == "()"
    assert shown((None, True, 1.5, b"x")) == "(None, True, 1.5, b'x')"
