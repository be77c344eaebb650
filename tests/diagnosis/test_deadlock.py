"""Deadlocks are found with the program's own names, as soon as they are certain; programs that go on are never accused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diagnosis.deadlock import Deadlock
from playground.diagnosis.standstill import CONFIRM_NS, POSSIBLE_NS
from playground.diagnosis.stuck import StuckThreads
from playground.diagnosis.words import FIXES, NOBODY_LEFT, WAIT_WORDS
from playground.model.event import KIND_ID, ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Output
from playground.model.spec import RunSpec
from playground.sampling import HOLDS_GIL
from tests.story import MS, Story, sample

S = ThreadState
COULD_RELEASE = "a.release()"


def judged(story: Story, *, quiet_ms: float = 1000, source: str = "pass", samples: bytes = b"") -> list[Finding]:
    detector = StuckThreads(RunSpec(source=source), (Deadlock,))
    found = [finding for record in story.records(samples) for finding in detector.see(record)]
    return [*found, *detector.quiet(int(quiet_ms * MS)), *detector.end(int(quiet_ms * MS))]


def two_transfers(*, joined: bool = True, primitive: str = "Lock") -> Story:
    story = Story()
    main, there, back = story.begin("transfer-1", "transfer-2")
    a, b = story.object("a.lock", primitive), story.object("b.lock", primitive)
    story.event(1, "lock.acquired", there, a).event(2, "lock.acquired", back, b)
    story.event(3, "lock.blocked", there, b, line=12).event(4, "lock.blocked", back, a, line=12)
    if joined:
        story.event(5, "thread.joining", main, story.object("transfer-1", "Thread"), line=30)
    return story


def test_a_cycle_of_locks_is_told_with_names_and_lines() -> None:
    (finding,) = judged(two_transfers())
    assert finding.title == "Deadlock: transfer-1 and transfer-2 wait for each other"
    assert finding.story[:3] == ("transfer-1 holds a.lock and waits for b.lock (line 12).",
                                 "transfer-2 holds b.lock and waits for a.lock (line 12).", "Neither can go on.")
    assert finding.threads == (1, 2, 0)
    assert finding.certain
    assert finding.possible_on == PossibleOn(gil=True, free_threaded=True)
    assert finding.fix == "Let every thread take the two locks in the same order."
    assert len(finding.steps) == 5


def test_it_is_told_once_and_not_before_it_is_certain() -> None:
    detector = StuckThreads(RunSpec(source=COULD_RELEASE), (Deadlock,))
    for record in two_transfers().records():
        assert not detector.see(record)
    assert not detector.quiet(5 * MS + CONFIRM_NS - 1)
    assert len(detector.quiet(5 * MS + CONFIRM_NS)) == 1
    assert not detector.quiet(5 * MS + 2 * CONFIRM_NS)


def test_a_cycle_of_plain_locks_beside_a_running_thread_that_could_release_them_is_only_possible() -> None:
    (finding,) = judged(two_transfers(joined=False), source=COULD_RELEASE)
    assert not finding.certain
    assert finding.title.startswith("Possible deadlock")
    assert finding.threads == (1, 2)


@pytest.mark.parametrize(("primitive", "source"), [("RLock", COULD_RELEASE), ("Lock", "with a: pass")])
def test_a_cycle_that_nobody_else_could_open_is_certain_whoever_else_runs(primitive: str, source: str) -> None:
    (finding,) = judged(two_transfers(joined=False, primitive=primitive), source=source)
    assert finding.certain


def test_a_wait_for_a_lock_that_was_let_go_of_is_no_deadlock() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("gate")
    story.event(1, "lock.held", one, lock).event(2, "lock.blocked", main, lock).event(3, "lock.released", one, lock).event(4, "thread.ended", one)
    assert judged(story) == []


def test_after_a_threads_end_a_standstill_needs_half_a_second_of_silence() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(1, "lock.blocked", main, story.object("gate")).event(700, "thread.ended", one)
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    assert not [finding for record in story.records() for finding in detector.see(record)]
    assert not detector.quiet(700 * MS + POSSIBLE_NS - 1)
    assert detector.quiet(700 * MS + POSSIBLE_NS)


def test_who_prints_waits_no_more() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(1, "lock.blocked", main, story.object("gate")).event(2, "thread.ended", one)
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    for record in story.records():
        detector.see(record)
    detector.see(Output(3 * MS, main, 1, "went on"))
    assert not detector.quiet(5_000 * MS)


@pytest.mark.parametrize("printed_ms", [0.5, 1], ids=["before", "at the same time"])
def test_who_printed_before_it_waited_waits_though_its_text_is_told_later(printed_ms: float) -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(1, "lock.blocked", main, story.object("gate")).event(2, "thread.ended", one)
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    for record in story.records():
        detector.see(record)
    detector.see(Output(int(printed_ms * MS), main, 1, "about to wait"))
    assert detector.quiet(5_000 * MS)


def test_a_lock_that_was_found_held_makes_a_cycle() -> None:
    story = Story()
    main, one = story.begin("one")
    a, b = story.object("a"), story.object("b")
    story.event(1, "lock.held", main, a).event(1, "lock.held", one, b).event(2, "lock.blocked", main, b).event(2, "lock.blocked", one, a)
    (finding,) = judged(story)
    assert finding.title == "Deadlock: main and one wait for each other"


def test_a_wait_with_a_timeout_is_no_deadlock() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(1, "lock.acquired", main, lock).event(2, "lock.blocked", one, lock, value=500_000)
    story.event(3, "thread.joining", main, story.object("one", "Thread"))
    assert not judged(story)


def test_three_philosophers_are_one_cycle() -> None:
    story = Story()
    seats = story.begin("eat-1", "eat-2", "eat-3")[1:]
    forks = [story.object(f"fork[{number}]") for number in range(3)]
    for place, seat in enumerate(seats):
        story.event(1 + place, "lock.acquired", seat, forks[place])
    for place, seat in enumerate(seats):
        story.event(5 + place, "lock.blocked", seat, forks[(place + 1) % 3], line=9)
    story.event(9, "thread.joining", 0, story.object("eat-1", "Thread"))
    (finding,) = judged(story)
    assert finding.title == "Deadlock: eat-1, eat-2 and eat-3 wait for each other"
    assert "None of them can go on." in finding.story


def test_a_lost_wake_up_says_that_nobody_is_left_to_notify() -> None:
    story = Story()
    main, waiter, setter = story.begin("waiter-1", "setter-1")
    condition = story.object("cond", "Condition")
    story.event(1, "condition.notified", setter, condition).event(2, "thread.ended", setter)
    story.event(3, "condition.waiting", waiter, condition, line=11).event(4, "thread.joining", main, story.object("waiter-1", "Thread"))
    (finding,) = judged(story)
    assert finding.title == "Deadlock: waiter-1 waits on cond for ever"
    assert "waiter-1 waits on cond (line 11)." in finding.story
    assert "Nobody is left to notify cond." in finding.story
    assert "`while` loop" in finding.fix


def test_two_semaphores_name_the_permits_that_are_held() -> None:
    story = Story()
    main, flyer, poster = story.begin("flyer-1", "poster-1")
    ink, paper = story.object("ink", "Semaphore"), story.object("paper", "Semaphore")
    story.event(1, "semaphore.acquired", flyer, ink).event(2, "semaphore.acquired", poster, paper)
    story.event(3, "semaphore.blocked", flyer, paper, line=10).event(4, "semaphore.blocked", poster, ink, line=18)
    story.event(5, "thread.joining", main, story.object("flyer-1", "Thread"))
    (finding,) = judged(story)
    assert "flyer-1 holds a permit of ink and waits for a permit of paper (line 10)." in finding.story


def test_a_lock_taken_twice_by_one_thread_is_named_as_such() -> None:
    story = Story()
    (main,) = story.begin()
    lock = story.object("lock")
    story.event(1, "lock.acquired", main, lock).event(2, "lock.blocked", main, lock, line=5)
    (finding,) = judged(story)
    assert finding.story[0] == "main waits for lock, which it holds itself (line 5)."
    assert "RLock" in finding.fix


def test_a_lock_used_as_a_signal_is_no_deadlock_while_somebody_can_release_it() -> None:
    """`_thread` programs wait for a thread's end by taking a lock twice; the thread releases it."""
    story = Story()
    main, _one = story.begin("one")
    done = story.object("done")
    story.event(1, "lock.acquired", main, done).event(2, "lock.blocked", main, done)
    assert not judged(story)


def test_a_holder_that_ended_is_named() -> None:
    story = Story()
    main, one, two = story.begin("one", "two")
    lock = story.object("lock")
    story.event(1, "lock.acquired", one, lock).event(2, "thread.ended", one).event(3, "lock.blocked", two, lock, line=8)
    story.event(4, "thread.joining", main, story.object("two", "Thread"))
    (finding,) = judged(story)
    assert "one ended without letting go of lock." in finding.story


def test_a_program_that_can_be_woken_by_a_signal_is_not_accused() -> None:
    story = Story()
    (main,) = story.begin()
    story.event(1, "event.waiting", main, story.object("flag", "Event"))
    assert judged(story)
    assert not judged(story, source="import signal\nsignal.alarm(2)\n")


def test_thinned_events_make_it_only_possible() -> None:
    story = two_transfers()
    story.gap(0, 6, {"lock": 40}, objects=[1, 2])
    assert [finding.certain for finding in judged(story)] == [False]


def test_thinned_lines_change_nothing() -> None:
    story = two_transfers()
    story.gap(0, 6, {"line": 4000})
    assert [finding.certain for finding in judged(story)] == [True]


def test_a_thread_that_reached_a_line_waits_no_more_though_its_end_of_wait_was_not_recorded() -> None:
    story = two_transfers()
    story.event(6, "line", 1, line=13)
    assert not judged(story)


def test_a_wait_that_the_sampler_doubts_is_no_deadlock_until_it_settles() -> None:
    story = two_transfers()
    story.event(40, "line.seen", 0, line=1)
    samples = sample(10, 101, S.RUNNING, HOLDS_GIL)
    assert not judged(story, samples=samples)
    assert judged(story, samples=samples + sample(20, 101, S.BLOCKED, 2))


@pytest.mark.parametrize("timed", [True, False])
def test_a_wait_at_a_barrier_is_a_deadlock_unless_it_is_noted_as_timed(timed: bool) -> None:
    story = Story()
    (main,) = story.begin()
    note = story.text("timed") if timed else 0
    story.event(1, "barrier.waiting", main, story.object("gate", "Barrier", capacity=3), value=1, note=note)
    assert bool(judged(story)) is not timed


def test_a_thread_not_yet_running_may_still_free_the_others() -> None:
    story = Story()
    (main,) = story.begin()
    helper = story.thread("helper")
    story.event(1, "thread.created", helper).event(2, "event.waiting", main, story.object("flag", "Event"))
    assert not judged(story)


def test_main_in_a_loop_of_lines_is_alive() -> None:
    story = Story()
    main, one = story.thread("main", tid=100), story.thread("one", tid=101)
    story.event(0, "line", main, line=1).event(1, "thread.began", one, value=101)
    story.event(2, "event.waiting", one, story.object("flag", "Event"))
    assert not judged(story)


def test_threads_that_another_has_just_set_free_are_not_stuck() -> None:
    story = Story()
    main, one, two = story.begin("one", "two")
    lock = story.object("lock")
    story.event(1, "lock.acquired", one, lock).event(2, "lock.blocked", two, lock).event(3, "thread.joining", main, story.object("one", "Thread"))
    story.event(200, "lock.released", one, lock).event(200, "thread.ended", one)
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    assert not [finding for record in story.records() for finding in detector.see(record)]
    assert not detector.quiet(200 * MS + POSSIBLE_NS)


@pytest.mark.parametrize("kind", ["event.set", "condition.notified", "queue.put", "semaphore.released"])
def test_nor_is_who_waits_for_a_thing_to_which_something_was_done(kind: str) -> None:
    story = Story()
    main, helper = story.begin("helper")
    thing = story.object("thing")
    wait = next(each for each in sorted(WAIT_WORDS) if each.split(".")[0] == kind.split(".")[0])
    story.event(1, wait, main, thing).event(200, kind, helper, thing).event(201, "event.waiting", helper, story.object("other", "Event"))
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    assert not [finding for record in story.records() for finding in detector.see(record)]
    assert not detector.quiet(200 * MS + POSSIBLE_NS - 1)
    assert detector.quiet(200 * MS + POSSIBLE_NS)


def test_the_last_workers_of_a_pool_that_is_shut_down_are_not_stuck() -> None:
    story = Story()
    main, one, two = story.begin("p-1", "p-2")
    pool = story.object("p", "ThreadPoolExecutor")
    story.event(1, "pool.idle", one, pool).event(1, "pool.idle", two, pool)
    story.event(200, "thread.ended", one).event(200, "thread.joining", main, story.object("p-2", "Thread"))
    detector = StuckThreads(RunSpec(source="pass"), (Deadlock,))
    assert not [finding for record in story.records() for finding in detector.see(record)]
    assert not detector.quiet(200 * MS + POSSIBLE_NS - 1)


@pytest.mark.parametrize("joining_first", [True, False])
def test_who_joins_a_thread_that_has_ended_goes_on_however_slow_the_machine_is(joining_first: bool) -> None:
    """CPython lets a join go on only when the thread's last objects are gone, which may take as long as their `__del__` likes."""
    story = Story()
    main, one = story.begin("one")
    thread = story.object("one", "Thread")
    story.event(2, "thread.joining", main, thread).event(3 if joining_first else 1, "thread.ended", one, thread)
    assert not judged(story, quiet_ms=5_000)


def test_every_wait_has_its_words() -> None:
    assert WAIT_WORDS.keys() <= KIND_ID.keys()
    assert NOBODY_LEFT.keys() <= WAIT_WORDS.keys()
    assert {kind for kind, _ in FIXES} <= WAIT_WORDS.keys()


@pytest.mark.parametrize("kind", sorted(WAIT_WORDS))
def test_every_kind_of_wait_can_be_a_standstill(kind: str) -> None:
    story = Story()
    (main,) = story.begin()
    story.event(1, kind, main, story.object("thing", "Event"), line=4)
    (finding,) = judged(story)
    assert "thing" in finding.story[0]
    assert finding.title.startswith("Deadlock")


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_programs_that_take_locks_in_one_order_are_never_accused(data: st.DataObject) -> None:
    """A simulated scheduler runs threads that take nested locks in rising order: whatever the order of steps, nobody is accused."""
    count, locks = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 3))
    story = Story()
    main, *workers = story.begin(*[f"worker-{number}" for number in range(count)])
    objects = [story.object(f"lock{number}") for number in range(locks)]
    rising = st.lists(st.sampled_from(range(locks)), min_size=1, unique=True).map(sorted)
    plans = {worker: data.draw(st.lists(rising, max_size=3)) for worker in workers}
    steps = {worker: [(what, lock) for plan in plans[worker] for what, lock in [*[("take", lock) for lock in plan],
                                                                            *[("give", lock) for lock in reversed(plan)]]] for worker in workers}
    owner: dict[int, int] = {}
    waiting: dict[int, int] = {}
    at = 1.0
    while any(steps.values()):
        ready = [worker for worker in workers if steps[worker] and not (worker in waiting and waiting[worker] in owner)]
        worker = data.draw(st.sampled_from(ready))
        what, lock = steps[worker][0]
        at += data.draw(st.sampled_from([0.1, 30.0, 100.0]))
        if what == "give":
            story.event(at, "lock.released", worker, objects[lock])
            del owner[lock]
        elif lock in owner:
            story.event(at, "lock.blocked", worker, objects[lock])
            waiting[worker] = lock
            continue
        else:
            story.event(at, "lock.acquired", worker, objects[lock], value=1)
            waiting.pop(worker, None)
            owner[lock] = worker
        steps[worker].pop(0)
    for worker in workers:
        story.event(at + 1, "thread.ended", worker)
    story.event(at + 2, "thread.ended", main)
    assert not judged(story, quiet_ms=at + 1000)
