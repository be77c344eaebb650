"""Things are called what the learner called them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MethodType

import pytest

from playground.inside.thread_names import function_name
from tests.inside.running import Trace, record_program
from tests.inside.steering import steer
from tests.story import Story

BOTH = pytest.mark.parametrize("run", [record_program, steer], ids=["free", "controlled"])


def names(source: str) -> list[tuple[str, str]]:
    trace = record_program(source)
    assert trace.close
    assert trace.close.outcome == "ok", trace.printed(2)
    return [(found.name, found.detail) for found in trace.objects if found.primitive != "Thread"]


def test_locks_are_called_after_their_targets() -> None:
    assert names("""
import threading
from threading import Lock
from dataclasses import dataclass, field
class Account:
    common = Lock()
    def __init__(self):
        self.lock = threading.Lock()
        self.pair = [Lock(), Lock()]
@dataclass
class Row:
    lock: object = field(default_factory=Lock)
left, right = Lock(), Lock()
sticks = [Lock() for _ in range(2)]
by_name = {name: Lock() for name in ("x", "y")}
table = {"one": Lock()}
grown = []
for _ in range(2):
    grown.append(Lock())
alice = Account()
accounts = [Account() for _ in range(2)]
@dataclass(frozen=True, slots=True)
class Frozen:
    count: int
    names: list = field(default_factory=list)
    lock: object = field(default_factory=Lock, repr=False)
row, frozen = Row(), Frozen(1)
def local():
    inner = Lock()
    return inner
for lock in [left, right, *sticks, *by_name.values(), *table.values(), *grown, alice.lock, alice.pair[1], Account.common, accounts[1].lock, local(),
             row.lock, frozen.lock, Lock()]:
    with lock: pass
""") == [("left", ""), ("right", ""), ("sticks[0]", ""), ("sticks[1]", ""), ("by_name['x']", ""), ("by_name['y']", ""), ("table['one']", ""),
         ("grown[0]", ""), ("grown[1]", ""), ("alice.lock", "Account.lock"), ("alice.pair[1]", "Account.pair[1]"), ("Account.common", ""),
         ("accounts[1].lock", "Account.lock"), ("inner", ""), ("row.lock", "Row.lock"), ("frozen.lock", "Frozen.lock"), ("lock-1", "")]


@BOTH
def test_threads_have_their_given_name_or_their_targets(run: Callable[[str], Trace]) -> None:
    trace = run("""
import threading, functools
def transfer(): pass
class Philosopher(threading.Thread):
    def run(self): pass
threads = [threading.Thread(target=transfer), threading.Thread(target=transfer), threading.Thread(target=transfer, name="Ada"), Philosopher(),
           threading.Thread(target=lambda: None), threading.Thread(target=functools.partial(transfer)), threading.Timer(0, transfer)]
for t in threads: t.start()
for t in threads: t.join()
""")
    assert [thread.name for thread in trace.threads] == [
        "main", "transfer-1", "transfer-2", "Ada", "Philosopher-1", "lambda-1", "transfer-3", "Timer-1"]
    assert [thread.thread for thread in trace.threads] == list(range(8))
    assert all(trace.objects[thread.obj - 1].primitive in ("Thread", "Timer") for thread in trace.threads)


@BOTH
@pytest.mark.parametrize(("program", "expected"), [
    ("""
import threading
def a(): pass
def b(): pass
unused = threading.Thread(target=b)
threads = [threading.Thread(target=each) for each in (a, b, a)]
for t in reversed(threads): t.start()
for t in threads: t.join()
""", ["main", "a-1", "b-1", "a-2"]),
    ("""
import _thread, threading, time
def thread(): pass
started = threading.Thread(target=thread)
started.start()
started.join()
_thread.start_new_thread(thread, ())
while _thread._count(): time.sleep(0.001)
""", ["main", "thread-1", "thread-2"]),
    ("""
from concurrent.futures import ThreadPoolExecutor, wait
import threading
both = threading.Barrier(2)
with ThreadPoolExecutor(2) as pool:
    wait([pool.submit(both.wait) for _ in range(2)])
with ThreadPoolExecutor(1, "cook") as kitchen:
    kitchen.submit(int).result()
""", ["main", "pool-1", "pool-2", "cook_0"]),
], ids=["targets", "raw", "pools"])
def test_threads_are_called_alike_in_both_modes(run: Callable[[str], Trace], program: str, expected: list[str]) -> None:
    assert [thread.name for thread in run(program).threads] == expected


@pytest.mark.parametrize(("program", "expected"), [
    ("import threading\ndef a(): pass\ndef b(): 1/0\nfor each in a, b: threading.Thread(target=each).start()\n", "b-1"),
    ("import threading\nclass Timed(threading.Timer): pass\nTimed(3, lambda: 1/0).start()\n", "Timed-1"),
])
def test_a_failure_names_its_thread_as_the_trace_does(program: str, expected: str) -> None:
    trace = steer(program)
    assert trace.outcome.thread_name == expected
    assert expected in {thread.name for thread in trace.threads}


def test_a_thing_that_is_still_being_made_is_called_by_the_name_it_gets() -> None:
    trace = steer("""
import threading
class Account:
    def __init__(self):
        self.balance = 0
def work(account):
    account.balance += 1
ours = Account()
t = threading.Thread(target=work, args=(ours,))
t.start()
t.join()
Account().balance = 2
""", "access")
    written = [step.name for step in trace.recording.steps if step.kind == "write"]
    assert written == ["ours.balance", "ours.balance", "<Account>.balance", ".balance"]
    assert {stand.name for row in trace.choices for stand in row.stands if stand.kind == "write"} == set(written)


@BOTH
def test_a_proxy_is_called_and_never_asked_for_its_name(run: Callable[[str], Trace]) -> None:
    trace = run("""
import _thread, threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
class Proxy:
    def __getattr__(self, name): raise RuntimeError("working outside of context")
    def __call__(self, *rest): print("called")
class Worker(threading.Thread, metaclass=type("Quiet", (type,), {"__name__": property(lambda self: 1 / 0)})):
    def run(self): pass
@cache
def cached(): pass
with ThreadPoolExecutor(1) as pool:
    pool.submit(Proxy()).result()
    pool.submit(partial(Proxy())).result()
for thread in (threading.Thread(target=partial(Proxy())), threading.Thread(target=cached), Worker()):
    thread.start(); thread.join()
""")
    assert trace.printed() == "called\n" * 3, trace.printed(2)
    assert [thread.name for thread in trace.threads][1:] == ["pool-1", "Proxy-1", "cached-1", "Worker-1"]


def test_nothing_of_the_programs_runs_for_a_functions_name() -> None:
    asked: list[str] = []

    class Loud(type):
        def __getattribute__(cls, name: str) -> object:
            asked.append(name)
            return super().__getattribute__(name)

    class Proxy(metaclass=Loud):
        def __getattribute__(self, name: str) -> object:
            asked.append(name)
            return super().__getattribute__(name)

        def __call__(self) -> None:
            """Nothing."""

    proxy = Proxy()
    asked.clear()
    for function, name in ((proxy, "Proxy"), (Proxy, "Proxy"), (partial(partial(proxy)), "Proxy"), (MethodType(proxy, 1), "Proxy"), (len, "len"),
                           ([].append, "append"), (str.upper, "upper"), ((1).__add__, "__add__"), (int, "int"), (lambda: 0, "lambda"),
                           (partial(Story().close), "close"), (None, "NoneType")):
        assert function_name(function) == name
        assert asked == [], name
