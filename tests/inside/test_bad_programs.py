"""Programs that cannot be judged get a clear answer and never hang, on either backend."""

from __future__ import annotations

import pytest

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.execution import Execution
from playground.inside.explore import Explorer
from playground.model.outcome import Outcome
from playground.search.replay import Replay

BACKENDS = pytest.mark.parametrize("backend", [Greenlets, OsThreads])
GRANULARITIES = pytest.mark.parametrize("granularity", ["sync", "line", "access", "bytecode", "gil"])


def once(source: str, granularity: str, backend: type[Backend], max_steps: int = 20_000) -> Outcome:
    execution = Execution(source, "program.py", granularity, backend(), max_steps=max_steps)
    strategy = Replay(())
    strategy.begin()
    try:
        return execution.run(strategy)
    finally:
        execution.close()


@BACKENDS
@GRANULARITIES
def test_endless_loop_is_inconclusive(granularity: str, backend: type[Backend]) -> None:
    outcome = once("while True:\n    pass\n", granularity, backend)
    assert outcome.verdict == "inconclusive"
    assert "endless" in outcome.message


@BACKENDS
@GRANULARITIES
def test_spinning_on_a_flag_lets_the_others_go_on(granularity: str, backend: type[Backend]) -> None:
    source = ("import threading\nflag = False\ndef f():\n    global flag\n    flag = True\nthreading.Thread(target=f).start()\n"
              "while not flag:\n    pass\n")
    assert once(source, granularity, backend).verdict == "clean"


@BACKENDS
def test_polling_with_sleep_ends(backend: type[Backend]) -> None:
    source = ("import threading, time\nflag = []\ndef f():\n    time.sleep(5)\n    flag.append(1)\nthreading.Thread(target=f).start()\n"
              "while not flag:\n    time.sleep(0.1)\n")
    assert once(source, "access", backend).verdict == "clean"


@BACKENDS
@GRANULARITIES
def test_program_that_swallows_everything_is_still_taken_down(granularity: str, backend: type[Backend]) -> None:
    source = ("import threading\na = threading.Lock()\na.acquire()\ndef f():\n    while True:\n        try:\n            a.acquire()\n"
              "        except BaseException:\n            pass\nt = threading.Thread(target=f)\nt.start()\nt.join()\n")
    assert once(source, granularity, backend).verdict == "deadlock"


@BACKENDS
def test_input_and_fork_leave_the_model(backend: type[Backend]) -> None:
    for call in ("input('? ')", "__import__('os').fork()"):
        outcome = once(f"x = {call}\n", "access", backend)
        assert outcome.verdict == "inconclusive"
        assert outcome.message


@BACKENDS
def test_five_thousand_threads_are_a_limit_and_no_failure(backend: type[Backend]) -> None:
    source = "import threading\nstop = threading.Event()\nfor _ in range(5000):\n    threading.Thread(target=stop.wait).start()\n"
    outcome = once(source, "sync", backend)
    assert (outcome.verdict, outcome.message) == ("inconclusive", "the program has more than 256 threads at once")


@BACKENDS
@pytest.mark.parametrize(("source", "error", "thread"), [
    ("raise SystemExit(3)\n", "SystemExit", "main"),
    ("import threading\ndef f():\n    1/0\nthreading.Thread(target=f, name='Bob').start()\n", "ZeroDivisionError", "Bob"),
    ("import threading\ndef f():\n    1/0\nclass T(threading.Timer): pass\nT(3, f).start()\n", "ZeroDivisionError", "t-1"),
    ("import _thread, time\ndef f():\n    1/0\n_thread.start_new_thread(f, ())\ntime.sleep(1)\n", "ZeroDivisionError", "thread-1"),
])
def test_uncaught_exception_in_any_thread_fails_the_program(source: str, error: str, thread: str, backend: type[Backend]) -> None:
    outcome = once(source, "line", backend)
    assert (outcome.verdict, outcome.error, outcome.thread_name) == ("exception", error, thread)


@BACKENDS
@pytest.mark.parametrize("source", [
    "raise SystemExit(0)\n",
    "import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start()\nt.join()\n",
    "import threading\nstop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()\n",
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n    f = pool.submit(lambda: 1/0)\n",
    "import threading\nc = threading.Condition()\nwith c:\n    assert c.wait(3) is False\n",
    "import threading\nx = threading.local()\nx.a = 1\ndef f():\n    assert not hasattr(x, 'a')\n    x.a = 2\n"
    "t = threading.Thread(target=f)\nt.start()\nt.join()\nassert x.a == 1\n",
    "import time\na = time.monotonic()\ntime.sleep(3600)\nassert 3600 < time.monotonic() - a < 3601\n",
    "import queue\nq = queue.Queue()\ntry:\n    q.get(timeout=2)\nexcept queue.Empty:\n    pass\nelse:\n    raise AssertionError\n",
    "import logging, threading\nlogging.warning('x')\nt = threading.Thread(target=logging.warning, args=('y',))\nt.start()\nt.join()\n",
    "import sched\ns = sched.scheduler()\nout = []\ns.enter(5, 1, out.append, (1,))\ns.run()\nassert out == [1]\n",
])
def test_correct_program_is_clean(source: str, backend: type[Backend]) -> None:
    outcome = once(source, "access", backend)
    assert outcome.verdict == "clean", outcome


def test_own_code_inside_a_primitive_is_clean_but_never_exhausted() -> None:
    source = ("import threading\nhits = []\nbarrier = threading.Barrier(2, action=lambda: hits.append(1))\n"
              "t = threading.Thread(target=barrier.wait)\nt.start()\nbarrier.wait()\nt.join()\nassert hits == [1]\n")
    report = Explorer(source, max_executions=500).run()
    assert (report.verdict, report.exhausted) == ("clean", False)


def test_program_that_does_not_repeat_itself_is_inconclusive() -> None:
    source = ("import threading, string\nstring.turn = getattr(string, 'turn', 0) + 1\nhits = []\ndef f():\n    if string.turn % 2:\n"
        "        hits.append(1)\n"
              "    hits.append(2)\na, b = threading.Thread(target=f), threading.Thread(target=f)\na.start()\nb.start()\na.join()\nb.join()\n")
    report = Explorer(source, strategy="dpor").run()
    assert report.verdict == "inconclusive"
    assert not report.exhausted


def test_syntax_error_is_raised_as_cpython_raises_it() -> None:
    with pytest.raises(SyntaxError):
        Explorer("def f(:\n").run()
