"""Which of CPython's tests run under control, and every one whose outcome there is not `ok`, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

LOCKS = ("LockTests", "PyRLockTests", "CRLockTests", "EventTests", "ConditionAsRLockTests", "ConditionTests", "SemaphoreTests",
         "BoundedSemaphoreTests", "BarrierTests")
"""The classes that test_threading and test_thread make of lock_tests.py."""
THREADS = ("ThreadTests", "ThreadingExceptionTests", "ExceptHookTests", "TimerTests", "MiscTestCase", "InterruptMainTests")

SUITES: dict[str, tuple[str, tuple[str, ...]]] = {
    "test_threading": ("test.test_threading", (*LOCKS, *THREADS)),
    "test_thread": ("test.test_thread", ()),
    "test_queue": ("test.test_queue", ()),
    "test_sched": ("test.test_sched", ()),
    "test_threading_local": ("test.test_threading_local", ()),
    "test_thread_pool": ("test.test_concurrent_futures.test_thread_pool", ()),
}
"""Suite: its module, and its classes that run (none named: all). Those left out of test_threading are about subprocesses, forks,
subinterpreters and the end of the process."""

HEAVY = ("*.CSimpleQueueTest.test_many_threads*", "*.PySimpleQueueTest.test_many_threads*",
         "*QueueTest.test_shutdown*all_methods_in_many_threads")
"""50 000 to 800 000 steps each, half a second to eight: one seed only, and a process for each of these patterns."""

_PROCESS = "starts a Python process of its own, which is not under control"
NOT_RUN: dict[str, str] = {
    **{f"test.test_threading.ThreadTests.{name}": _PROCESS for name in (
        "test_finalize_running_thread", "test_finalize_with_trace", "test_join_nondaemon_on_shutdown", "test_dummy_thread_after_fork",
        "test_main_thread_after_fork*", "test_main_thread_during_shutdown", "test_finalization_shutdown", "test_locals_at_exit",
        "test_import_from_another_thread", "test_start_new_thread_at_finalization")},
    **{f"test.test_threading.ThreadingExceptionTests.{name}": _PROCESS for name in ("test_recursion_limit", "test_print_exception*")},
    "test.test_threading.ThreadTests.test_PyThreadState_SetAsyncExc":
        "has C raise an exception in the thread with a given identifier; identifiers under control are the model's, and C knows none of them",
    "test.test_thread.TestForkInThread.test_forkinthread": "reads a real pipe that a forked process is to write to, so it would wait for ever",
}
"""Pattern of a test's name: why it cannot mean anything under control."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A test that does not end with `ok`: what it ends with instead, and why. Where `always` is False only some schedules show it."""

    word: str
    reason: str
    always: bool = True
    granularities: tuple[str, ...] = ("sync", "line", "bytecode")


_FORK = "forks; a second process is nothing that a schedule can steer, and the execution says so"
_KEPT = ("wants an object gone before the program ends. Objects that a step touched are kept until then: a schedule names them by number, and a new "
         "object at an old one's address would be taken for it")
DEVIATIONS: dict[str, Deviation] = {
    "test.test_threading.ConditionAsRLockTests.test_recursion_count": Deviation("skipped", "CPython skips it itself: Condition has no count"),
    "test.test_threading.ThreadTests.test_is_alive_after_fork": Deviation("inconclusive", _FORK),
    "test.test_threading.InterruptMainTests.test_interrupt_main_subthread": Deviation(
        "inconclusive", "a second thread interrupts the main one. CPython lets that happen between any two instructions of the main thread, which no "
        "schedule can say; an interrupt that the main thread sends itself is handled"),
    **{f"test.test_threading.ThreadTests.test_get{what}_all_threads": Deviation(
        "inconclusive", "sets a trace function in threads that stand still; under control only the thread whose turn it is can do anything")
       for what in ("trace", "profile")},
    "test.test_threading.ThreadTests.test_no_refcycle_through_target": Deviation("failure", _KEPT, granularities=("bytecode",)),
    "test.test_threading_local.PyThreadingLocalTest.test_local_refs": Deviation(
        "failure", f"{_KEPT}. Here it is the Thread objects; _threading_local empties a thread's values when its Thread object goes"),
    "test.test_threading_local.ThreadLocalTest.test_cycle_collection": Deviation("failure", _KEPT, granularities=("bytecode",)),
    "test.test_threading_local.PyThreadingLocalTest.test_cycle_collection": Deviation("failure", _KEPT, granularities=("bytecode",)),
    "test.test_concurrent_futures.test_thread_pool.ThreadPoolExecutorTest.test_hang_global_shutdown_lock": Deviation("inconclusive", _FORK),
    "test.test_concurrent_futures.test_thread_pool.ThreadPoolExecutorTest.test_idle_thread_reuse": Deviation(
        "failure", "the race is CPython's: a worker hands over its result before it counts itself idle, so a submit in between starts a second "
        "worker (outside control: 5 of 3 000 runs at a switch interval of 1 us); CPython skips the test without the GIL as flaky", always=False),
}


def matches(patterns: Iterable[str], test: str) -> bool:
    """True if one of the patterns is this test's."""
    return any(fnmatchcase(test, pattern) for pattern in patterns)
