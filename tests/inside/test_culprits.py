"""A failure names the threads that keep it up and the things that they fought over, whatever each thread calls them."""

from __future__ import annotations

import pytest

from playground.inside.explore import Explorer
from playground.model.report import Failure

START_AND_JOIN = """
team = [threading.Thread(target=each) for each in (one, two)]
for each in team: each.start()
for each in team: each.join()
"""


def failure_of(source: str) -> Failure:
    failure = Explorer(source, max_executions=500).run().failure
    assert failure is not None
    return failure


def raced(setup: str, one: str, two: str, check: str) -> Failure:
    return failure_of(f"import threading\n{setup}\ndef one():\n    {one}\ndef two():\n    {two}\n{START_AND_JOIN}{check}\n")


def test_threads_that_join_each_other_are_both_told_and_who_joins_them_is_not() -> None:
    failure = failure_of("""
import threading
one = threading.Thread(target=lambda: other.join(), name="one")
other = threading.Thread(target=lambda: one.join(), name="other")
one.start(); other.start()
one.join()
""")
    assert (failure.kind, failure.threads, failure.objects) == ("deadlock", ("one", "other"), ("other", "one"))


def test_who_holds_a_lock_while_joining_its_waiter_is_half_of_the_deadlock() -> None:
    failure = failure_of("""
import threading
lock = threading.Lock()
def work():
    with lock: pass
worker = threading.Thread(target=work)
with lock:
    worker.start()
    worker.join()
""")
    assert (failure.kind, failure.threads, failure.objects) == ("deadlock", ("main", "work-1"), ("lock",))


def test_who_only_joins_a_stuck_thread_is_no_culprit() -> None:
    failure = failure_of("import threading\nnews = threading.Event()\nworker = threading.Thread(target=news.wait, name='w')\n"
                         "worker.start()\nworker.join()\n")
    assert (failure.threads, failure.objects) == (("w",), ("news",))


@pytest.mark.parametrize(("setup", "one", "two", "check", "culprit"), [
    ("row = [0, 0]\nseen = []", "row[1] = 1", "seen.append(row[1 - len('')])", "assert seen == [0]", "row"),
    ("xs = [5, 7]\nseen = []", "xs.pop(0)", "seen.append(xs[0])", "assert seen == [5]", "xs"),
    ("class B: n = 1\nb = B()\nseen = []", "B.n = 3", "seen.append(b.n)", "assert seen == [1]", "B.n"),
    ("class B: n = 1\nb = B()\nseen = []", "type(b).n = 3", "seen.append(b.n)", "assert seen == [1]", "b.n"),
    ("xs = [1]\nseen = []\ndef count(*a): return len(a)", "xs.append(2)", "seen.append(count(*xs))", "assert seen == [1]", "xs"),
    ("grid = [[0], [0, 0]]", "row = grid[1]; row[0] += 1", "grid[1][0] += 1", "assert grid[1][0] == 2", "grid[1][0]"),
    ("class R:\n    def __init__(s): s._d = {'n': 0}\n    def data(s): return s._d\nr = R()", "d = r.data(); d['n'] = d['n'] + 1", "r._d['n'] += 1",
     "assert r._d['n'] == 2", "r._d['n']"),
    ("class B:\n    def __init__(this, v): this.v = v\na = B(1)\nseen = []", "a.v = 5", "seen.append(a.v)", "assert seen == [1]", "a.v"),
    ("import __main__\nn = 0", "v = n; __main__.n = v + 1", "v = __main__.n; __main__.n = v + 1", "assert n == 2", "n"),
    ("class Box: pass\nbox = Box()\nbox.n = 0", "d = vars(box); d['n'] = d['n'] + 1", "box.n += 1", "assert box.n == 2", "box.n"),
    ("def numbers():\n    while True: yield len([1])\nids = numbers()\ngot = []", "got.append(next(ids))", "got.append(next(ids))", "", "ids"),
], ids=["part and whole", "shifted items", "class attribute", "class by its type", "arguments", "inner list", "returned alias",
        "named in its constructor", "module attribute", "own dictionary", "generator"])
def test_a_thing_of_two_names_is_told_by_the_one_that_the_module_gives_it(setup: str, one: str, two: str, check: str, culprit: str) -> None:
    failure = raced(setup, one, two, check)
    assert culprit in failure.objects
    assert "ts" not in failure.objects
    assert not [name for name in failure.objects if name[0] in ".[<"]


def test_two_lists_of_the_same_name_are_not_one_thing() -> None:
    failure = raced("shared = []", "items = []; items.append(1); shared.append(items)", "items = []; items.append(2); shared.append(items)",
                    "assert shared[0] == [1]")
    assert "shared" in failure.objects
    assert "items" not in failure.objects


def test_a_lost_write_stands_among_the_steps_under_the_name_of_its_place() -> None:
    failure = raced("grid = [[0], [0, 0]]", "row = grid[1]; row[0] += 1", "grid[1][0] += 1", "assert grid[1][0] == 2")
    writes = {step.thread_name for step in failure.steps if (step.kind, step.name) == ("write", "grid[1][0]")}
    assert writes == {"one-1", "two-1"}


def test_a_thread_that_was_asked_whether_it_lives_is_what_the_failure_is_about() -> None:
    failure = failure_of("import threading\nt = threading.Thread(target=int)\nt.start()\nassert t.is_alive()\n")
    assert (failure.threads, failure.objects) == (("main",), ("int-1",))
