"""Thread pools and the futures of their tasks."""

from __future__ import annotations

import concurrent.futures._base
import concurrent.futures.thread
import threading
from types import FrameType
from typing import Any

from playground.inside import real
from playground.inside.kit import FreeKit, Kit, Lens, Wait
from playground.inside.monitor import code_of
from playground.inside.recorder import microseconds
from playground.inside.things import Known
from playground.inside.thread_names import function_name
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_SUBMITTED, _IDLE = KIND_ID["pool.submitted"], KIND_ID["pool.idle"]
_TASK_BEGAN, _TASK_ENDED = KIND_ID["pool.task_began"], KIND_ID["pool.task_ended"]
_WAITING, _RESOLVED = KIND_ID["future.waiting"], KIND_ID["future.resolved"]
_TIMED_OUT, _SET = KIND_ID["future.timed_out"], KIND_ID["future.set"]
_A_WINDOW = 400
_SOME = Known("Future", "futures")


class Pools:
    """The callbacks for concurrent.futures' code."""

    def __init__(self, kit: Kit, base: Any, pools: Any) -> None:
        self.kit = kit
        self.budget = kit.budget("pool", _A_WINDOW)
        self._worker = pools._worker
        self._submit = code_of(pools.ThreadPoolExecutor.submit)
        self._through = (id(self._submit), id(code_of(base.Executor.map)), id(code_of(base.Executor.submit)))
        self._pool_of: dict[int, Known] = {}
        """Thread number to the pool that it works for."""

    def created(self, frame: FrameType) -> None:
        """ThreadPoolExecutor.__init__, called by the visitor's code."""
        if self.kit.visitors(frame.f_back):
            workers = frame.f_locals["max_workers"]
            self.kit.created(frame.f_locals["self"], "ThreadPoolExecutor", frame.f_back, workers if type(workers) is int else 0)

    def future_created(self, frame: FrameType) -> None:
        """Future.__init__: made by submit for the visitor's code, or by that code itself."""
        if self.kit.visitors(frame.f_back, *self._through):
            self.kit.created(frame.f_locals["self"], "Future", frame.f_back)

    def submitted(self, frame: FrameType) -> None:
        """ThreadPoolExecutor.submit begins; a pool that is shut down will refuse."""
        pool = frame.f_locals["self"]
        known = self.kit.known(pool)
        if known is not None and not pool._shutdown and not pool._broken and self.budget.allows(known):
            self.kit.emit(_SUBMITTED, known, frame.f_back, 0, self.kit.text(function_name(frame.f_locals["fn"])[:40]))

    def worker(self, frame: FrameType) -> None:
        """_worker begins in a thread of the pool."""
        pool = frame.f_locals["executor_reference"]()
        known = self.kit.known(pool) if pool is not None else None
        if known is not None:
            self._pool_of[self.kit.me()] = known

    def idle(self, frame: FrameType) -> None:
        """_worker found no work: it says so to the pool and waits in a C queue."""
        known = self._pool_of.get(self.kit.me())
        if known is not None:
            self.kit.begin_wait(Wait(_IDLE, known), frame)

    def released(self, frame: FrameType) -> None:
        """Semaphore.release: a pool's own semaphore counts its idle threads."""
        back = self.kit.back(frame)
        if back is not None and back.f_code is self._worker.__code__:
            self.idle(back)

    def task_began(self, frame: FrameType) -> None:
        """_WorkItem.run begins."""
        known = self._pool_of.get(self.kit.me())
        if known is not None and (self.kit.end_wait(known) or self.budget.allows(known)):
            function = getattr(frame.f_locals["self"], "fn", None) or getattr(frame.f_locals["self"], "task", ("task",))[0]
            self.kit.emit(_TASK_BEGAN, known, frame, 0, self.kit.text(function_name(function)[:40]))

    def task_ended(self, frame: FrameType, _value: object) -> None:
        """_WorkItem.run returned."""
        known = self._pool_of.get(self.kit.me())
        if known is not None and self.budget.allows(known):
            self.kit.emit(_TASK_ENDED, known, frame)

    def thread_name(self, thread: threading.Thread) -> str:
        """A worker is called after its pool (`pool-1`), unless the learner gave a prefix."""
        if getattr(thread, "_target", None) is not self._worker:
            return ""
        name = thread._name  # type: ignore[attr-defined]
        pool = thread._args[0]()  # type: ignore[attr-defined]
        known = self.kit.known(pool) if pool is not None else None
        number = name.rpartition("_")[2]
        default = name.startswith("ThreadPoolExecutor-") and number.isdigit()
        return f"{known.name}-{int(number) + 1}" if known is not None and default else ""

    def waits(self, frame: FrameType, timeout: object) -> Wait | None:
        """Future.result or exception: not there yet."""
        known = self.kit.known(frame.f_locals["self"])
        return Wait(_WAITING, known, microseconds(timeout), _RESOLVED, _TIMED_OUT) if known is not None else None

    def waits_for_some(self, frame: FrameType, timeout: object) -> Wait | None:
        """concurrent.futures.wait or as_completed: for one future if only one is left, else for some."""
        left = frame.f_locals.get("not_done", frame.f_locals.get("pending"))
        known = self.kit.known(next(iter(left))) if type(left) is set and len(left) == 1 else None
        if known is None and not self.kit.visitors(frame.f_back):
            return None
        return Wait(_WAITING, known or _SOME, microseconds(timeout), _RESOLVED, _TIMED_OUT)

    def wakes(self, frame: FrameType) -> None:
        """set_result, set_exception or cancel notifies."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and self.budget.allows(known):
            self.kit.emit(_SET, known, frame)


def install(kit: FreeKit) -> None:
    """Put it in place."""
    observe(kit, concurrent.futures._base, concurrent.futures.thread)


def observe(kit: Kit, base: Any, pools: Any) -> None:
    """Watch the code of these modules."""
    here, watch = Pools(kit, base, pools), kit.monitor.watch
    future = base.Future
    kit.thread_names.namers.append(here.thread_name)
    watch(code_of(pools.ThreadPoolExecutor.__init__), start=here.created)
    watch(code_of(pools.ThreadPoolExecutor.submit), start=here.submitted)
    watch(code_of(future.__init__), start=here.future_created)
    watch(code_of(pools._worker), start=here.worker)
    watch(code_of(pools._WorkItem.run), start=here.task_began, leave=here.task_ended)
    for method in (future.result, future.exception):
        kit.waits[id(code_of(method))] = here.waits
    for ends in (future.set_result, future.set_exception, future.cancel):
        kit.wakes[id(code_of(ends))] = here.wakes
    for function in (base.wait, base.as_completed):
        kit.event_waits[id(code_of(function))] = here.waits_for_some
    watch(code_of(kit.threading.Semaphore.release), start=here.released)


LENS = Lens("pool", ("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.Future"), install)
