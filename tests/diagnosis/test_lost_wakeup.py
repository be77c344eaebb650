"""A wake-up that came too early is told with both its moments, and only where nobody is left to repeat it."""

from __future__ import annotations

from playground.diagnosis.lost_wakeup import LostWakeup
from playground.diagnosis.stuck import StuckThreads
from playground.model.finding import Finding
from playground.model.spec import RunSpec
from tests.story import MS, Story


def judged(story: Story) -> list[Finding]:
    detector = StuckThreads(RunSpec(source="pass"), (LostWakeup,))
    found = [finding for record in story.records() for finding in detector.see(record)]
    return [*found, *detector.quiet(2_000 * MS)]


def early_notify(*, cond: str = "cond") -> Story:
    story = Story()
    main, waiter, setter = story.begin("waiter-1", "setter-1")
    condition = story.object(cond, "Condition")
    story.event(1, "lock.acquired", setter, condition).event(2, "condition.notified", setter, condition, line=19)
    story.event(3, "lock.released", setter, condition).event(4, "thread.ended", setter)
    story.event(5, "lock.acquired", waiter, condition).event(6, "condition.waiting", waiter, condition, line=11)
    return story.event(7, "thread.joining", main, story.object("waiter-1", "Thread"))


def test_a_notify_before_the_wait_is_told() -> None:
    (finding,) = judged(early_notify(cond="bell"))
    assert finding.title == "Lost wake-up: waiter-1 began to wait for bell after it was notified"
    assert finding.story == ("setter-1 notified bell (line 19); nobody was waiting.", "waiter-1 began to wait on bell only after that (line 11).",
                             "Nobody is left to notify bell.")
    assert finding.threads == (2, 1)
    assert len(finding.steps) == 2


def test_a_notify_that_somebody_heard_is_not_lost() -> None:
    story = Story()
    main, waiter, setter = story.begin("waiter-1", "setter-1")
    condition = story.object("cond", "Condition")
    story.event(1, "lock.acquired", waiter, condition).event(2, "condition.waiting", waiter, condition)
    story.event(3, "condition.notified", setter, condition).event(4, "condition.woken", waiter, condition)
    story.event(5, "thread.ended", setter).event(6, "condition.waiting", waiter, condition)
    story.event(7, "thread.joining", main, story.object("waiter-1", "Thread"))
    assert not judged(story)


def test_whoever_took_the_lock_between_may_have_had_what_it_was_about() -> None:
    story = Story()
    main, waiter, setter, other = story.begin("waiter-1", "setter-1", "other-1")
    condition = story.object("cond", "Condition")
    story.event(1, "lock.acquired", setter, condition).event(2, "condition.notified", setter, condition).event(3, "lock.released", setter, condition)
    story.event(4, "lock.acquired", other, condition).event(5, "lock.released", other, condition)
    story.event(6, "thread.ended", setter).event(6, "thread.ended", other)
    story.event(7, "lock.acquired", waiter, condition).event(8, "condition.waiting", waiter, condition)
    story.event(9, "thread.joining", main, story.object("waiter-1", "Thread"))
    assert not judged(story)


def test_while_somebody_lives_who_may_notify_nothing_is_lost() -> None:
    story = early_notify()
    story.thread("late", tid=777)
    assert not judged(story)


def test_an_event_set_and_cleared_before_the_wait_is_told() -> None:
    story = Story()
    main, waiter, setter = story.begin("waiter-1", "setter-1")
    flag = story.object("flag", "Event")
    story.event(1, "event.set", setter, flag, line=5).event(2, "event.cleared", setter, flag, line=6).event(3, "thread.ended", setter)
    story.event(4, "event.waiting", waiter, flag, line=9).event(5, "thread.joining", main, story.object("waiter-1", "Thread"))
    (finding,) = judged(story)
    assert finding.story == ("setter-1 set flag (line 5); nobody was waiting.", "setter-1 cleared it again (line 6).",
                             "waiter-1 began to wait for flag only after that (line 9).", "Nobody is left to set flag again.")


def test_thinned_events_prove_nothing() -> None:
    story = early_notify()
    story.gap(0, 8, {"condition": 3})
    assert not judged(story)
