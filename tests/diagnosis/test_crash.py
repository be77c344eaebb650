"""A crash names the exception, the thread and the line, and says what becomes of the others."""

from __future__ import annotations

from playground.diagnosis.crash import Crash
from playground.model.finding import Finding, PossibleOn
from playground.model.spec import RunSpec
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
