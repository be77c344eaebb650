"""A failure is told by what went to the root of it, in the program's own names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.host import Host
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Found
from playground.model.report import Failure
from playground.model.spec import RunSpec
from playground.telling_failure import ROOTS, finding_of

NOWHERE = PossibleOn(None, None)


def failure(kind: str = "exception", error: str = "AssertionError") -> Failure:
    return Failure(kind, error, "", ("main",), (), 0, "", PossibleOn(False, True), (), ())


def found(*kinds: str, title: str = "") -> list[Found]:
    return [Found(1, Finding(kind, title or kind, (f"{kind} happened.",), (), (), (number,), "Mend it.", NOWHERE))
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
