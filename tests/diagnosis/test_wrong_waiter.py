"""A notify that woke one who had no use for it is told, with who was passed over; one that was of use is not blamed."""

from __future__ import annotations

import pytest

from playground.diagnosis.stuck import StuckThreads
from playground.diagnosis.wrong_waiter import WrongWaiter
from playground.model.finding import Finding
from playground.model.spec import RunSpec
from tests.diagnosis.controlled import findings
from tests.story import MS, Story


def judged(story: Story) -> list[Finding]:
    detector = StuckThreads(RunSpec(source="pass"), (WrongWaiter,))
    found = [finding for record in story.records() for finding in detector.see(record)]
    return [*found, *detector.quiet(2_000 * MS)]


def woken_in_vain(*, asked: int = 1, before: str = "", cond: str = "bell") -> Story:
    """The setter notifies while both wait; the reader wakes (after `before` had the lock) and waits again."""
    story = Story()
    main, reader, writer, setter, other = story.begin("reader", "writer", "setter", "other")
    condition = story.object(cond, "Condition")
    for at, thread, line in ((1, reader, 9), (2, writer, 19)):
        story.event(at, "lock.acquired", thread, condition).event(at, "condition.waiting", thread, condition, line=line)
    story.event(3, "lock.acquired", setter, condition).event(4, "condition.notified", setter, condition, line=25, value=asked)
    story.event(5, "lock.released", setter, condition).event(6, "thread.ended", setter)
    if before:
        story.event(7, "lock.acquired", other, condition).event(7, "lock.released", other, condition)
    story.event(8, "thread.ended", other)
    for at, thread in ((9, reader), (10, writer))[:asked]:
        story.event(at, "condition.woken", thread, condition).event(at, "condition.waiting", thread, condition, line=9)
    return story.event(11, "thread.joining", main, story.object("reader", "Thread"))


@pytest.mark.parametrize("name", ["bell", "door"])
def test_who_was_woken_and_who_was_not_is_told(name: str) -> None:
    (finding,) = judged(woken_in_vain(cond=name))
    assert finding.title == f"Lost wake-up: setter notified {name}, which woke reader and not writer"
    assert finding.story == (f"setter notified {name} (line 25) while reader and writer waited on it: that woke reader only.",
                             "reader tested what it waits for and waited again (line 9).", "writer was not woken and waits still (line 19).",
                             f"Nobody is left to notify {name}.")
    assert finding.fix.startswith("Use notify_all(), or give each thing that is waited for a Condition of its own")
    assert (finding.kind, finding.threads, len(finding.steps)) == ("lost_wakeup", (3, 1, 2), 3)


def test_a_notify_of_all_passes_nobody_over() -> None:
    assert not judged(woken_in_vain(asked=2))


def test_what_another_took_before_the_woken_came_is_not_the_notifys_fault() -> None:
    assert not judged(woken_in_vain(before="other"))


def test_thinned_events_prove_nothing() -> None:
    story = woken_in_vain()
    story.gap(0, 12, {"condition": 3})
    assert not judged(story)


HEAD = """import threading
bell = threading.Condition()
"""
FLAG = HEAD + """
closed = False
def worker():
    with bell:
        while not closed: bell.wait()
workers = [threading.Thread(target=worker) for _ in range(2)]
for thread in workers: thread.start()
with bell:
    closed = True
    bell.notify()
for thread in workers: thread.join()
"""
ITEM = HEAD + """
items = []
def eater():
    with bell:
        while not items: bell.wait()
        items.pop()
eaters = [threading.Thread(target=eater) for _ in range(2)]
for thread in eaters: thread.start()
with bell:
    items.append(1)
    bell.notify()
for thread in eaters: thread.join()
"""
ROOM = HEAD + """
items = []
def put(number):
    with bell:
        while items: bell.wait()
        items.append(number)
        bell.notify()
def get():
    with bell:
        while not items: bell.wait()
        items.pop()
        bell.notify()
threads = [threading.Thread(target=get) for _ in range(2)] + [threading.Thread(target=put, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def told(source: str) -> list[list[str]]:
    """Of each run that came to a standstill, the titles of its wake-ups that were lost."""
    return [[finding.title for finding in each if finding.kind == "lost_wakeup"] for outcome, each in findings(source, 12)
            if outcome.verdict == "deadlock"]


def test_a_flag_that_one_alone_was_told_of_is_there_for_the_others() -> None:
    titles = told(FLAG)
    assert titles
    assert all(title.startswith("Lost wake-up: main notified bell, which woke worker-") for (title,) in titles)


def test_a_consumer_woken_instead_of_a_producer_is_told() -> None:
    titles = [title for titles in told(ROOM) for title in titles]
    assert any(title.startswith("Lost wake-up: get-") and "which woke get-" in title and "and not put-" in title for title in titles)


def test_an_item_too_few_is_not_the_notifys_fault() -> None:
    titles = told(ITEM)
    assert titles
    assert not any("which woke" in title for each in titles for title in each)
