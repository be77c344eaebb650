"""`_thread` of the model: starting, ending and joining threads, and everything else that threading.py takes from that module."""

from __future__ import annotations

import _thread as real
import sys
from collections.abc import Callable
from traceback import print_exception
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.inside.beneath.foreign import watched
from playground.inside.beneath.local import forget_locals, local_type
from playground.inside.beneath.lock import TIMEOUT_MAX, lock_types
from playground.inside.beneath.origin import microseconds, seconds
from playground.inside.beneath.task import NEVER, Task, Unwind
from playground.inside.beneath.tracebacks import visible
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
        self.function: object = None
        """What the thread will run; only while its start is told, for it may be waited for that nobody has it any more."""
        self.open = False

    def is_done(self) -> bool:
        return self.open

    def _set_done(self) -> None:
        if self.ident is None:
            raise RuntimeError("thread not started")
        self.open = True

    def __repr__(self) -> str:
        return f"<_thread._ThreadHandle object: ident={self.ident or 0}>"

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end; a timeout below 0 or None waits for ever."""
        baton = self._baton
        if self.ident is None:
            raise RuntimeError("thread not started")
        timeout = None if timeout is None else seconds(timeout)
        if self.task is baton.current and not self.open:
            raise RuntimeError("Cannot join current thread")
        if baton.over:
            raise Unwind
        me, emit = baton.current, baton.emit
        waits = emit is not None and not self.open and (timeout is None or timeout > 0)
        if emit is not None and waits:
            emit("thread.joining", me.id, self.thing, 0 if timeout is None else microseconds(timeout))
        if timeout is None or timeout < 0:
            baton.point(Pending("thread.join", baton.number(self.thing), 0, ACQUIRE), self)
        else:
            pending = Pending("thread.join", baton.number(self.thing), 0, WRITE, True)
            baton.point(pending)
            if not self.open and timeout > 0:
                baton.point(pending, self, min(NEVER - 1, baton.now + microseconds(timeout)))
        if emit is not None and waits:
            emit("thread.joined" if self.open else "thread.join_timed_out", me.id, self.thing)


def thread_module(baton: Baton, interrupt_main: Callable[..., None], untrace: Callable[[], None]) -> ModuleType:
    """A module that looks like `_thread` and obeys the baton; signals to the main thread and trace functions are others' matters."""
    lock, reentrant = lock_types(baton)
    joinable: list[Handle] = []
    stack = [0]

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
                untrace()
                if not baton.over:
                    baton.point(Pending("thread.end", baton.number(handle.thing), 0, RELEASE))
                    if baton.emit is not None:
                        crashed = any(who == task.id for who, _ in baton.failures)
                        baton.emit("thread.crashed" if crashed else "thread.ended", task.id, handle.thing)
                forget_locals(task)
                handle.open = True

        task = baton.spawn(body, daemon)
        task.thread = handle.thing
        if not watched(handle.thing, function, baton.program):
            baton.unproven.add("a thread runs code that is not watched")
        baton.pending[task.id] = Pending("thread.begin", baton.number(handle.thing), 0, READ)
        handle.task, handle.ident = task, task.id + 1
        if baton.emit is not None:
            handle.function = function
            baton.emit("thread.created", task.id, handle.thing)
            handle.function = None
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
        if not callable(function):
            raise TypeError("thread function must be callable")
        if handle is not None and not isinstance(handle, Handle):
            raise TypeError("'handle' must be a _ThreadHandle")
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
        if type(args) is not ExceptHookArgs:
            raise TypeError("_thread.excepthook argument type must be ExceptHookArgs")
        if not issubclass(args.exc_type, Unwind):
            if isinstance(args.exc_value, BaseException):
                args.exc_value.__traceback__ = visible(args.exc_value.__traceback__)
            nobody = args.thread is None
            thread = SimpleNamespace(name=str(baton.current.id + 1), _stderr=None) if nobody else args.thread
            _print_exception(ExceptHookArgs((args.exc_type, args.exc_value, visible(args.exc_traceback), thread)))

    def leave() -> None:
        raise SystemExit

    def stack_size(size: int = 0) -> int:
        if size < 0:
            raise ValueError("size must be 0 or a positive value")
        if 0 < size < 32_768:
            raise ValueError(f"size not valid: {size} bytes")
        before, stack[0] = stack[0], size
        return before

    def daemon_threads_allowed() -> bool:
        return True

    def get_ident() -> int:
        return baton.current.id + 1

    def get_native_id() -> int:
        return baton.current.id + 1

    def main_ident() -> int:
        return 1

    def is_main_interpreter() -> bool:
        return True

    def count() -> int:
        return max(0, len(baton.alive) - 1)

    def set_name(name: str) -> None:
        pass

    def reset() -> None:
        joinable.clear()
        stack[0] = 0

    module = ModuleType("_thread")
    handle_type = type("_ThreadHandle", (Handle,), {"__init__": lambda self: Handle.__init__(self, baton), "__module__": "_thread"})
    space = {
        "lock": lock, "LockType": lock, "allocate_lock": lock, "allocate": lock, "RLock": reentrant, "error": RuntimeError,
        "TIMEOUT_MAX": TIMEOUT_MAX, "start_new_thread": start_new_thread, "start_new": start_new_thread,
        "start_joinable_thread": start_joinable_thread, "daemon_threads_allowed": daemon_threads_allowed, "_shutdown": shutdown,
        "_make_thread_handle": make_thread_handle, "_ThreadHandle": handle_type, "get_ident": get_ident, "get_native_id": get_native_id,
        "_get_main_thread_ident": main_ident, "_is_main_interpreter": is_main_interpreter, "_local": local_type(baton),
        "_excepthook": except_hook, "_ExceptHookArgs": except_hook_args, "stack_size": stack_size, "exit": leave, "exit_thread": leave,
        "interrupt_main": interrupt_main, "_count": count, "set_name": set_name}
    _dress(space)
    vars(module).update({name: thing for name, thing in space.items() if hasattr(real, name)}, _reset=reset)
    return module


def _dress(space: dict[str, Any]) -> None:
    """Functions look like those of the real module: their name, where they are from, what they say about themselves."""
    for name, thing in space.items():
        original = getattr(real, name, None)
        if isinstance(thing, FunctionType) and original is not None and thing.__module__ != "_thread":
            thing.__module__, thing.__name__, thing.__qualname__, thing.__doc__ = "_thread", original.__name__, original.__name__, original.__doc__


def _report_ignored(function: object, error: BaseException) -> None:
    """What CPython does with an exception that leaves a `_thread` thread; printed without the function's address, as output must repeat itself."""
    if sys.unraisablehook is not sys.__unraisablehook__:
        sys.unraisablehook(SimpleNamespace(
            exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, object=None,
            err_msg=f"Exception ignored in thread started by {function!r}"))
        return
    print(f"Exception ignored in thread started by {getattr(function, '__qualname__', type(function).__name__)}:", file=sys.stderr)
    print_exception(error.with_traceback(visible(error.__traceback__)), file=sys.stderr)
