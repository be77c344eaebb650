"""Data races are told with the values that prove them; what is ordered, or harmless in Python, is not told."""

from __future__ import annotations

import pytest

from playground.diagnosis.data_race import DataRace
from playground.model.finding import Finding, PossibleOn
from playground.model.spec import RunSpec
from tests.diagnosis.controlled import findings
from tests.diagnosis.steps import Steps, judged
from tests.story import Story

LOST_UPDATE = """import threading

{name} = 100


def add():
    global {name}
    {name} += 1


adder_1 = threading.Thread(target=add, name="Adder-1")
adder_2 = threading.Thread(target=add, name="Adder-2")
for adder in (adder_1, adder_2):
    adder.start()
for adder in (adder_1, adder_2):
    adder.join()
assert {name} == 102
"""


def cast(*names: str) -> Story:
    story = Story()
    story.begin(*(names or ("Adder-1", "Adder-2")))
    return story


def races(steps: Steps, *, source: str = "", story: Story | None = None) -> list[Finding]:
    return judged(DataRace, story or cast(), steps, source=source)


def test_the_lost_update_is_told_with_its_values() -> None:
    steps = Steps().step(0, "write", "total", line=1, after="100").step(1, "read", "total", line=5).step(2, "read", "total", line=5)
    steps.step(1, "write", "total", line=6, after="101").step(2, "write", "total", line=6)
    (finding,) = races(steps, story=cast())
    assert finding.title == "Data race: Adder-2 and Adder-1 change total at the same time, and a write is lost"
    assert finding.story == ("Adder-1 read total (line 5, step 2); Adder-2 read it too (line 5, step 3).", "Both read 100 before either wrote.",
                             "Adder-2's write (line 6, step 5) replaced Adder-1's: total is 101.",
                             "No lock keeps the reading and the writing of total together.")
    assert (finding.threads, finding.certain, finding.possible_on) == ((2, 1), True, PossibleOn(gil=None, free_threaded=True))


def test_values_that_the_trace_does_not_tell_are_not_claimed() -> None:
    steps = Steps().step(1, "read", "total").step(2, "read", "total").step(1, "write", "total").step(2, "write", "total")
    (finding,) = races(steps)
    assert "Both read total before either wrote." in finding.story
    assert not any(" is " in sentence for sentence in finding.story)


@pytest.mark.parametrize("name", ["balance", "stock"])
def test_a_renamed_variable_renames_the_story(name: str) -> None:
    found = [finding for _, each in findings(LOST_UPDATE.format(name=name), 8) for finding in each if finding.kind == "data_race"]
    assert found
    assert all(name in finding.title and name in finding.fix for finding in found)
    lost = next(finding for finding in found if "a write is lost" in finding.title)
    assert "Both read 100 before either wrote." in lost.story
    assert any(sentence.endswith(f"'s: {name} is 101.") for sentence in lost.story)


def test_an_update_that_did_not_bite_is_a_race_all_the_same() -> None:
    steps = Steps().step(1, "read", "total").step(1, "write", "total").step(2, "read", "total").step(2, "write", "total")
    (finding,) = races(steps)
    assert finding.title == "Data race: Adder-1 and Adder-2 change total, and nothing keeps them apart"


ORDERS: dict[str, tuple[tuple[int, str, int], tuple[int, str, int]]] = {
    "a lock": ((1, "lock.release", 1), (2, "lock.acquire", 1)), "a join": ((1, "thread.end", 1), (2, "thread.join", 1)),
    "a start": ((1, "thread.start", 1), (2, "thread.begin", 1)), "an event": ((1, "event.set", 1), (2, "event.wait", 1)),
    "a queue": ((1, "queue.put", 1), (2, "queue.get", 1)), "a semaphore": ((1, "semaphore.release", 1), (2, "semaphore.acquire", 1)),
    "a barrier": ((1, "barrier.wait", 1), (2, "barrier.wait", 1)), "a condition": ((1, "condition.notify", 1), (2, "condition.wait", 1)),
}


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_ordered_is_no_race(order: str) -> None:
    give, take = ORDERS[order]
    story = cast()
    story.object("gate")
    steps = Steps().step(1, "read", "total").step(1, "write", "total").step(give[0], give[1], obj=give[2])
    steps.step(take[0], take[1], obj=take[2]).step(2, "read", "total").step(2, "write", "total")
    assert not races(steps, story=story)
    unordered = Steps().step(1, "read", "total").step(1, "write", "total").step(2, "read", "total").step(2, "write", "total")
    assert races(unordered)


def test_two_writes_of_different_values_are_a_race_and_of_the_same_are_not() -> None:
    (finding,) = races(Steps().step(1, "write", "last", after="'a'").step(2, "write", "last", after="'b'"))
    assert finding.story[:2] == ("Adder-1 wrote 'a' to last (step 1).", "Adder-2 wrote 'b' to last (step 2).")
    same = Steps().step(1, "write", "last", after="5")
    same.step(2, "write", "last")
    assert not races(same)


def test_a_join_that_was_forgotten_is_a_stale_read() -> None:
    story = cast()
    story.object("Adder-1", "Thread")
    steps = Steps().step(0, "write", "result", after="0").step(0, "thread.start", obj=1).step(1, "thread.begin", obj=1)
    steps.step(0, "read", "result", line=9).step(1, "write", "result", line=4, after="42")
    (finding,) = races(steps, story=story)
    assert finding.story == ("main read result when it was 0 (line 9, step 4).", "Adder-1 wrote 42 to result (line 4, step 5).",
                             "Nothing made main wait for that write, so it worked with the older value.")
    assert "join it" in finding.fix


def test_a_look_before_a_write_that_left_the_value_as_it_was_is_no_stale_read() -> None:
    steps = Steps().step(0, "write", "best", after="5").step(0, "thread.start", obj=1).step(1, "thread.begin", obj=1)
    steps.step(0, "read", "best", line=9).step(1, "write", "best", line=4)
    story = cast()
    story.object("Adder-1", "Thread")
    assert not races(steps, story=story)


def test_a_flag_is_no_race() -> None:
    source = "running = True\nwhile running: pass\nrunning = False  # enough\n"
    steps = Steps().step(0, "write", "running", line=1).step(1, "read", "running", line=2).step(0, "write", "running", line=3)
    assert not races(steps, source=source)


def test_a_poll_is_no_race() -> None:
    steps = Steps().step(1, "write", "done", after="1").step(2, "read", "done", line=7, offset=4).step(1, "write", "done", after="2")
    steps.step(2, "read", "done", line=7, offset=4).step(1, "write", "done", after="3")
    assert not races(steps)


def test_methods_of_containers_are_indivisible() -> None:
    assert not races(Steps().step(1, "write", "log", whole=True).step(2, "write", "log", whole=True))


def test_check_then_act_on_a_container_is_told_where_the_program_failed() -> None:
    steps = Steps().step(1, "read", "stack", whole=True, line=4).step(2, "read", "stack", whole=True, line=4)
    steps.step(2, "write", "stack", whole=True, line=5).step(1, "write", "stack", whole=True, line=5)
    assert not races(steps)
    story = cast()
    story.event(9, "thread.crashed", 1, line=5, note=story.text("IndexError: pop from empty list"))
    (finding,) = races(steps, story=story)
    assert finding.title == "Data race: Adder-1 acts on a look at stack that is out of date: Adder-2 changed it in between"
    assert finding.story == ("Adder-1 looked at stack (line 4, step 1); Adder-2 looked at it too (line 4, step 2).",
                             "Then Adder-2 changed stack (line 5, step 3).",
                             "Adder-1 acted on what it had seen (line 5, step 4), and that was out of date.",
                             "No lock keeps the look at stack and the change together.")
    assert finding.fix == "Hold one lock around the look at stack and the change that follows from it, in every thread that changes stack."


CHECK_THEN_ACT: dict[str, str] = {
    "an append": "    if not {name}:\n        {name}.append(number)\n",
    "keys of their own": "    if not {name}:\n        {name}[number] = number\n",
    "one new key": "    if 'k' not in {name}:\n        {name}['k'] = number\n        made.append(number)\n",
    "a key deleted twice": "    if 0 in {name}:\n        del {name}[0]\n",
    "an item taken twice": "    if {name}:\n        {name}.pop(0)\n",
    "a set": "    if not {name}:\n        {name}.add(number)\n",
    "a set of a word": "    if len({name}) < 1:\n        {name}.add(number)\n",
}
FIRST = {"an append": "[]", "keys of their own": "{}",
         "one new key": "{}", "a key deleted twice": "{0: 1}", "an item taken twice": "[1]", "a set": "set()",
         "a set of a word": "set()"}


@pytest.mark.parametrize("name", ["shelf", "drawer"])
@pytest.mark.parametrize("what", CHECK_THEN_ACT)
def test_where_nothing_is_replaced_no_write_is_said_to_be_lost(what: str, name: str) -> None:
    source = f"""import threading
made = []
{name} = {FIRST[what]}
def work(number):
{CHECK_THEN_ACT[what].format(name=name)}
threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len({name}) < 2 and len(made) < 2
"""
    told = [finding for outcome, each in findings(source, 8) for finding in each if outcome.failed and finding.kind == "data_race"]
    assert told
    for finding in told:
        assert f"a look at {name} that is out of date" in finding.title, finding
        assert any(f"changed {name} (line" in sentence for sentence in finding.story)
        assert not any(word in sentence for sentence in (finding.title, *finding.story) for word in ("lost", "replaced", "wrote"))
        assert f"the look at {name} and the change" in finding.fix


def test_an_item_that_both_add_to_is_a_lost_update_still() -> None:
    source = """import threading
count = {"k": 0}
def work():
    count["k"] += 1
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert count["k"] == 2
"""
    titles = {finding.title for outcome, each in findings(source, 8) for finding in each if outcome.failed and finding.kind == "data_race"}
    assert titles
    assert all("change count['k'] at the same time, and a write is lost" in title for title in titles)


def test_a_list_that_both_extend_in_place_loses_nothing() -> None:
    source = """import threading
parts = []
def work(number):
    global parts
    parts += [number]
threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    assert not [finding for _, each in findings(source, 8) for finding in each]


def test_a_list_extended_after_it_was_replaced_has_undone_that() -> None:
    source = """import threading
parts = [1]
def extend():
    global parts
    parts += [2]
def empty():
    global parts
    parts = []
threads = [threading.Thread(target=extend), threading.Thread(target=empty)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    titles = {finding.title for _, each in findings(source, 12) for finding in each}
    assert "Data race: extend-1 and empty-1 change parts at the same time, and a write is lost" in titles


BOTH_WITHIN = """import threading
inside = []
def work(number):
    inside.append(number)
    assert len(inside) <= 1
    inside.remove(number)
threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_what_comes_after_the_crash_did_not_lead_to_it() -> None:
    told = [finding for outcome, each in findings(BOTH_WITHIN, 8) for finding in each if outcome.failed and finding.kind == "data_race"]
    assert told
    for finding in told:
        other = {"work-1": "work-2", "work-2": "work-1"}
        assert finding.title in {f"Data race: {one} looks at inside while {two}'s change is in it too" for one, two in other.items()}
        assert not any("acted" in sentence or "line 6" in sentence for sentence in finding.story), finding.story
        assert any("looked at inside (line 5" in sentence for sentence in finding.story)
        assert "from its first to its last use of inside" in finding.fix


def test_places_are_told_apart_though_they_are_called_alike() -> None:
    steps = Steps().step(1, "write", "items", after="[1]")
    steps.step(2, "write", "items of the other", after="[2]")
    assert not races(steps)


def test_a_free_run_is_not_even_looked_at() -> None:
    detector = DataRace(RunSpec(source="pass"))
    steps = Steps().step(1, "read", "total").step(2, "write", "total").step(1, "write", "total")
    assert not detector.see(steps.record())
    assert not detector.end(1)


def test_a_thousand_races_are_not_a_thousand_findings() -> None:
    steps = Steps()
    for number in range(100):
        for thread, kind in ((1, "read"), (2, "read"), (1, "write"), (2, "write")):
            steps.step(thread, kind, f"v{number}")
    assert len(races(steps)) == 10


WITHDRAW = """import threading
class Account:
    def __init__(self):
        self.{name} = 100
    def can_pay(self, n):
        return self.{name} >= n
account = Account()
def withdraw(n):
    {check}
        account.{name} -= n
threads = [threading.Thread(target=withdraw, args=(70,)) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert account.{name} >= 0
"""
CHECKS = {"a method": "if account.can_pay(n):", "the if itself": "if account.{name} >= n:",
          "a guard": "if account.{name} < n: return\n    if True:", "a name of its own": "have = account.{name}\n    if have >= n:"}


@pytest.mark.parametrize("name", ["balance", "stock"])
@pytest.mark.parametrize("check", CHECKS)
def test_a_check_of_a_number_that_was_out_of_date_is_told_as_that(check: str, name: str) -> None:
    source = WITHDRAW.format(name=name, check=CHECKS[check].format(name=name))
    told = [finding for outcome, each in findings(source, 12) for finding in each if outcome.failed and finding.kind == "data_race"]
    assert told
    for finding in told:
        assert f"acts on a look at account.{name} that is out of date" in finding.title, finding
        assert any(f"looked at account.{name} when it was 100 (line" in sentence for sentence in finding.story), finding.story
        assert any("acted on what it had seen: it wrote -40" in sentence for sentence in finding.story), finding.story
        assert f"the look at account.{name} and the change" in finding.fix
        assert not any("another time" in sentence or "lost" in sentence for sentence in finding.story)


def test_a_flag_that_both_found_free_is_no_lost_write() -> None:
    source = """import threading
busy = False
inside = 0
def is_free():
    return not busy
def work():
    global busy, inside
    if is_free():
        busy = True
        inside += 1
        assert inside == 1
        inside -= 1
        busy = False
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    told = [finding for outcome, each in findings(source, 16) for finding in each
            if outcome.failed and finding.kind == "data_race" and "busy" in finding.title]
    assert told
    for finding in told:
        assert "acts on a look at busy that is out of date" in finding.title
        assert any("when it was False (line 5" in sentence for sentence in finding.story), finding.story


def test_a_value_made_of_what_was_read_is_a_lost_write_though_it_was_tested_too() -> None:
    source = """import threading
stock = 9
def take():
    global stock
    have = stock
    if have > 0:
        stock = have - 1
threads = [threading.Thread(target=take) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert stock == 7
"""
    told = [finding for outcome, each in findings(source, 12) for finding in each if outcome.failed and finding.kind == "data_race"]
    assert told
    assert all("a write is lost" in finding.title for finding in told)


def test_a_check_that_is_made_again_under_the_lock_is_not_out_of_date() -> None:
    source = """import threading
lock, left = threading.Lock(), 1
def take():
    global left
    if left > 0:
        with lock:
            if left > 0:
                left -= 1
threads = [threading.Thread(target=take) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert left == 1
"""
    assert not [finding for outcome, each in findings(source, 12) for finding in each if finding.kind == "data_race"]


def test_what_another_wrote_between_a_write_and_the_check_of_it_is_told() -> None:
    source = """import threading
count = 0
def one():
    global count
    count += 1
    assert count == 1
def two():
    global count
    count += 1
threads = [threading.Thread(target=target) for target in (one, two)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    told = {finding.title: finding for outcome, each in findings(source, 16) for finding in each if outcome.failed and finding.kind == "data_race"}
    finding = told["Data race: one-1 writes count, and two-1 writes it before one-1 looks at it again"]
    assert finding.story[0].startswith("one-1 wrote 1 to count (line 5")
    assert finding.story[1].startswith("Then two-1 wrote 2 to count (line 9")
    assert finding.story[2].startswith("one-1 looked at count (line 6")
    assert finding.story[2].endswith("and found 2, not what it had written.")
    assert "count" in finding.fix
