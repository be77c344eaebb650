"""Whoever never gets a turn is named; a run that ends by itself starved nobody."""

from __future__ import annotations

from playground.diagnosis.starvation import OVERTAKEN, STEPS, Starvation
from playground.model.finding import Finding
from playground.model.spec import RunSpec
from tests.diagnosis.steps import Steps, judged
from tests.story import Story


def free(story: Story) -> list[Finding]:
    detector = Starvation(RunSpec(source="pass"))
    return [finding for record in story.records() for finding in detector.see(record)]


def hog(story: Story, *, rounds: int, every_ms: float, waits_first: bool = True) -> None:
    """The second thread waits for the lock; the first one takes it again and again."""
    lock = story.object("door")
    story.event(1, "lock.acquired", 1, lock)
    if waits_first:
        story.event(2, "lock.blocked", 2, lock, line=7)
    for number in range(rounds):
        story.event(3 + number * every_ms, "lock.released", 1, lock)
        story.event(3 + number * every_ms + 0.1, "lock.acquired", 1, lock)


def test_a_waiter_overtaken_again_and_again_is_told_once() -> None:
    story = Story()
    story.begin("greedy", "patient")
    hog(story, rounds=OVERTAKEN * 2, every_ms=20)
    (finding,) = free(story)
    assert finding.title == f"Starvation: patient waits for door while others take it {OVERTAKEN} times"
    assert "greedy came later and took it" in finding.story[1]
    assert finding.threads == (2, 1)


def test_a_short_wait_is_no_starvation() -> None:
    story = Story()
    story.begin("greedy", "patient")
    hog(story, rounds=OVERTAKEN * 2, every_ms=1)
    assert not free(story)


def test_a_queue_that_is_served_in_its_order_starves_nobody() -> None:
    story = Story()
    threads = story.begin(*[f"guest-{number}" for number in range(130)])[1:]
    door = story.object("door")
    for number, thread in enumerate(threads):
        story.event(1 + number / 1000, "lock.blocked", thread, door)
    for number, thread in enumerate(threads):
        story.event(10 + number * 20, "lock.acquired", thread, door).event(20 + number * 20, "lock.released", thread, door)
    assert not free(story)


def turns(steps: int, *, over: bool, ended: bool = False) -> list[Finding]:
    story = Story()
    story.begin("spinner", "reader")
    if ended:
        story.event(9, "thread.ended", 2)
    row = Steps()
    for _ in range(steps):
        row.step(1, "read", "x", ready=(1, 2))
    return judged(Starvation, story, row.over() if over else row)


def test_a_thread_that_was_ready_to_the_last_and_never_chosen_is_told() -> None:
    (finding,) = turns(STEPS, over=False)
    assert finding.title == "Starvation: reader was ready 1,000 times and never chosen"
    assert "spinner 1,000 times" in finding.story[1]
    assert not finding.certain


def test_a_run_that_came_to_its_end_starved_nobody() -> None:
    assert not turns(STEPS, over=True)
    assert not turns(STEPS, over=False, ended=True)
    assert not turns(STEPS - 1, over=False)
