"""Opposite orders of locks are told although nothing went wrong; where something keeps them apart they are not."""

from __future__ import annotations

import tracemalloc

import pytest

from playground.diagnosis.lock_order import LockOrder
from playground.diagnosis.locks_held import MOST_HELD, MOST_THREADS
from playground.model.finding import Finding
from playground.model.spec import RunSpec
from tests.story import Story


def judged(story: Story, *, source: str = "") -> list[Finding]:
    detector = LockOrder(RunSpec(source=source or "pass"))
    found = [finding for record in story.records() for finding in detector.see(record)]
    return [*found, *detector.end(10**10)]


def nest(story: Story, at: float, thread: int, *locks: int, line: int = 10) -> None:
    """The thread takes these locks one within the other and gives them back."""
    for number, lock in enumerate(locks):
        story.event(at + number / 100, "lock.acquired", thread, lock, line=line + number, value=1)
    for number, lock in enumerate(reversed(locks)):
        story.event(at + 0.5 + number / 100, "lock.released", thread, lock)


def two(*names: str) -> tuple[Story, list[int], list[int]]:
    story = Story()
    threads = story.begin("forth", "back")
    return story, threads, [story.object(name) for name in names or ("left", "right")]


def test_opposite_orders_are_told_as_possible() -> None:
    story, (_, forth, back), (left, right) = two()
    nest(story, 1, forth, left, right)
    nest(story, 2, back, right, left, line=20)
    (finding,) = judged(story)
    assert finding.title == "Possible deadlock: forth and back take left and right in opposite orders"
    assert finding.story[:2] == ("forth took left and, holding it, right (lines 10 and 11).",
                                 "back took right and, holding it, left (lines 20 and 21).")
    assert not finding.certain
    assert finding.fix == "Let every thread take the two locks in the same order."
    assert len(finding.steps) == 4


def test_a_circle_of_three_is_told() -> None:
    story = Story()
    threads = story.begin("a", "b", "c")[1:]
    forks = [story.object(f"fork[{number}]") for number in range(3)]
    for seat, thread in enumerate(threads):
        nest(story, seat + 1, thread, forks[seat], forks[(seat + 1) % 3])
    (finding,) = judged(story)
    assert finding.title == "Possible deadlock: a, b and c take fork[0], fork[1] and fork[2] in a circle"


def test_a_gate_keeps_them_apart() -> None:
    story, (_, forth, back), (left, right, gate) = two("left", "right", "gate")
    nest(story, 1, forth, gate, left, right)
    nest(story, 2, back, gate, right, left)
    assert not judged(story)


def test_one_thread_alone_does_not_meet_itself() -> None:
    story, (_, forth, _), (left, right) = two()
    nest(story, 1, forth, left, right)
    nest(story, 2, forth, right, left)
    assert not judged(story)


def test_a_thread_started_after_the_other_was_joined_does_not_meet_it() -> None:
    story = Story()
    main, forth = story.begin("forth")
    left, right = story.object("left"), story.object("right")
    nest(story, 1, forth, left, right)
    story.event(2, "thread.ended", forth)
    back = story.thread("back", parent=main)
    story.event(3, "thread.created", back).event(3, "thread.began", back)
    nest(story, 4, back, right, left)
    assert not judged(story)


def test_an_event_keeps_them_apart() -> None:
    story, (_, forth, back), (left, right) = two()
    done = story.object("done", "Event")
    nest(story, 1, forth, left, right)
    story.event(2, "event.set", forth, done)
    nest(story, 3, back, right, left)
    assert not judged(story)


def test_an_acquire_that_may_give_up_holds_nobody_for_ever() -> None:
    story, (_, forth, back), (left, right) = two()
    nest(story, 1, forth, left, right, line=1)
    nest(story, 2, back, right, left, line=3)
    source = "with left:\n  with right: pass\nwith right:\n  if left.acquire(timeout=1):\n    left.release()\n"
    assert not judged(story, source=source)
    assert judged(story, source=source.replace("timeout=1", ""))


def test_what_is_stuck_is_told_as_a_deadlock_only() -> None:
    story, (_, forth, back), (left, right) = two()
    nest(story, 1, forth, left, right)
    nest(story, 2, back, right, left)
    story.event(3, "lock.acquired", forth, left).event(3, "lock.acquired", back, right)
    story.event(4, "lock.blocked", forth, right).event(4, "lock.blocked", back, left)
    assert not judged(story)


def test_a_lock_that_stands_for_a_state_makes_no_order() -> None:
    """The first reader locks the writers out under the mutex, the last one lets them in again, under the mutex too."""
    story, threads, (mutex, writing) = two("mutex", "writing")
    for at, reader in enumerate(threads[1:], 1):
        story.event(at, "lock.acquired", reader, mutex, line=10).event(at + 0.1, "lock.acquired", reader, writing, line=11)
        story.event(at + 0.2, "lock.released", reader, mutex).event(at + 0.3, "lock.acquired", reader, mutex, line=14)
        story.event(at + 0.4, "lock.released", reader, writing).event(at + 0.5, "lock.released", reader, mutex)
    assert not judged(story)


def test_a_gap_forgets_who_held_what() -> None:
    story, (_, forth, back), (left, right) = two()
    story.event(1, "lock.acquired", forth, left, line=10)
    story.gap(1, 2, {"lock": 10}, objects=[left])
    story.event(3, "lock.acquired", forth, right, line=11)
    nest(story, 4, back, right, left)
    assert not judged(story)


def test_a_lock_that_another_thread_let_go_of_keeps_them_apart() -> None:
    """Who takes a lock that serves as a signal comes after the thread that gave it."""
    story, (main, forth, back), (left, right, signal) = two("left", "right", "signal")
    story.event(0.5, "lock.acquired", main, signal, value=1)
    nest(story, 1, forth, left, right)
    story.event(2, "lock.released", forth, signal).event(2.5, "lock.acquired", back, signal, value=1)
    nest(story, 3, back, right, left)
    assert not judged(story)


def test_a_lock_that_its_holder_let_go_of_does_not() -> None:
    story, (_, forth, back), (left, right, other) = two("left", "right", "other")
    nest(story, 1, forth, left, right)
    nest(story, 2, forth, other)
    nest(story, 3, back, other)
    nest(story, 4, back, right, left)
    assert judged(story)


def test_what_an_event_loop_may_have_ordered_is_not_told() -> None:
    story, (_, forth, back), (left, right) = two()
    nest(story, 1, forth, left, right)
    nest(story, 2, back, right, left)
    assert not judged(story, source="import asyncio")


def test_opposite_orders_under_another_lock_of_ones_own_are_told() -> None:
    story, (_, forth, back), (left, right, one, other) = two("left", "right", "one", "other")
    nest(story, 1, forth, one, left, right)
    nest(story, 2, back, other, right, left)
    assert len(judged(story)) == 1


def memory_mb(story: Story) -> float:
    """The most memory that judging this took."""
    records = story.records()
    detector = LockOrder(RunSpec(source="pass"))
    tracemalloc.start()
    for record in records:
        detector.see(record)
    detector.end(10**12)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


@pytest.mark.parametrize("first_out", [True, False], ids=["first taken first given", "last taken first given"])
def test_hundreds_of_locks_held_at_once_take_little_memory(first_out: bool) -> None:
    story = Story()
    (main,) = story.begin()
    locks = [story.object(f"lock[{number}]") for number in range(250)]
    for number, lock in enumerate(locks):
        story.event(1 + number, "lock.acquired", main, lock, value=1)
    for number, lock in enumerate(locks if first_out else locks[::-1]):
        story.event(300 + number, "lock.released", main, lock)
    assert memory_mb(story) < 10


def test_hundreds_of_threads_with_nested_locks_take_little_memory() -> None:
    story = Story()
    main, *_ = story.begin()
    left, right = story.object("left"), story.object("right")
    for number in range(1_500):
        thread = story.thread(f"short-{number}", parent=main)
        story.event(2 + number, "thread.created", thread).event(2 + number, "thread.began", thread)
        nest(story, 2.1 + number, thread, left, right)
        story.event(2.9 + number, "thread.ended", thread)
    assert memory_mb(story) < 20


def test_opposite_orders_beside_many_locks_held_at_once_are_told() -> None:
    story, (main, forth, back), (left, right) = two()
    for number in range(MOST_HELD + 10):
        story.event(0.1, "lock.acquired", main, story.object(f"lock[{number}]"), value=1)
    nest(story, 1, forth, left, right)
    nest(story, 2, back, right, left)
    assert len(judged(story)) == 1


def test_a_gate_taken_beyond_the_most_locks_at_once_keeps_them_apart() -> None:
    story, (_, forth, back), (left, right, gate) = two("left", "right", "gate")
    many = [story.object(f"lock[{number}]") for number in range(MOST_HELD)]
    for lock in [*many, gate]:
        story.event(0.1, "lock.acquired", forth, lock, value=1)
    for lock in many:
        story.event(0.2, "lock.released", forth, lock)
    nest(story, 1, forth, left, right)
    nest(story, 2, back, gate, right, left)
    assert not judged(story)


@pytest.mark.parametrize("handed_over", [True, False])
def test_an_order_through_threads_beyond_those_that_are_followed_still_holds(handed_over: bool) -> None:
    story = Story()
    _, back, thread = story.begin("back", "forth")
    left, right, outer, inner = (story.object(name) for name in ("left", "right", "outer", "inner"))
    permit = story.object("permit", "Semaphore")
    nest(story, 1, back, outer, inner)
    nest(story, 2, thread, left, right)
    for number in range(MOST_THREADS + 10):
        thread = story.thread(f"next-{number}", parent=thread)
        story.event(3 + number, "thread.created", thread).event(3 + number, "thread.began", thread)
        nest(story, 3.1 + number, thread, outer, inner)
    if handed_over:
        story.event(500, "semaphore.released", thread, permit).event(501, "semaphore.acquired", back, permit)
    nest(story, 502, back, right, left)
    assert bool(judged(story)) is not handed_over


@pytest.mark.parametrize("most", [1, 2])
def test_nestings_beyond_the_most_of_a_run_are_given_up(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.diagnosis.locks_held.MOST_NESTINGS", most)
    story, (_, forth, back), (left, right) = two()
    nest(story, 1, forth, left, right)
    nest(story, 2, back, right, left)
    assert len(judged(story)) == most - 1
