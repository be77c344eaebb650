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
    assert "stack" in finding.title


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
