"""A failure is told by what went to the root of it, in the program's own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from playground.host import Host
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Found
from playground.model.report import Failure, FailureStep
from playground.model.spec import RunSpec
from playground.telling_failure import ROOTS, finding_of

NOWHERE = PossibleOn(None, None)


def failure(kind: str = "exception", error: str = "AssertionError") -> Failure:
    return Failure(kind, error, "", ("main",), (), 0, "", PossibleOn(False, True), (), ())


def found(*kinds: str, title: str = "", objects: tuple[int, ...] = ()) -> list[Found]:
    return [Found(1, Finding(kind, title or kind, (f"{kind} happened.",), (), objects, (number,), f"Mend {kind}.", NOWHERE))
            for number, kind in enumerate(kinds)]


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


def test_the_deepest_root_is_told() -> None:
    finding = finding_of(found("deadlock", "lock_order", "lost_wakeup"), failure("deadlock"))
    assert finding is not None
    assert (finding.kind, finding.story) == ("lost_wakeup", ("lost_wakeup happened.",))


def test_a_race_is_told_up_to_the_crash_it_led_to() -> None:
    finding = finding_of(found("crash", "data_race"), failure())
    assert finding is not None
    assert (finding.kind, finding.story, finding.steps) == ("data_race", ("data_race happened.", "crash happened."), (0, 1))
    assert finding.possible_on == PossibleOn(False, True)


def test_a_race_that_decided_what_is_waited_for_is_the_root_of_a_deadlock() -> None:
    finding = finding_of(found("deadlock", "lost_wakeup") + found("data_race", objects=(3,)), failure("deadlock"))
    assert finding is not None
    assert (finding.kind, finding.story) == ("data_race", ("data_race happened.",))


def test_another_race_is_told_after_the_deadlock() -> None:
    finding = finding_of(found("deadlock") + found("data_race", title="Data race: a and b change n"), failure("deadlock"))
    assert finding is not None
    assert finding.kind == "deadlock"
    assert finding.story == ("deadlock happened.", "There is a data race in this run too: a and b change n.")
    assert finding.fix == "Mend deadlock. Against the data race: Mend data_race."


@pytest.mark.parametrize(("error", "message", "said"), [
    ("SystemExit", "2", "main left the program with exit status 2, and any status but 0 says that it failed."),
    ("SystemExit", "no more seats", "main left the program with exit status 1 and said: no more seats."),
])
def test_a_program_that_says_itself_that_it_failed_is_told(error: str, message: str, said: str) -> None:
    steps = (FailureStep(4, 0, "main", "read", "flag", 7, False), FailureStep(5, 1, "work-1", "write", "flag", 4, False),
             FailureStep(6, 0, "main", "thread.join", "work-1", 0, True))
    finding = finding_of([], replace(failure(error=error), message=message, steps=steps))
    assert finding is not None
    assert (finding.kind, finding.title) == ("crash", f"main ended the program with exit status {2 if message == '2' else 1}")
    assert finding.story == (said, "Its last step before that: read flag (line 7).")
    assert "line 7" in finding.fix
    assert finding.possible_on == PossibleOn(False, True)


def test_a_race_before_such_an_end_is_told_first() -> None:
    finding = finding_of(found("data_race"), replace(failure(error="SystemExit"), message="3"))
    assert finding is not None
    assert (finding.kind, finding.story[0]) == ("data_race", "data_race happened.")
    assert finding.story[1].startswith("main left the program with exit status 3")


def test_of_two_crashes_the_failures_own_is_told() -> None:
    records = found("crash", title="a crashed: KeyError") + found("crash", title="main crashed: AssertionError")
    finding = finding_of(records, failure())
    assert finding is not None
    assert finding.title == "main crashed: AssertionError"


def test_where_nothing_explains_it_nothing_is_told() -> None:
    assert finding_of(found("lock_order"), failure()) is None


def test_the_kinds_are_those_of_failures() -> None:
    assert ROOTS.keys() == {"deadlock", "exception"}


PROGRAMS = {
    "lost_wakeup": """import threading
{0} = threading.Condition()
def waiter():
    with {0}:
        {0}.wait()
def caller():
    with {0}:
        {0}.notify()
threads = [threading.Thread(target=waiter), threading.Thread(target=caller)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
    "forgotten_release": """import threading
{0} = threading.Lock()
def work(breaks):
    {0}.acquire()
    if breaks:
        return
    {0}.release()
threads = [threading.Thread(target=work, args=(breaks,)) for breaks in (True, False)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
    "deadlock": """import threading
{0}, other = threading.Semaphore(1), threading.Lock()
def forth():
    with {0}:
        with other: pass
def back():
    with other:
        with {0}: pass
threads = [threading.Thread(target=forth), threading.Thread(target=back)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
    "data_race": """import threading
{0} = 0
def add():
    global {0}
    {0} += 1
threads = [threading.Thread(target=add) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert {0} == 2
""",
}


@pytest.mark.parametrize("name", ["bell", "shelf"])
@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_failure_that_is_found_is_told_in_the_programs_names(kind: str, name: str, host: Host) -> None:
    told = host.check(RunSpec(source=PROGRAMS[kind].format(name))).finding
    assert told is not None
    assert told.kind == kind
    assert any(name in sentence for sentence in told.story)
    assert told.fix


DECIDED: dict[str, tuple[str, str]] = {
    "an event that nobody set": ("""import threading
class Latch:
    def __init__(self, n):
        self.{0} = n
        self.done = threading.Event()
    def down(self):
        self.{0} -= 1
        if self.{0} == 0:
            self.done.set()
latch = Latch(2)
for _ in range(2): threading.Thread(target=latch.down).start()
latch.done.wait()
""", "and did not call latch.done.set(): main waits for latch.done to be set (line 12) for ever."),
    "a lock that was kept": ("""import threading
class Room:
    def __init__(self):
        self.{0} = 0
        self.room = threading.Lock()
    def enter(self):
        self.{0} += 1
        if self.{0} == 1:
            self.room.acquire()
    def leave(self):
        self.{0} -= 1
        if self.{0} == 0:
            self.room.release()
it = Room()
def reader():
    it.enter()
    it.leave()
def writer():
    with it.room: pass
threads = [threading.Thread(target=target) for target in (reader, reader, writer)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", "did not call it.room.release(): "),
    "a wait for a number": ("""import threading
{0}, cond = 0, threading.Condition()
def work():
    global {0}
    {0} += 1
    with cond: cond.notify_all()
def waiter():
    with cond:
        while {0} < 2:
            cond.wait()
threads = [threading.Thread(target=target) for target in (work, work, waiter)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", "and so waits on cond (line 10) for ever."),
}


@pytest.mark.parametrize("name", ["left", "count"])
@pytest.mark.parametrize("what", DECIDED)
def test_a_lost_update_that_keeps_a_thread_waiting_is_the_root(what: str, name: str, host: Host) -> None:
    source, end = DECIDED[what]
    told = host.check(RunSpec(source=source.format(name))).finding
    assert told is not None
    assert told.kind == "data_race", told
    assert name in told.title
    assert any(end in sentence for sentence in told.story), told.story
    assert told.objects


def test_a_lost_update_of_something_else_is_not_the_root(host: Host) -> None:
    source = """import threading
a, b, hits = threading.Lock(), threading.Lock(), 0
met = threading.Barrier(2)
def work(first, second):
    global hits
    hits += 1
    with first:
        met.wait()
        if hits > 0:
            with second: pass
for order in ((a, b), (b, a)): threading.Thread(target=work, args=order).start()
"""
    told = host.check(RunSpec(source=source)).finding
    assert told is not None
    assert told.kind == "deadlock"
