"""Whatever is left out lies in a Gap that names it: nothing that the trace shows beside its Gaps contradicts itself."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from types import CodeType

import pytest

from playground.inside import real
from playground.inside.gaps import Gaps
from playground.inside.kit import CALLS_A_WINDOW, Budget, Hub
from playground.inside.monitor import Monitor, code_of
from playground.inside.recorder import Recorder
from playground.inside.things import Known
from playground.model.record import Gap
from tests.inside.running import Trace, record_program

FLOOD = """
import queue, threading
belt, rare, total = queue.Queue(10), queue.Queue(), [0] * 3
def produce(number):
    for item in range(5_000): belt.put((number, item))
def consume(number):
    while (item := belt.get()) is not None:
        total[number] += item[1]
        if not item[1] % 97: rare.put(item)
producers = [threading.Thread(target=produce, args=(n,)) for n in range(3)]
consumers = [threading.Thread(target=consume, args=(n,)) for n in range(3)]
for thread in producers + consumers: thread.start()
for thread in producers: thread.join()
for thread in consumers: belt.put(None)
for thread in consumers: thread.join()
assert sum(total) == 3 * sum(range(5_000))
assert rare.qsize() == 3 * 52
"""
LINE, QUEUE, OTHER = "hot lines were paused at {} places", "too many queue operations", "busy"


class Clock:
    """Tells the next of its times at each look."""

    def __init__(self, *times: int) -> None:
        self.times = list(times)

    def __call__(self) -> int:
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


def told(gaps: Gaps, announced: int = 9) -> list[dict[str, object]]:
    return [json.loads(payload) for payload in gaps.take(10**12, announced, last=True)]


def known(number: int, primitive: str = "Queue") -> Known:
    made = Known(primitive, f"q{number}")
    made.number = number
    return made


def contradictions(trace: Trace, name: str) -> list[str]:
    """Steps of a queue's size that no Gap excuses: each lies between two events that are in order, under the queue's own mutex."""
    obj = trace.object(name).obj
    gaps = [gap for gap in trace.gaps if set(gap.counts) != {"line"} and (obj in gap.objects or not gap.objects)]
    assert trace.hello
    found, size, at_ns = [], 0, trace.hello.origin_ns
    for event in trace.of("queue."):
        if event.obj == obj and event.kind in ("queue.put", "queue.got"):
            wanted = size + (1 if event.kind == "queue.put" else -1)
            if event.value != wanted and not any(gap.from_ns <= event.at_ns and gap.to_ns >= at_ns for gap in gaps):
                found.append(f"{event} after {size}")
            size, at_ns = event.value, event.at_ns
    return found


@pytest.mark.parametrize("number", range(3))
def test_what_a_flooded_queue_does_unrecorded_lies_in_a_gap_that_names_it(number: int) -> None:
    trace = record_program(FLOOD)
    assert contradictions(trace, "belt") == [], number
    assert contradictions(trace, "rare") == [], number
    assert trace.close
    assert trace.close.exit_code == 0


def test_what_budgets_leave_out_is_counted_to_the_last_one() -> None:
    """A SimpleQueue goes through no shared function: nothing but its budget leaves events out."""
    trace = record_program("""
import queue, threading
belt = queue.SimpleQueue()
def produce():
    for n in range(20_000): belt.put(n)
threads = [threading.Thread(target=produce) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")
    assert len(trace.of("queue.put")) + sum(gap.counts.get("queue", 0) for gap in trace.gaps) == 60_000
    assert {gap.objects for gap in trace.gaps if gap.counts.get("queue")} == {(trace.object("belt").obj,)}


def test_a_gap_begins_with_its_first_omission_though_lines_were_paused_from_the_start() -> None:
    gaps = Gaps()
    gaps.count("queue", 3, QUEUE, 500, 900, (known(1),))
    gaps.count("line", 0, LINE, 0)
    gaps.say(LINE, 0, number=7)
    gaps.count("other", 0, OTHER, 800, 850, (known(2),))
    lines, others = told(gaps)
    assert lines["from_ns"] == 0
    assert lines["counts"] == {"line": 0}
    assert lines["reason"] == LINE.format(7)
    assert (others["from_ns"], others["to_ns"], others["counts"], others["objects"]) == (500, 900, {"queue": 3, "other": 0}, [1, 2])
    assert not told(gaps)


def test_what_may_concern_any_object_names_none_although_another_omission_does() -> None:
    gaps = Gaps()
    gaps.count("queue", 3, QUEUE, 500, 900, (known(1),))
    gaps.count("other", 8, "the reader of the trace was too slow", 600)
    assert [each["objects"] for each in told(gaps)] == [[]]


def test_an_object_first_told_of_later_has_had_its_gap_too() -> None:
    gaps = Gaps()
    late = known(0)
    gaps.count("queue", 3, QUEUE, 500, 900, (known(1), late))
    assert [each["objects"] for each in told(gaps)] == [[1]]
    late.number = 4
    assert not told(gaps, announced=3), "a Gap must not name what nobody was told of"
    (later,) = told(gaps, announced=4)
    assert (later["from_ns"], later["to_ns"], later["counts"], later["objects"]) == (500, 900, {"queue": 0}, [4])


def test_a_gap_taken_while_another_thread_counts_loses_nothing() -> None:
    gaps, taken, going = Gaps(), Counter[str](), [True]

    def count() -> None:
        for _ in range(20_000):
            gaps.count("queue", 1, QUEUE, 5, 6, (known(1),))

    threads = [threading.Thread(target=count) for _ in range(3)]

    def take() -> None:
        while going[0]:
            for each in told(gaps):
                assert (each["from_ns"], each["objects"]) == (5, [1])
                taken.update(each["counts"])  # type: ignore[call-overload]

    taker = threading.Thread(target=take)
    for thread in [*threads, taker]:
        thread.start()
    for thread in threads:
        thread.join()
    going[0] = False
    taker.join()
    for each in told(gaps):
        taken.update(each["counts"])  # type: ignore[call-overload]
    assert taken == {"queue": 60_000}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder(0, {})
    yield made
    for ending in made.endings:
        ending()


def test_a_budgets_gap_begins_before_the_first_drop_whoever_comes_in_between(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget("queue", 0)
    between: list[Callable[[], object]] = [lambda: budget.allows(known(2)), lambda: budget.beat(recorder)]
    times = Clock(100, 200, 300, 400)

    def now() -> int:
        """The first thread is stopped after it looked at the clock: another drops too, and the window ends."""
        at = times()
        while between:
            between.pop(0)()
        return at

    monkeypatch.setattr(real, "monotonic_ns", now)
    budget.allows(known(1))
    budget.beat(recorder)
    (gap,) = told(recorder.gaps)
    assert (gap["from_ns"], gap["counts"], gap["objects"]) == (100, {"queue": 2}, [1, 2])


def watched(monitor: Monitor, code: CodeType) -> bool:
    return bool(real.get_local_events(monitor.tool, code) & real.PY_START)


class Shared:
    """Two functions that a hub may let alone, and a thing that acts through them."""

    def __init__(self, recorder: Recorder) -> None:
        self.monitor = Monitor(recorder)
        self.hub = Hub(recorder, self.monitor)
        self.codes = [code_of(threading.Condition.notify), code_of(threading.Condition.__exit__)]
        self.thing = threading.Event()
        self.known = recorder.things.add(self.thing, known(1, "Event"))
        for code in self.codes:
            self.monitor.watch(code, start=lambda _frame: None)
            self.hub.add(code)

    def spend(self) -> None:
        for _ in range(CALLS_A_WINDOW):
            self.hub.called(self.known)

    def watched(self) -> list[bool]:
        return [watched(self.monitor, code) for code in self.codes]


@pytest.mark.parametrize("step", range(1, 5))
@pytest.mark.parametrize("then_spent", [False, True])
def test_functions_are_let_alone_exactly_while_the_hub_says_so(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, step: int,
                                                               then_spent: bool) -> None:
    """One thread is just pausing them; at one of its steps another goes on that waited, and perhaps spends its calls again."""
    shared, look, steps = Shared(recorder), real.get_local_events, [0]

    def stopped(tool: int, code: CodeType) -> int:
        steps[0] += 1
        events = look(tool, code)
        if steps[0] == step:
            shared.hub.go_on()
            if then_spent:
                shared.spend()
        return events

    monkeypatch.setattr(real, "get_local_events", stopped)
    before_ns = real.monotonic_ns()
    shared.spend()
    if steps[0] < step:  # it paused them in fewer steps: the other comes afterwards
        shared.hub.go_on()
        if then_spent:
            shared.spend()
    monkeypatch.setattr(real, "get_local_events", look)
    assert shared.watched() == [not then_spent] * 2
    shared.hub.tell()
    (gap,) = told(recorder.gaps)
    assert before_ns <= int(str(gap["from_ns"])) <= int(str(gap["to_ns"])) <= real.monotonic_ns()
    assert gap["objects"] == [1]
    assert shared.hub._turn.paused == then_spent
    shared.hub.go_on()
    assert shared.watched() == [True, True]


def test_a_gap_ends_after_the_functions_are_watched_again(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, last = Shared(recorder), [0]
    shared.spend()
    look = real.get_local_events

    def slow(tool: int, code: CodeType) -> int:
        last[0] = real.monotonic_ns()
        return look(tool, code)

    monkeypatch.setattr(real, "get_local_events", slow)
    shared.hub.go_on()
    shared.hub.tell()
    (gap,) = told(recorder.gaps)
    assert int(str(gap["to_ns"])) >= last[0] > 0
    shared.hub.tell()
    assert not told(recorder.gaps), "nothing was left out since"


def test_what_was_used_only_while_nobody_looked_is_named(recorder: Recorder) -> None:
    shared = Shared(recorder)
    quiet, lock, future = threading.Event(), threading.Event(), threading.Event()
    recorder.things.add(quiet, known(2, "Queue"))
    recorder.things.add(lock, known(3, "Thread"))
    recorder.things.add(future, known(0, "Future"))
    shared.spend()
    shared.hub.go_on()
    shared.hub.tell()
    assert [each["objects"] for each in told(recorder.gaps)] == [[1, 2]]
    del quiet
    shared.spend()
    shared.hub.tell()
    assert [each["objects"] for each in told(recorder.gaps)] == [[1, 2]], "it lived when that was told last"


def test_a_gap_of_a_recorder_that_gave_up_reaches_to_the_end() -> None:
    trace = record_program("""
import sys
frame = sys._getframe()
while type(frame.f_locals.get("recorder")).__name__ != "Recorder": frame = frame.f_back
recorder = frame.f_locals["recorder"]
for _ in range(200): recorder.failed(ValueError())
print("last")
""")
    gaps: list[Gap] = [gap for gap in trace.gaps if "errors of its own" in gap.reason]
    assert gaps
    assert max(gap.to_ns for gap in gaps) >= trace.outputs[-1].at_ns
