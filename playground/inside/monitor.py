"""One `sys.monitoring` tool for everything: local events on the standard library's own code, and who is called for which code.

Start and return are local events of single code objects and cost nothing elsewhere. Unwinding is a global event only (CPython has no local
one): its callback looks the code up in a dict. It also takes the recorder's own frames out of tracebacks as an exception leaves them, so that
the visitor reads the traceback that plain CPython prints.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Protocol

from playground.inside import real

__builtins__ = real.builtins

TOOL_NAME = "threadplay"
_TOOLS = (4, 3, 5, 2, 1, 0)
_HERE = __file__.rpartition("/")[0]

type Started = Callable[[FrameType], None]
type Returned = Callable[[FrameType, object], None]
type Unwound = Callable[[FrameType, BaseException], None]


class Owner(Protocol):
    """For whom a monitor works: hears of what goes wrong, and ends it."""

    endings: list[Callable[[], None]]

    def failed(self, error: BaseException) -> None:
        """A callback raised."""


class Monitor:
    """Who is called when which code starts, returns or is left by an exception."""

    def __init__(self, recorder: Owner) -> None:
        self.recorder = recorder
        self.tool = _free_tool()
        self._starts: dict[int, Started] = {}
        self._returns: dict[int, Returned] = {}
        self._unwinds: dict[int, Unwound] = {}
        self._codes: dict[int, CodeType] = {}
        self._first: Callable[[CodeType], None] | None = None
        if self.tool >= 0:
            real.register_callback(self.tool, real.PY_START, self._on_start)
            real.register_callback(self.tool, real.PY_RETURN, self._on_return)
            real.register_callback(self.tool, real.PY_UNWIND, self._on_unwind)
            real.set_events(self.tool, real.PY_UNWIND)
            recorder.endings.append(self.end)

    @property
    def ours(self) -> bool:
        """Whether the tool is still ours: the program may have freed it."""
        return self.tool >= 0 and real.get_tool(self.tool) == TOOL_NAME

    def watch(self, code: CodeType, start: Started | None = None, leave: Returned | None = None, unwind: Unwound | None = None) -> None:
        """Call these from now on; a code that is watched already keeps what it has beside."""
        key = id(code)
        self._codes[key] = code
        events = real.get_local_events(self.tool, code) if self.ours else 0
        if start is not None:
            self._starts[key] = start
            events |= real.PY_START
        if leave is not None:
            self._returns[key] = leave
            events |= real.PY_RETURN
        if unwind is not None:
            self._unwinds[key] = unwind
        if self.ours:
            real.set_local_events(self.tool, code, events)

    def events(self, code: CodeType, *, start: bool) -> int:
        """What `real.set_local_events` takes for that code to report its starts, or to leave them out at no cost; all else stays."""
        events = real.get_local_events(self.tool, code)
        return events | real.PY_START if start else events & ~real.PY_START

    def end(self) -> None:
        """Give the tool back; with it all its events go."""
        if self.ours:
            real.set_events(self.tool, 0)
            for code in self._codes.values():
                real.set_local_events(self.tool, code, 0)
            real.free_tool_id(self.tool)
        self.tool = -1

    def watch_all(self, first: Callable[[CodeType], None]) -> None:
        """Call `first` once for every other code that starts."""
        self._first = first
        if self.ours:
            real.set_events(self.tool, real.PY_UNWIND | real.PY_START)

    def _on_start(self, code: CodeType, _offset: int) -> object:
        try:
            handler = self._starts.get(id(code))
            if handler is None:
                if self._first is not None:
                    self._first(code)
                return real.DISABLE
            handler(real.getframe(1))
        except Exception as error:  # noqa: BLE001 - a lens that fails loses this fact, never the program
            self.recorder.failed(error)
        return None

    def _on_return(self, code: CodeType, _offset: int, value: object) -> None:
        try:
            self._returns[id(code)](real.getframe(1), value)
        except Exception as error:  # noqa: BLE001 - as above
            self.recorder.failed(error)

    def _on_unwind(self, code: CodeType, _offset: int, raised: BaseException) -> None:
        handler = self._unwinds.get(id(code))
        if handler is not None:
            try:
                handler(real.getframe(1), raised)
            except Exception as error:  # noqa: BLE001 - as above
                self.recorder.failed(error)
        elif code.co_filename.startswith(_HERE):
            trace = real.traceback_of(raised)
            if trace is not None and trace.tb_frame.f_code is code:
                real.set_traceback(raised, trace.tb_next)


def _free_tool() -> int:
    for tool in _TOOLS:
        if real.get_tool(tool) is None:
            real.use_tool_id(tool, TOOL_NAME)
            return tool
    return -1


def code_of(function: object) -> CodeType:
    """The code of a Python function or method of the standard library, beneath what controlled mode wraps around it."""
    function = function.__func__ if isinstance(function, staticmethod) else function
    code = getattr(inspect.unwrap(function), "__code__", None)  # type: ignore[arg-type]
    if not isinstance(code, CodeType):
        raise TypeError(f"{function!r} is not a Python function")
    return code


def inner_code(code: CodeType, name: str) -> CodeType:
    """The code of the function called `name` that is defined within that code."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name == name:
            return constant
    raise LookupError(name)
