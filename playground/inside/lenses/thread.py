"""Threads: `threading.Thread` and the raw ones of `_thread`, from their start to their end."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from types import FrameType

from playground.inside import crashes, real, wording
from playground.inside.kit import FreeKit, Lens, Wait, timeout_us
from playground.inside.monitor import code_of
from playground.inside.things import Known, Member
from playground.model.event import KIND_ID

__builtins__ = real.builtins

_CREATED, _BEGAN, _ENDED = KIND_ID["thread.created"], KIND_ID["thread.began"], KIND_ID["thread.ended"]
_CRASHED, _KILLED = KIND_ID["thread.crashed"], KIND_ID["thread.killed"]
_JOINING, _JOINED, _TIMED_OUT = KIND_ID["thread.joining"], KIND_ID["thread.joined"], KIND_ID["thread.join_timed_out"]
_RENAMED = KIND_ID["thread.renamed"]
_START_JOINABLE: Callable[..., object] = _thread.start_joinable_thread
_alive = threading.Thread.is_alive


class Threads:
    """The callbacks for threading.Thread's own code, and the substitutes for `_thread`."""

    def __init__(self, kit: FreeKit) -> None:
        self.kit = kit
        self.recorder = kit.recorder
        self._unraisable = _unraisable_type()

    def known(self, thread: threading.Thread) -> Known:
        """The Thread object, known from its first use."""
        found = self.kit.known(thread)
        if found is None:
            primitive = "Timer" if isinstance(thread, threading.Timer) else "Thread"
            found = self.recorder.things.add(thread, Known(primitive, self.kit.thread_names.of(thread)))
        return found

    def starting(self, frame: FrameType) -> None:
        """Thread.start is called: the thread is announced before it can run."""
        thread = frame.f_locals["self"]
        if not getattr(thread, "_initialized", False) or thread._started._flag:
            return
        recorder = self.recorder
        known = self.known(thread)
        line = recorder.line_of(frame.f_back)
        known.line = known.line or line
        member = Member(known.name, bool(thread._daemonic), 0, recorder.me(), line, recorder.number(known))
        known.thread = recorder.enter_thread(member)
        recorder.emit_for(known.thread, _CREATED, known.number, line)

    def not_started(self, frame: FrameType, raised: BaseException) -> None:
        """Thread.start failed: "can't start new thread", for one."""
        thread = frame.f_locals["self"]
        known = self.kit.known(thread)
        if known is not None and known.thread >= 0 and not thread._started._flag:
            self._over(known.thread, _KILLED, self.recorder.text(wording.sentence(raised)))

    def began(self, frame: FrameType) -> None:
        """The new thread runs its first instruction."""
        recorder = self.recorder
        known = self.known(frame.f_locals["self"])
        if known.thread < 0:
            return
        self.run_by_me(known.thread)
        recorder.emit(_BEGAN, known.number, 0, recorder.threads.entries[known.thread].tid)

    def run_by_me(self, number: int) -> None:
        """The calling thread is that one."""
        self.recorder.threads.entries[number].tid = real.get_native_id()
        self.recorder.ids[real.get_ident()] = number

    def ended(self, _frame: FrameType, _value: object) -> None:
        """_bootstrap_inner returned: also after a crash, which the hook has reported by then."""
        self.end_me()

    def left(self, _frame: FrameType, raised: BaseException) -> None:
        """An exception leaves _bootstrap_inner: the hook itself was broken."""
        if not isinstance(raised, SystemExit):
            crashes.note_crash(self.recorder, raised)
        self.end_me()

    def end_me(self) -> None:
        """The calling thread does nothing of the visitor's any more."""
        recorder = self.recorder
        number = recorder.me()
        if number < 0:
            return
        member = recorder.threads.entries[number]
        if member.crash:
            self._over(number, _CRASHED, recorder.text(member.crash), member.crash_line)
        else:
            self._over(number, _ENDED)
        recorder.ids.pop(real.get_ident(), None)

    def _over(self, number: int, kind: int, note: int = 0, line: int = 0) -> None:
        recorder = self.recorder
        member = recorder.threads.entries[number]
        if not member.over:
            member.over = True
            recorder.emit_for(number, kind, member.obj, line, 0, note)

    def joining(self, frame: FrameType) -> None:
        """Thread.join: a wait only if the thread lives and there is time to wait."""
        thread = frame.f_locals["self"]
        if not getattr(thread, "_initialized", False) or not thread._started._flag or not _alive(thread):
            return
        timeout = frame.f_locals["timeout"]
        if thread._ident == real.get_ident() or (timeout is not None and timeout <= 0):
            return
        self.kit.begin_wait(Wait(_JOINING, self.known(thread), timeout_us(frame)), frame.f_back)

    def joined(self, frame: FrameType, _value: object) -> None:
        """Thread.join returned."""
        thread = frame.f_locals["self"]
        known = self.kit.known(thread)
        if known is not None and self.kit.end_wait(known):
            self.kit.emit(_TIMED_OUT if _alive(thread) else _JOINED, known, frame.f_back)

    def join_left(self, frame: FrameType, _raised: BaseException) -> None:
        """An exception, of a signal handler for one, ends the wait."""
        self.joined(frame, None)

    def renamed(self, frame: FrameType, _value: object) -> None:
        """`thread.name = ...` after its start."""
        known = self.kit.known(frame.f_locals["self"])
        if known is not None and type(frame.f_locals["self"]._name) is str:
            known.name = frame.f_locals["self"]._name
            if known.thread >= 0:
                line, note = self.recorder.line_of(frame.f_back), self.recorder.text(known.name[:200])
                self.recorder.emit_for(known.thread, _RENAMED, known.number, line, 0, note)

    # --- raw threads -----------------------------------------------------------------------------------------------------------

    def start_new_thread(self, function: Callable[..., object], args: tuple[object, ...], *rest: object) -> int:
        """Start a new thread and return its identifier."""
        return real.start_new_thread(*self._wrapped(function, args, *rest))

    def start_joinable_thread(self, function: Callable[..., object], *args: object, **keywords: object) -> object:
        """*For internal use only*: start a new thread that can be joined."""
        target, rest = self._wrapped(function, ())[:2]
        return _START_JOINABLE(_Call(target, rest) if rest else target, *args, **keywords)

    def _wrapped(self, function: Callable[..., object], args: tuple[object, ...], *rest: object) -> tuple[Callable[..., object], tuple[object, ...]]:
        keywords = rest[0] if rest else {}
        if not callable(function) or not isinstance(args, tuple) or not isinstance(keywords, dict) or len(rest) > 1:
            return (function, args, *rest)  # type: ignore[return-value]
        recorder, frame = self.recorder, real.getframe(2)
        name = self.kit.thread_names.running(function)
        line = recorder.line_of(frame)
        number = recorder.enter_thread(Member(name, True, 0, recorder.me(), line, 0))
        recorder.emit_for(number, _CREATED, 0, line)
        return self._run_raw, (number, function, args, keywords)

    def _run_raw(self, number: int, function: Callable[..., object], args: tuple[object, ...], keywords: dict[str, object]) -> None:
        if number >= 0:
            self.run_by_me(number)
            self.recorder.emit(_BEGAN, 0, 0, real.get_native_id())
        try:
            function(*args, **keywords)
        except SystemExit:
            pass
        except BaseException as error:  # noqa: BLE001 - what CPython does at this place: report it, end the thread
            trace = error.__traceback__
            error.__traceback__ = trace.tb_next if trace is not None else None
            crashes.note_crash(self.recorder, error)
            if self._unraisable is not None:
                words = f"Exception ignored in thread started by {function!r}"
                sys.unraisablehook(self._unraisable((type(error), error, error.__traceback__, words, None)))
        self.end_me()


class _Call:
    """A call without arguments."""

    def __init__(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        self._function, self._args = function, args

    def __call__(self) -> None:
        self._function(*self._args)




def _unraisable_type() -> Callable[[tuple[object, ...]], sys.UnraisableHookArgs] | None:
    """The type that `sys.unraisablehook` is called with has no name in Python: provoke one call and look."""
    kept: list[type] = []

    class Last:
        def __del__(self) -> None:
            raise ValueError

    hook = sys.unraisablehook
    sys.unraisablehook = lambda arguments: kept.append(type(arguments))
    try:
        Last()
    finally:
        sys.unraisablehook = hook
    return kept[0] if kept else None


def install(kit: FreeKit) -> None:
    """Put it in place."""
    threads = Threads(kit)
    watch, cls = kit.monitor.watch, threading.Thread
    watch(code_of(cls.start), start=threads.starting, unwind=threads.not_started)
    watch(code_of(cls._bootstrap_inner), start=threads.began, leave=threads.ended, unwind=threads.left)  # type: ignore[attr-defined]
    watch(code_of(cls.join), start=threads.joining, leave=threads.joined, unwind=threads.join_left)
    watch(code_of(cls.name.fset), leave=threads.renamed)  # type: ignore[attr-defined]
    _thread.start_new_thread = threads.start_new_thread
    _thread.start_new = threads.start_new_thread
    _thread.start_joinable_thread = threads.start_joinable_thread  # type: ignore[assignment]


LENS = Lens("thread", ("threading.Thread", "_thread.start_new_thread"), install)
