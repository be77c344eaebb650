"""A crash names the exception, the thread and the line, and says what becomes of the others."""

from __future__ import annotations

import pytest

from playground.diagnosis.crash import Crash
from playground.model.finding import Finding, PossibleOn
from playground.model.spec import RunSpec
from playground.search.replay import Replay
from tests.diagnosis.controlled import Controlled
from tests.story import Story


def judged(story: Story) -> list[Finding]:
    detector = Crash(RunSpec(source="pass"))
    return [finding for record in story.records() for finding in detector.see(record)]


def test_a_crash_is_told_with_thread_line_and_exception() -> None:
    story = Story()
    _main, one, two = story.begin("clerk-1", "clerk-2")
    story.event(3, "thread.crashed", one, line=11, note=story.text("ZeroDivisionError: division by zero"))
    (finding,) = judged(story)
    assert finding.title == "clerk-1 crashed: ZeroDivisionError"
    assert finding.story == ("clerk-1 crashed at line 11: ZeroDivisionError: division by zero", "main and clerk-2 go on.")
    assert finding.threads == (one,)
    assert finding.possible_on == PossibleOn(gil=None, free_threaded=True)
    assert two


def test_who_had_ended_before_does_not_go_on() -> None:
    story = Story()
    main, one, two = story.begin("clerk-1", "clerk-2")
    story.event(2, "thread.ended", two).event(3, "thread.crashed", one, line=11, note=story.text("KeyError: 'a'")).event(4, "thread.ended", main)
    (finding,) = judged(story)
    assert finding.story[1] == "main goes on."


def test_a_program_of_one_thread_fails_alike_everywhere() -> None:
    story = Story()
    (main,) = story.begin()
    story.event(3, "thread.crashed", main, line=2, note=story.text("NameError: name 'lok' is not defined"))
    (finding,) = judged(story)
    assert finding.possible_on == PossibleOn(True, True)


def test_a_thousand_crashes_are_not_a_thousand_findings() -> None:
    story = Story()
    threads = story.begin(*[f"t-{number}" for number in range(60)])
    note = story.text("ValueError")
    for thread in threads[1:]:
        story.event(3, "thread.crashed", thread, line=2, note=note)
    assert len(judged(story)) == 20


def told_at_the_end(story: Story) -> Finding:
    """Of a controlled run, whose trace tells what became of the others."""
    detector = Crash(RunSpec(source="pass", mode="controlled"))
    for record in story.records():
        assert not detector.see(record)
    (finding,) = detector.end(10**12)
    return finding


def test_a_controlled_run_does_not_say_of_who_waits_for_the_crashed_that_it_goes_on() -> None:
    story = Story()
    main, one = story.begin("clerk-1")
    lock = story.object("till")
    story.event(1, "lock.acquired", one, lock, line=4).event(2, "thread.crashed", one, note=story.text("ValueError: x"))
    story.event(3, "lock.blocked", main, lock, line=10).event(4, "thread.ended", main)
    finding = told_at_the_end(story)
    assert finding.story[1] == "main waits for till (line 10), which clerk-1 took (line 4) and never gave back."
    assert "Take till in a `with` block" in finding.fix
    assert (finding.threads, finding.objects) == ((one, main), (lock,))


def test_nor_does_it_say_so_of_who_was_not_seen_to_go_on() -> None:
    story = Story()
    _main, one, _two = story.begin("clerk-1", "clerk-2")
    story.event(2, "thread.crashed", one, line=11, note=story.text("KeyError: 'a'"))
    assert told_at_the_end(story).story == ("clerk-1 crashed at line 11: KeyError: 'a'",)


def test_a_lock_that_was_let_go_of_holds_nobody_up() -> None:
    story = Story()
    main, one = story.begin("clerk-1")
    lock = story.object("till")
    story.event(1, "lock.acquired", one, lock).event(2, "lock.blocked", main, lock).event(3, "lock.released", one, lock)
    story.event(4, "lock.acquired", main, lock).event(5, "thread.crashed", one, line=2, note=story.text("ValueError")).event(6, "thread.ended", main)
    assert told_at_the_end(story).story == ("clerk-1 crashed at line 2: ValueError",)


@pytest.mark.parametrize(("make", "take"), [("Lock()", "{0}"), ("Semaphore(1)", "a permit of {0}")])
@pytest.mark.parametrize("name", ["till", "safe"])
def test_a_program_whose_thread_crashes_with_a_lock_says_who_waits_for_it(name: str, make: str, take: str) -> None:
    source = f"""import threading
{name} = threading.{make}
def bad():
    {name}.acquire()
    int("x")
    {name}.release()
thread = threading.Thread(target=bad)
thread.start()
thread.join()
with {name}: pass
"""
    with Controlled(source) as controlled:
        outcome, found = controlled.run(Replay(()))
    assert outcome.verdict == "exception"
    (finding,) = [each for each in found if each.kind == "crash"]
    thing = take.format(name)
    assert finding.story[1] in {f"main waits for {thing} (line 10), which bad-1 took{where} and never gave back." for where in (" (line 4)", "")}
    assert not any("go on" in sentence or "goes on" in sentence for sentence in finding.story)


def test_who_is_cut_off_while_it_waits_for_what_the_crashed_took_is_told_too() -> None:
    source = """import threading
till = threading.Lock()
def bad():
    till.acquire()
    int("x")
def good():
    with till: pass
threads = [threading.Thread(target=target) for target in (bad, good)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    with Controlled(source) as controlled:
        _, found = controlled.run(Replay(()))
    (finding,) = [each for each in found if each.kind == "crash"]
    assert finding.story[1:] == ("good-1 waits for till (line 7), which bad-1 took (line 4) and never gave back.",)
