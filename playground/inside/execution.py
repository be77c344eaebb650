"""One program, executed under control as often as wanted in one process; each time everything is as on a fresh start."""

from __future__ import annotations

import builtins
import gc
import os
import random
import re
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from playground.inside.beneath.access import recipes_for
from playground.inside.beneath.backend import Backend
from playground.inside.beneath.baton import INTERRUPTED, Baton, Waiting
from playground.inside.beneath.library import Library
from playground.inside.beneath.points import Points, all_codes
from playground.inside.beneath.task import Task, Unwind
from playground.inside.beneath.tracebacks import line_within, visible
from playground.inside.reach import names_of, thread_name
from playground.inside.recording import Recording
from playground.inside.wording import exit_status
from playground.model.outcome import Outcome, Wait
from playground.model.releasing import only_holders_release
from playground.model.schedule import MAX_STEPS, Pending
from playground.search.strategy import Strategy

COLLECT_EVERY = 50
"""Executions between two collections of garbage; none happens during an execution, where it would run finalizers at a whim."""
MOST_PRINTED = 262_144
"""Letters of each stream that an execution keeps, unless it is given more room."""
LONG = 2_000
"""Steps of a loop without an end of its own that a strategy is still asked to look back at."""
FINALIZERS = "finalizers, which run when nobody has an object any more, or at the very end"
_print_unraisable = sys.__unraisablehook__
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,16}\b")
_REASONS = {
    "steps": "the program made {steps:,} steps and was not over: it may be endless",
    "circle": "{circle} wait for each other while others go on, which is possibly a deadlock: only a thread that is not among them could end it",
    "left": "{detail}",
    "pruned": "",
}


class _Voice:
    """What sys.stdout and sys.stderr are during an execution."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, parts: list[str], heard: Callable[[str], None] | None, limit: int) -> None:
        self.parts = parts
        self._heard = heard
        self._room = limit

    def write(self, text: str) -> int:
        written = len(text)
        text = _without_addresses(text)
        if self._room > 0:
            self.parts.append(text[: self._room])
            if self._heard is not None:
                self._heard(text[: self._room])
            self._room -= len(text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("the program's output has no file descriptor in controlled mode")


class _Deaf:
    """What sys.stdin is during an execution: nobody is there to type."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, asked: Callable[[], Any]) -> None:
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        if name in ("read", "readline", "readlines", "buffer", "__iter__", "__next__"):
            self._asked()
        raise AttributeError(name)

    def __iter__(self) -> Any:
        return self._asked()

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 0


class Execution:
    """A program with a granularity and a backend. `run` as often as you like; `close` at the end."""

    def __init__(self, source: str, name: str, granularity: str, backend: Backend, *, seed: int = 0, max_steps: int = MAX_STEPS,
                 max_threads: int = 256, library: Library | None = None) -> None:
        """`library`: one that was made ahead, which brings its baton and that its backend and threads."""
        self._library = library or Library(Baton(backend, max_threads))
        self.baton = self._library.baton
        self.baton.max_steps = max_steps
        self.baton.program = name
        self.baton.holders_only = only_holders_release(source)
        self.granularity = granularity
        self._name_of_program = name
        self._seed = seed
        self._text = source
        self._code = compile(source, name, "exec", dont_inherit=True)
        self.recording: Recording | None = None
        self.aloud: Callable[[int, str], None] | None = None
        """Called with what a recorded execution prints, at once: stream and text."""
        self.room = MOST_PRINTED
        self._points = Points(self.baton)
        codes = all_codes(self._code)
        self._points.watch(codes, granularity, recipes_for(codes, granularity, self.baton))
        self._at_the_end = {FINALIZERS} if any(code.co_name == "__del__" for code in codes) else set()
        self._count = 0
        self.overlooked = False
        """True once a strategy was not shown what an execution came to: it proves nothing, and looking back at so many steps takes long."""
        gc.freeze()  # what collections between executions look through is only what executions made; `close` gives the rest back

    def record(self, strategy: Strategy) -> tuple[Outcome, Recording]:
        """One execution with everything that a page or a story needs; the strategy's `begin` was called."""
        self.recording = recording = Recording(self.baton, self._name_of_program, self._text, offsets=self.granularity != "sync")
        recording.aloud = self.aloud
        try:
            return self.run(strategy), recording
        finally:
            self.recording = None

    def cut_short(self) -> tuple[Outcome, Recording]:
        """What the execution came to that is being recorded and will not come back; nothing may follow but the end of the process."""
        assert self.recording is not None
        self.recording.end()
        return self._outcome(""), self.recording

    def run(self, strategy: Strategy) -> Outcome:
        """One execution. The strategy's `begin` has been called by whoever calls this; its `end` is called here."""
        baton = self.baton
        main = ModuleType("__main__")
        main.__file__ = self._name_of_program
        vars(main)["__builtins__"] = builtins
        parts: list[str] = []
        heard = self.recording.printed if self.recording is not None else None
        saved = (sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"], sys.unraisablehook, sys.excepthook, builtins.input, os.fork, sys.argv,
                 without_collection())
        baton.begin(strategy)
        baton.unproven |= self._at_the_end
        self._library.enter()
        sys.stdout, sys.stderr = (_Voice(parts, None if heard is None else partial(heard, stream), self.room) for stream in (1, 2))
        sys.stdin = _Deaf(self._no_input)
        sys.modules["__main__"] = main
        sys.argv = [self._name_of_program]
        sys.unraisablehook = sys.__unraisablehook__ = self._unraisable
        sys.excepthook = sys.__excepthook__
        builtins.input = self._no_input
        os.fork = self._no_fork
        random.seed(self._seed)
        try:
            first = baton.spawn(lambda: self._main(vars(main)), False)
            first.thread = self._library.threading._main_thread
            if self.recording is not None:
                self.recording.begin(vars(main))
            baton.current = first
            baton.backend.run(first)
            if baton.over in ("steps", "circle") or (baton.step > LONG and INTERRUPTED in baton.unproven):
                self.overlooked = True
            else:
                strategy.end(self._still_pending())
            return self._outcome("".join(parts))
        finally:
            sys.unraisablehook, sys.__unraisablehook__ = _silent, _print_unraisable
            baton.over = baton.over or "end"
            baton.failures.clear()
            if self.recording is not None:
                self.recording.end()
            vars(main).clear()
            self._library.leave()
            baton.begin(None)
            baton.over = "end"
            self._count += 1
            if self._count % COLLECT_EVERY == 0:
                gc.collect()
            (sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"], sys.unraisablehook, sys.excepthook, builtins.input, os.fork,
             sys.argv) = saved[:-1]
            if saved[-1]:
                gc.enable()

    def close(self) -> None:
        """Give the monitoring tool back."""
        self._points.close()
        gc.unfreeze()

    def _main(self, space: dict[str, Any]) -> None:
        baton = self.baton
        try:
            exec(self._code, space)
        except SystemExit as error:
            if error.code is not None and not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
            if exit_status(error.code):
                baton.failures.append((0, error))
        except Unwind:
            raise
        except BaseException as error:  # noqa: BLE001  whatever leaves the program is its failure
            baton.failures.append((0, error))
            error.__traceback__ = visible(error.__traceback__)
            sys.excepthook(type(error), error, error.__traceback__)
        finally:
            self._library.tracing.stop()
        self._library.threading._shutdown()
        if self.recording is not None:
            self.recording.look()

    def _still_pending(self) -> list[Pending | None]:
        still: list[Pending | None] = [None] * len(self.baton.tasks)
        for wait in self.baton.waits:
            still[wait.task.id] = wait.pending
        return still

    def _outcome(self, output: str) -> Outcome:
        baton = self.baton
        choices, unproven = tuple(baton.choices), tuple(sorted(baton.unproven))
        if baton.failures:
            thread, error = baton.failures[0]
            if (reason := _from_outside(error, line_within(error.__traceback__, self._name_of_program))):
                return Outcome("inconclusive", choices, message=reason, unproven=unproven, output=output)
            message = str(error.code) if isinstance(error, SystemExit) else _message(error)
            return Outcome("exception", choices, type(error).__name__, message, thread, self._thread_name(baton.tasks[thread]),
                           line_within(error.__traceback__, self._name_of_program), (), unproven, output)
        if baton.over == "deadlock":
            waits = tuple(self._wait(wait) for wait in baton.waits)
            return Outcome("deadlock", choices, waits=waits, unproven=unproven, output=output)
        if baton.over == "end":
            return Outcome("clean", choices, unproven=unproven, output=output)
        reason = _REASONS[baton.over].format(steps=baton.step, detail=baton.detail, circle=self._circle())
        return Outcome("pruned" if baton.over == "pruned" else "inconclusive", choices, message=reason, unproven=unproven, output=output)

    def _wait(self, wait: Waiting) -> Wait:
        task, pending, holder = wait
        name = self.recording.waits.get(pending.obj, "") if self.recording is not None else ""
        return Wait(task.id, self._thread_name(task), pending.kind, pending.obj, name, -1 if holder is None else holder.id)

    def _circle(self) -> str:
        names = names_of(self.baton.tasks)
        waiting = [names[task.id] for task in self.baton.circle.tasks] if self.baton.circle is not None else [""]
        return " and ".join((*filter(None, [", ".join(waiting[:-1])]), waiting[-1]))

    def _thread_name(self, task: Task) -> str:
        if self.recording is not None:
            return self.recording.threads.get(task.id, "")
        return thread_name(task.thread, task.id)

    def _unraisable(self, unraisable: Any) -> None:
        """An exception that CPython only prints, as in `__del__`, fails the program too."""
        if not self.baton.over and isinstance(unraisable.exc_value, Exception):
            self.baton.failures.append((self.baton.current.id, unraisable.exc_value))
        _print_unraisable(unraisable)

    def _no_input(self, prompt: object = "") -> str:
        self.baton.stop("left", "input() waits for somebody outside; under control nobody is there to answer")
        raise AssertionError

    def _no_fork(self) -> int:
        self.baton.stop("left", "os.fork() makes a second process, which the schedule cannot steer")
        raise AssertionError


def without_collection() -> bool:
    """Turn automatic collection off; True if it was on."""
    was = gc.isenabled()
    gc.disable()
    return was


def _silent(unraisable: object) -> None:
    """Finalizers that fail while an execution is cleared away have nobody to tell."""


def _without_addresses(text: str) -> str:
    """Where an object lies differs from run to run and is in no trace; `<Account object at 0x...>` says enough."""
    return _ADDRESS.sub(" at 0x...", text) if " at 0x" in text else text


def _from_outside(error: BaseException, line: int) -> str:
    """Why this exception is none of the program's own making: it met a limit, or asked the outside for what is not there ("" otherwise)."""
    if isinstance(error, MemoryError):
        return f"line {line}: the program ran into the memory limit (MemoryError)"
    if isinstance(error, OSError) and type(error.errno) is int:
        return f"line {line}: the program asks the outside for something that it does not get here ({type(error).__name__}: {_message(error)[:200]})"
    return ""


def _message(error: BaseException) -> str:
    try:
        return _without_addresses(str(error)[:1000])
    except BaseException:  # noqa: BLE001  a visitor's __str__ may raise anything
        return ""
