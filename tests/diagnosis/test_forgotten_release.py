"""A lock or a permit that somebody took along into its end is named, with where it was taken and who needs it."""

from __future__ import annotations

import pytest

from playground.diagnosis.forgotten_release import ForgottenRelease
from playground.diagnosis.stuck import StuckThreads
from playground.model.finding import Finding
from playground.model.spec import RunSpec
from tests.story import MS, Story


def judged(story: Story) -> list[Finding]:
    detector = StuckThreads(RunSpec(source="pass"), (ForgottenRelease,))
    found = [finding for record in story.records() for finding in detector.see(record)]
    return [*found, *detector.quiet(2_000 * MS)]


@pytest.mark.parametrize(("end", "word"), [("thread.ended", "ended"), ("thread.crashed", "crashed")])
def test_a_lock_that_its_holder_took_along_is_told(end: str, word: str) -> None:
    story = Story()
    main, one, two = story.begin("one", "two")
    vault = story.object("vault")
    story.event(1, "lock.acquired", one, vault, line=4).event(2, end, one).event(3, "lock.blocked", two, vault, line=8)
    story.event(4, "thread.joining", main, story.object("two", "Thread"))
    (finding,) = judged(story)
    assert finding.title == f"Forgotten release: one {word} with vault, which two needs"
    assert finding.story == (f"one took vault (line 4) and {word} without giving it back.", "two waits for vault (line 8).",
                             "Nobody is left to give it back.")
    assert "`with`" in finding.fix


def test_a_permit_that_was_never_given_back_is_told() -> None:
    story = Story()
    main, one, two = story.begin("one", "two")
    ink = story.object("ink", "Semaphore")
    story.event(1, "semaphore.acquired", one, ink, line=4).event(2, "thread.ended", one).event(3, "semaphore.blocked", two, ink, line=8)
    story.event(4, "thread.joining", main, story.object("two", "Thread"))
    (finding,) = judged(story)
    assert finding.title == "Forgotten release: one ended with a permit of ink, which two needs"


def test_a_semaphore_that_others_release_is_a_signal() -> None:
    story = Story()
    main, one, two = story.begin("one", "two")
    signal = story.object("signal", "Semaphore")
    story.event(1, "semaphore.released", main, signal).event(2, "semaphore.acquired", one, signal).event(3, "thread.ended", one)
    story.event(4, "semaphore.blocked", two, signal).event(5, "thread.joining", main, story.object("two", "Thread"))
    assert not judged(story)


def test_while_somebody_may_still_release_it_nothing_is_told() -> None:
    story = Story()
    _main, one, two = story.begin("one", "two")
    vault = story.object("vault")
    story.event(1, "lock.acquired", one, vault).event(2, "thread.ended", one).event(3, "lock.blocked", two, vault)
    assert not judged(story)
