"""The originals, saved before anything is put in their place and before the visitor's program can change them.

The recorder calls only these: a program that replaces `time.monotonic_ns` or `os.write` changes its own world, not the recorder's. Modules of
which the program's output or exit status depends say `__builtins__ = real.builtins` before their first function, which then looks up `len` and the
like in a copy: `builtins.len = None` changes the program's world too.
"""

from __future__ import annotations

import _interpreters
import _thread
import atexit
import builtins as shared_builtins
import gc
import os
import select
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Sequence
from json import JSONEncoder
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from types import TracebackType
from typing import Any

builtins: Any = dict(vars(shared_builtins))
"""A module's own copy of the builtins."""
__builtins__ = builtins

monotonic_ns = time.monotonic_ns
thread_time_ns = time.thread_time_ns
sleep = time.sleep

get_ident = _thread.get_ident
get_native_id = _thread.get_native_id
allocate_lock = _thread.allocate_lock
start_new_thread = _thread.start_new_thread
thread_count = _thread._count
LockType: Any = _thread.LockType
RLockType: Any = _thread.RLock

threading_shutdown = threading._shutdown  # type: ignore[attr-defined]
threading_excepthook = threading.excepthook
live_threads = threading._active  # type: ignore[attr-defined]

os_write = os.write
os_fstat = os.fstat
os_exit = os._exit
poll = select.poll

run_exitfuncs = atexit._run_exitfuncs
collect = gc.collect
reference = weakref.ref
stack_summary = traceback.StackSummary.extract
walk_traceback = traceback.walk_tb
default_excepthook = sys.excepthook
exception = sys.exception
traceback_of: Callable[[BaseException], TracebackType | None] = BaseException.__dict__["__traceback__"].__get__
set_traceback: Callable[[BaseException, TracebackType | None], None] = BaseException.__dict__["__traceback__"].__set__
context_of: Callable[[BaseException], BaseException | None] = BaseException.__dict__["__context__"].__get__
set_context: Callable[[BaseException, BaseException | None], None] = BaseException.__dict__["__context__"].__set__
"""By the interpreter's own slots: a property of that name is the program's code."""

getframe = sys._getframe
interpreters: Callable[[], Sequence[object]] = _interpreters.list_all
current_frames = sys._current_frames
current_exceptions = sys._current_exceptions
exc_info = sys.exc_info
settrace = sys.settrace
gettrace = sys.gettrace
setprofile = sys.setprofile
getprofile = sys.getprofile
getrecursionlimit = sys.getrecursionlimit
setrecursionlimit = sys.setrecursionlimit

monitoring = sys.monitoring
use_tool_id = monitoring.use_tool_id
free_tool_id = monitoring.free_tool_id
get_tool = monitoring.get_tool
set_events = monitoring.set_events
set_local_events = monitoring.set_local_events
get_local_events = monitoring.get_local_events
register_callback = monitoring.register_callback
restart_events = monitoring.restart_events
DISABLE = monitoring.DISABLE
LINE = monitoring.events.LINE
PY_START = monitoring.events.PY_START
PY_RETURN = monitoring.events.PY_RETURN
PY_UNWIND = monitoring.events.PY_UNWIND


def _no_default(item: object) -> object:
    raise TypeError(f"{type(item).__name__} is no JSON")


def json_text(table: object, separators: tuple[str, str] = (", ", ": ")) -> str:
    """What `json.dumps` gives for plain things, by the encoder in C alone: the one in Python asks `isinstance`, which a program may replace."""
    if c_make_encoder is None:
        return JSONEncoder(separators=separators).encode(table)
    return "".join(c_make_encoder(None, _no_default, encode_basestring_ascii, None, separators[1], separators[0], False, False, True)(table, 0))
