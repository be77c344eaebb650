"""Two watchers become one trace: in order, numbered, with causes, and without a word against the recorder."""

from __future__ import annotations

import time
from array import array

from hypothesis import given
from hypothesis import strategies as st

from playground.merger import Merger
from playground.model.event import KIND_ID, NO_CAUSE, SAMPLER, Batch, ThreadState
from playground.model.record import EVENT, Decoder, Facts, ThreadInfo
from playground.sampling import Sample
from tests.story import MS, ORIGIN, Story, rows, sample

S = ThreadState
HAS_GIL, UNTIMED = 1, 2
FAR = ORIGIN + 10**12


def caused(story: Story) -> dict[str, str | None]:
    """Kind of each event that has a cause, to the kind that caused it (of the last such pair)."""
    events = [event for record in story.records() if isinstance(record, Batch) for event in record.events({})]
    return {event.kind: events[event.cause].kind for event in events if event.cause is not None}


def test_a_lock_that_was_waited_for_is_caused_by_its_release() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(1, "lock.acquired", main, lock).event(2, "lock.blocked", one, lock).event(3, "lock.released", main, lock)
    story.event(4, "lock.acquired", one, lock)
    found = rows(story.records())
    assert found[-1] == ("lock.acquired", one, S.RUNNING, 5)
    assert found[5][0] == "lock.released"


def test_a_lock_taken_without_waiting_has_no_cause() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(1, "lock.acquired", main, lock).event(3, "lock.released", main, lock).event(4, "lock.acquired", one, lock)
    assert rows(story.records())[-1][3] is None


def test_a_notify_before_the_wait_is_no_cause() -> None:
    story = Story()
    main, one = story.begin("one")
    condition = story.object("ready", "Condition")
    story.event(1, "condition.notified", main, condition).event(2, "condition.waiting", one, condition)
    story.event(9, "condition.woken", one, condition)
    assert "condition.woken" not in caused(story)


def test_a_wait_that_timed_out_leaves_nothing_to_the_next_one() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(1, "lock.blocked", one, lock, value=1000).event(2, "lock.released", main, lock).event(3, "lock.refused", one, lock)
    story.event(4, "lock.acquired", one, lock)
    assert "lock.acquired" not in caused(story)


def test_every_wait_of_the_vocabulary_finds_its_waker() -> None:
    pairs = [("condition.waiting", "condition.notified", "condition.woken"), ("semaphore.blocked", "semaphore.released", "semaphore.acquired"),
             ("event.waiting", "event.set", "event.woken"), ("barrier.waiting", "barrier.tripped", "barrier.passed"),
             ("queue.put_blocked", "queue.got", "queue.put"), ("queue.get_blocked", "queue.put", "queue.got"),
             ("thread.joining", "thread.ended", "thread.joined"), ("thread.joining", "thread.crashed", "thread.joined"),
             ("queue.joining", "queue.task_done", "queue.joined"), ("pool.idle", "pool.submitted", "pool.task_began"),
             ("future.waiting", "future.set", "future.resolved"), ("timer.waiting", "timer.cancel", "timer.cancelled")]
    for wait, waker, end in pairs:
        story = Story()
        main, one = story.begin("one")
        thing = story.object("thing", "Event")
        story.event(1, wait, main, thing).event(2, waker, one, thing).event(3, end, main, thing)
        assert caused(story).get(end) == waker, wait


def test_who_is_woken_on_a_condition_was_woken_by_the_notifier_though_it_takes_the_lock_first() -> None:
    story = Story()
    main, one = story.begin("one")
    condition = story.object("ready", "Condition")
    story.event(1, "condition.waiting", one, condition).event(2, "lock.acquired", main, condition).event(3, "condition.notified", main, condition)
    story.event(4, "lock.blocked", one, condition).event(5, "lock.released", main, condition).event(6, "lock.acquired", one, condition)
    story.event(7, "condition.woken", one, condition)
    assert caused(story)["condition.woken"] == "condition.notified"
    assert caused(story)["lock.acquired"] == "lock.released"


def test_a_thread_began_because_it_was_created() -> None:
    story = Story()
    story.begin("one")
    assert caused(story) == {"thread.began": "thread.created"}


def test_the_sampler_adds_that_a_running_thread_waits_for_the_gil() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(20, "line", main, line=3)
    found = rows(story.records(sample(10, 101, S.WAITING_GIL) + sample(15, 101, S.RUNNING)))
    assert found[-3:] == [("sampled", one, S.WAITING_GIL, None), ("sampled", one, S.RUNNING, None), ("line", main, S.RUNNING, None)]


def test_a_thread_that_lives_alone_waits_for_no_gil() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(20, "thread.ended", one)
    story.event(60, "line", main, line=3)
    found = rows(story.records(sample(10, 100, S.WAITING_GIL) + sample(15, 100, S.RUNNING, HAS_GIL) + sample(40, 100, S.WAITING_GIL)))
    assert [row[1:3] for row in found if row[0] == "sampled"] == [(main, S.WAITING_GIL), (main, S.RUNNING)]


def test_nothing_is_sampled_of_a_thread_that_is_over_or_was_never_told_of() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(20, "thread.ended", one)
    story.event(60, "line", main, line=3)
    late = sample(30, 101, S.RUNNING, HAS_GIL, cpu_ms=92)
    assert not [row for row in rows(story.records(late)) if row[0] in ("sampled", "gil.taken")]
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    merger.meet(ThreadInfo(0, 0, "main", False, 100, 0, 0))
    merger.sample([Sample(ORIGIN + MS, 100, S.RUNNING, 0, 92)])
    assert merger.settle(FAR) is None


def test_the_sampler_never_renames_a_recorded_wait() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(5, "lock.blocked", one, lock, line=7).event(50, "line", main, line=3)
    samples = b"".join(sample(at, 101, state, UNTIMED) for at, state in ((10, S.BLOCKED), (12, S.SLEEPING), (14, S.BLOCKED)))
    assert not [row for row in rows(story.records(samples)) if row[0] == "sampled"]


def test_a_wait_that_is_over_but_for_the_gil_is_told_and_its_lock_comes_back_with_it() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(5, "lock.blocked", one, lock, line=7).event(50, "line", main, line=3)
    records = story.records(sample(10, 101, S.WAITING_GIL) + sample(20, 101, S.BLOCKED, UNTIMED))
    seen = [event for record in records if isinstance(record, Batch) for event in record.events({}) if event.kind == "sampled"]
    assert [(event.to, event.obj, event.line) for event in seen] == [(S.WAITING_GIL, 0, 7), (S.BLOCKED, lock, 7)]
    assert {event.source for event in seen} == {SAMPLER}


def test_a_fact_within_a_look_puts_the_look_in_doubt() -> None:
    story = Story()
    main, one = story.begin("one")
    lock = story.object("lock")
    story.event(10, "lock.blocked", one, lock, line=3).event(50, "line", main, line=3)
    assert not [row for row in rows(story.records(sample(9.95, 101, S.RUNNING))) if row[0] == "sampled"]


def test_a_doubt_is_dropped_when_either_watcher_goes_on() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(10, "line", one, line=3).event(12, "line", one, line=4).event(50, "line", main, line=3)
    assert not [row for row in rows(story.records(sample(9.95, 101, S.IO))) if row[0] == "sampled"]


def test_a_thread_that_went_into_a_wait_right_after_a_fact_is_seen_there() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(10, "line", one, line=3).event(50, "line", main, line=3)
    found = rows(story.records(sample(9.95, 101, S.IO)))
    assert ("sampled", one, S.IO, None) in found


def test_the_gil_is_taken_handed_over_and_dropped() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(50, "line", main, line=3)
    samples = (sample(1, 100, S.RUNNING, HAS_GIL) + sample(6, 100, S.WAITING_GIL) + sample(6.3, 101, S.RUNNING, HAS_GIL)
               + sample(11, 101, S.SLEEPING) + sample(20, 100, S.SLEEPING))
    found = [row[:2] for row in rows(story.records(samples)) if row[0].startswith("gil.")]
    assert found == [("gil.taken", main), ("gil.taken", one), ("gil.dropped", one)]


def test_a_thread_on_its_way_to_or_from_the_gil_waits_for_it() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(50, "line", main, line=3)
    samples = (sample(1, 100, S.RUNNING, HAS_GIL) + sample(1, 101, S.WAITING_GIL) + sample(6, 101, S.RUNNING)
               + sample(7, 100, S.RUNNING) + sample(7, 101, S.RUNNING, HAS_GIL) + sample(8, 100, S.WAITING_GIL))
    found = [row[1:3] for row in rows(story.records(samples)) if row[0] == "sampled"]
    assert found == [(one, S.WAITING_GIL), (main, S.WAITING_GIL), (one, S.RUNNING)]
    late = sample(1, 100, S.RUNNING, HAS_GIL) + sample(1, 101, S.WAITING_GIL) + sample(6, 101, S.RUNNING) + sample(30, 101, S.WAITING_GIL)
    assert [row[1:3] for row in rows(story.records(late)) if row[0] == "sampled"] == [(one, S.WAITING_GIL)]


def test_a_thread_that_works_in_c_without_the_gil_runs() -> None:
    story = Story()
    main, one = story.begin("one")
    story.event(50, "line", main, line=3)
    samples = (sample(1, 100, S.RUNNING, HAS_GIL) + sample(1, 101, S.WAITING_GIL) + sample(6, 101, S.RUNNING)
               + sample(30, 101, S.WAITING_GIL, cpu_ms=22))
    found = [row[1:3] for row in rows(story.records(samples)) if row[0] == "sampled"]
    assert found == [(one, S.WAITING_GIL), (one, S.RUNNING), (one, S.WAITING_GIL)]


def test_a_waiting_holder_has_let_go_and_the_sampler_can_say_that_it_is_back() -> None:
    """Readers go by the recorder too, so what the sampler saw is said whenever it differs from that, also where the sampler repeats itself."""
    story = Story()
    main, one = story.begin("one")
    story.event(10, "line", main, line=3)
    story.event(20, "sleep.began", main, line=4, value=5_000)
    story.event(50, "line", main, line=5)
    story.event(51, "line", one, line=7)
    found = [row[:2] for row in rows(story.records(sample(12, 100, S.RUNNING, HAS_GIL) + sample(30, 101, S.RUNNING, HAS_GIL)
                                                   + sample(60, 100, S.RUNNING, HAS_GIL))) if row[0].startswith("gil.")]
    assert found == [("gil.taken", one), ("gil.taken", main)]


def test_a_sleeper_that_is_awake_without_the_gil_is_not_shown_running() -> None:
    for gil, said in ((True, []), (False, [S.RUNNING])):
        story = Story(gil=gil)
        main, = story.begin()
        story.event(10, "sleep.began", main, line=4, value=5_000)
        story.event(90, "sleep.ended", main, line=4)
        found = [row[2] for row in rows(story.records(sample(15, 100, S.SLEEPING) + sample(50, 100, S.RUNNING))) if row[0] == "sampled"]
        assert found == said


def test_a_build_without_a_gil_has_no_holder() -> None:
    story = Story(gil=False)
    main, _ = story.begin("one")
    story.event(50, "line", main, line=3)
    assert not [row for row in rows(story.records(sample(1, 100, S.RUNNING, HAS_GIL))) if row[0].startswith("gil.")]


def test_samples_of_unknown_threads_say_nothing() -> None:
    story = Story()
    main, = story.begin()
    story.event(50, "line", main, line=3)
    assert not [row for row in rows(story.records(sample(1, 999, S.IO) + sample(2, 999, 0))) if row[0] == "sampled"]


def test_a_late_fact_takes_the_time_of_the_event_before_it() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    merger.meet(ThreadInfo(0, 0, "main", False, 100, 0, 0))
    first = merger.facts(facts([(ORIGIN + 5 * MS, "thread.began", 0)]), FAR)
    merger.sample([Sample(ORIGIN + 60 * MS, 100, S.IO, 0, 0)])
    second = merger.settle(ORIGIN + 100 * MS)
    third = merger.facts(facts([(ORIGIN + 20 * MS, "line", 0)]), FAR)
    assert first
    assert second
    assert third
    assert third.at_ns[0] == second.at_ns[-1]
    assert (first.first_seq, second.first_seq, third.first_seq) == (0, len(first), len(first) + len(second))


def test_what_was_seen_before_late_facts_were_told_is_said_again_after_them() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    for number in (0, 1):
        merger.meet(ThreadInfo(number, 0, "t", False, 100 + number, 0, 0))
    merger.facts(facts([(ORIGIN + MS, "thread.began", 0), (ORIGIN + MS, "thread.began", 1)]), FAR)
    merger.sample([Sample(ORIGIN + 60 * MS, 100, S.IO, 0, 0), Sample(ORIGIN + 300 * MS, 101, S.WAITING_GIL, 0, 0)])
    merger.settle(ORIGIN + 400 * MS)
    assert merger.living() == {0: S.IO, 1: S.WAITING_GIL}
    merger.facts(facts([(ORIGIN + 20 * MS, "line", 0), (ORIGIN + 310 * MS, "line", 1)]), FAR)
    assert merger.living() == {0: S.RUNNING, 1: S.RUNNING}
    merger.settle(ORIGIN + 500 * MS)
    assert merger.living() == {0: S.IO, 1: S.RUNNING}


def test_a_thread_that_was_seen_before_the_recorder_spoke_of_it_is_where_it_was_seen() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    merger.meet(ThreadInfo(0, 0, "main", False, 100, 0, 0))
    merger.facts(facts([(ORIGIN + MS, "thread.began", 0)]), FAR)
    merger.sample([Sample(ORIGIN + 60 * MS, 7, S.IO, 0, 0), Sample(ORIGIN + 60 * MS, 100, S.RUNNING, HAS_GIL, 0)])
    merger.settle(ORIGIN + 400 * MS)
    merger.meet(ThreadInfo(1, 0, "reader", False, 0, 0, 0))
    merger.facts(facts([(ORIGIN + 20 * MS, "thread.began", 1), (ORIGIN + 21 * MS, "line", 1)], value=7), FAR)
    merger.settle(ORIGIN + 500 * MS)
    assert merger.living()[1] == S.IO


def test_no_event_lies_in_the_future_or_before_the_start() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    merger.meet(ThreadInfo(0, 0, "main", False, 100, 0, 0))
    batch = merger.facts(facts([(3, "thread.began", 0), (2**63, "line", 0)]), ORIGIN + MS)
    assert batch
    assert list(batch.at_ns) == [0, MS]


def test_the_end_cuts_off_who_still_lives() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    for number in (0, 1, 2):
        merger.meet(ThreadInfo(number, 0, "t", False, 100 + number, 0, 0))
    merger.facts(facts([(ORIGIN, "thread.began", 0), (ORIGIN, "thread.began", 1), (ORIGIN + 1, "thread.ended", 1)]), FAR)
    batch = merger.close(ORIGIN + MS)
    assert batch
    assert [(event.kind, event.thread) for event in batch.events({})] == [("thread.killed", 0)]
    assert merger.living() == {}


def test_a_deadlocked_thread_is_still_and_a_running_one_is_not() -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    merger.meet(ThreadInfo(0, 0, "main", False, 100, 0, 0))
    merger.facts(facts([(ORIGIN, "thread.began", 0), (ORIGIN + 5, "lock.blocked", 0)]), FAR)
    merger.sample([Sample(ORIGIN + MS, 100, S.BLOCKED, UNTIMED, 0)])
    merger.settle(FAR)
    assert merger.still()
    merger.sample([Sample(ORIGIN + 2 * MS, 100, S.RUNNING, 0, 0)])
    merger.settle(FAR)
    assert not merger.still()


KINDS_USED = ["line", "line.seen", "lock.blocked", "lock.acquired", "lock.released", "sleep.began", "sleep.ended", "queue.put_blocked", "queue.put"]


@given(events=st.lists(st.tuples(st.integers(0, 5 * MS), st.sampled_from(KINDS_USED), st.integers(0, 2)), max_size=60),
       samples=st.lists(st.tuples(st.integers(0, 5 * MS), st.integers(100, 103), st.sampled_from([0, 3, 4, 5, 6, 7]), st.integers(0, 3)),
                        max_size=60),
       cut=st.integers(0, 60))
def test_whatever_comes_seq_is_dense_time_never_falls_and_nothing_recorded_is_lost(
        events: list[tuple[int, str, int]], samples: list[tuple[int, int, int, int]], cut: int) -> None:
    merger = Merger()
    merger.set_out(ORIGIN, gil=True)
    for number in range(3):
        merger.meet(ThreadInfo(number, 0, "t", False, 100 + number, 0, 0))
    told = sorted((ORIGIN + at, kind, thread) for at, kind, thread in events)
    seen = [Sample(ORIGIN + at, tid, state, flags, 0) for at, tid, state, flags in sorted(samples)]
    batches = []
    merger.sample(seen[:cut])
    batches.append(merger.facts(facts(told[:cut]), FAR))
    batches.append(merger.settle(ORIGIN + 3 * MS))
    merger.sample(seen[cut:])
    batches.append(merger.facts(facts(told[cut:]), FAR))
    batches.append(merger.close(FAR))
    all_events = [event for batch in batches if batch for event in batch.events({})]
    assert [event.seq for event in all_events] == list(range(len(all_events))) == list(range(merger.events))
    assert [event.at_ns for event in all_events] == sorted(event.at_ns for event in all_events)
    assert [(event.kind, event.thread) for event in all_events if event.source != SAMPLER] == [(kind, thread) for _, kind, thread in told]
    assert all(event.cause is None or event.cause < event.seq for event in all_events)


def test_a_million_line_events_a_second_are_decoded_and_merged() -> None:
    """A figure of this run, with a wide margin for a busy machine (measured alone: see the folder's README)."""
    story = Story()
    _main, _one = story.begin("one")
    payload = b"".join(EVENT.pack(ORIGIN + at * 900, KIND_ID["line"], S.RUNNING, at & 1, 0, 5 + at % 7, 0, 0, 0) for at in range(127))
    for _ in range(400):
        story.record(2, payload)
    decoder, merger, count = Decoder(), Merger(), 0
    began = time.process_time()
    for start in range(0, len(story.data), 65536):
        for claim in decoder.feed(bytes(story.data[start : start + 65536])):
            if isinstance(claim, ThreadInfo):
                merger.meet(claim)
            elif isinstance(claim, Facts):
                count += len(merger.facts(claim, FAR) or ())
    seconds = time.process_time() - began
    assert count > 50_000
    assert count / seconds > 300_000


def facts(events: list[tuple[int, str, int]], value: int = 0) -> Facts:
    from playground.model.event import KINDS

    ids = [KIND_ID[kind] for _, kind, _ in events]
    zero = array("I", [0] * len(events))
    return Facts(array("Q", [at for at, _, _ in events]), bytes(ids), bytes(KINDS[number].to for number in ids),
                 array("H", [thread for _, _, thread in events]), zero, zero, array("I", [value] * len(events)), zero, zero)


assert NO_CAUSE
