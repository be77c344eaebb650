"""The originals, saved before anything is put in their place and before the visitor's program can change them.

The recorder calls only these: a program that replaces `time.monotonic_ns` or `os.write` changes its own world, not the recorder's.
"""

from __future__ import annotations

import _interpreters
import _thread
import atexit
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

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
