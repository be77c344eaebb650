"""`_thread` of the model: starting, ending and joining threads, and everything else that threading.py takes from that module."""

from __future__ import annotations

import _thread as real
import sys
from collections.abc import Callable
from traceback import print_exception
from types import ModuleType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.local import local_type
from playground.inside.beneath.lock import TIMEOUT_MAX, lock_types
from playground.inside.beneath.origin import microseconds
from playground.inside.beneath.task import NEVER, Task, Unwind
from playground.model.schedule import ACQUIRE, READ, RELEASE, WRITE, Pending

ExceptHookArgs: Any = real._ExceptHookArgs
_print_exception: Any = real._excepthook


class Handle:
    """A joinable thread's end: `open` turns True when it is over, which is what a join waits for."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self.ident: int | None = None
        self.task: Task | None = None
        self.thing: object = self
        self.open = False

    def is_done(self) -> bool:
        return self.open

    def _set_done(self) -> None:
        self.open = True

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end; a timeout below 0 or None waits for ever."""
        baton = self._baton
        if self.ident is None:
            raise RuntimeError("thread not started")
        if self.task is baton.current:
            raise RuntimeError("Cannot join current thread")
        if baton.over:
            raise Unwind
        me, emit = baton.current, baton.emit
        if emit is not None and not self.open:
            emit("thread.joining", me.id, self.thing, 0 if timeout is None else microseconds(timeout))
        if timeout is None or timeout < 0:
            baton.point(Pending("thread.join", baton.number(self.thing), 0, ACQUIRE), self)
        else:
            pending = Pending("thread.join", baton.number(self.thing), 0, WRITE, True)
            baton.point(pending)
            if not self.open and timeout > 0:
                baton.point(pending, self, min(NEVER - 1, baton.now + microseconds(timeout)))
        if emit is not None:
            emit("thread.joined" if self.open else "thread.join_timed_out", me.id, self.thing)


def thread_module(baton: Baton) -> ModuleType:
    """A module that looks like `_thread` and obeys the baton."""
    lock, reentrant = lock_types(baton)
    joinable: list[Handle] = []

    def launch(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], handle: Handle, daemon: bool) -> Task:
        if baton.over:
            raise Unwind
        thing = getattr(function, "__self__", None)
        handle.thing = thing if thing is not None and hasattr(thing, "_bootstrap") else handle
        baton.point(Pending("thread.start", baton.number(handle.thing), 0, WRITE))

        def body() -> None:
            try:
                function(*args, **kwargs)
            except SystemExit:
                pass
            except Unwind:
                raise
            except BaseException as error:  # noqa: BLE001  whatever leaves a thread is the program's failure
                baton.failures.append((task.id, error))
                _report_ignored(function, error)
            finally:
                if not baton.over:
                    baton.point(Pending("thread.end", baton.number(handle.thing), 0, RELEASE))
                    if baton.emit is not None:
                        crashed = any(who == task.id for who, _ in baton.failures)
                        baton.emit("thread.crashed" if crashed else "thread.ended", task.id, handle.thing)
                handle.open = True

        task = baton.spawn(body, daemon)
        task.thread = handle.thing
        baton.pending[task.id] = Pending("thread.begin", baton.number(handle.thing), 0, READ)
        handle.task, handle.ident = task, task.id + 1
        if baton.emit is not None:
            baton.emit("thread.created", task.id, handle.thing)
        return task

    def start_new_thread(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, /) -> int:
        if not callable(function):
            raise TypeError("first arg must be callable")
        if not isinstance(args, tuple):
            raise TypeError("2nd arg must be a tuple")
        if kwargs is not None and not isinstance(kwargs, dict):
            raise TypeError("optional 3rd arg must be a dictionary")
        return launch(function, args, kwargs or {}, Handle(baton), True).id + 1

    def start_joinable_thread(function: Callable[..., Any], handle: Handle | None = None, daemon: bool = True) -> Handle:
        handle = handle or Handle(baton)
        if handle.ident is not None:
            raise RuntimeError("thread already started")
        task = launch(function, (), {}, handle, daemon)
        if not daemon:
            joinable.append(handle)
        if handle.thing is not handle:
            baton.boot(task)
        return handle

    def make_thread_handle(ident: int) -> Handle:
        handle = Handle(baton)
        handle.ident = ident
        handle.task = baton.tasks[ident - 1] if 0 < ident <= len(baton.tasks) else None
        return handle

    def shutdown() -> None:
        for handle in joinable:
            if not handle.open and handle.task is not baton.current:
                handle.join()
        joinable.clear()

    def except_hook_args(values: list[Any]) -> Any:
        args = ExceptHookArgs(values)
        if args.exc_type is not SystemExit and not issubclass(args.exc_type, Unwind):
            baton.failures.append((baton.current.id, args.exc_value))
        return args

    def except_hook(args: Any) -> None:
        if not issubclass(args.exc_type, Unwind):
            _print_exception(args)

    def leave() -> None:
        raise SystemExit

    def interrupt_main(signal: int = 2) -> None:
        baton.stop("left", "_thread.interrupt_main() sends a signal, which has no place in a schedule")

    def stack_size(size: int = 0) -> int:
        if size and size < 32_768:
            raise ValueError(f"size not valid: {size} bytes")
        return 0

    module = ModuleType("_thread")
    vars(module).update(
        lock=lock, LockType=lock, allocate_lock=lock, allocate=lock, RLock=reentrant, error=RuntimeError, TIMEOUT_MAX=TIMEOUT_MAX,
        start_new_thread=start_new_thread, start_new=start_new_thread, start_joinable_thread=start_joinable_thread,
        daemon_threads_allowed=lambda: True, _shutdown=shutdown, _make_thread_handle=make_thread_handle, _ThreadHandle=lambda: Handle(baton),
        get_ident=lambda: baton.current.id + 1, get_native_id=lambda: baton.current.id + 1, _get_main_thread_ident=lambda: 1,
        _is_main_interpreter=lambda: True, _local=local_type(baton), _excepthook=except_hook, _ExceptHookArgs=except_hook_args,
        stack_size=stack_size, exit=leave, exit_thread=leave, interrupt_main=interrupt_main, _count=lambda: max(0, len(baton.alive) - 1),
        set_name=lambda name: None, _joinable=joinable)
    return module


def _report_ignored(function: object, error: BaseException) -> None:
    """What CPython prints when an exception leaves a `_thread` thread, without the function's address: output must repeat itself."""
    print(f"Exception ignored in thread started by: {getattr(function, '__qualname__', type(function).__name__)}", file=sys.stderr)
    print_exception(error, file=sys.stderr)
