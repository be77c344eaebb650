"""Where an interpreter keeps its GIL: read from outside through the debug offsets that CPython publishes for exactly this.

Sources: Include/internal/pycore_runtime.h (3.13) and pycore_debug_offsets.h (3.14): a table of 8-byte numbers at the start of
`_PyRuntime`. Whatever is read is verified on the reading process itself; an interpreter laid out in another way has no GIL facts.
"""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from dataclasses import dataclass

_COOKIE = b"xdebugpy"
_FREE_THREADED, _SIZE, _HEAD, _INTERPRETER = 2, 3, 5, 6
_LAYOUTS = ({"locked": 17, "holder": 18, "state": 19, "tid": 25}, {"locked": 18, "holder": 19, "state": 20, "tid": 26})
"""Row numbers in the table: 3.13; 3.14, which has threads_main before them."""


@dataclass(frozen=True, slots=True)
class Gil:
    """Addresses, the same in every fork: the runtime's range (a futex in it is a wait for the GIL), the holder, and the tid's offset.

    `holder` is a PyThreadState pointer, followed by the int `locked` (struct _gil_runtime_state, pycore_gil.h).
    """

    low: int
    high: int
    holder: int
    tid_offset: int

    def owner(self, memory: int) -> int:
        """The native tid that has the GIL in the process whose /proc/PID/mem this is; 0 if nobody has."""
        try:
            state, locked = struct.unpack("=Qi", os.pread(memory, 12, self.holder))
            if locked != 1:
                return 0
            (tid,) = struct.unpack("=Q", os.pread(memory, 8, state + self.tid_offset))
        except (OSError, struct.error):
            return 0
        return int(tid) & 0xFFFFFFFF


def locate() -> Gil | None:
    """The GIL of this interpreter, verified: this thread must be seen to hold it. None where there is none or the layout is unknown."""
    try:
        low = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    except ValueError:
        return None
    table = ctypes.string_at(low, 30 * 8)
    words = struct.unpack("=30Q", table)
    if not table.startswith(_COOKIE) or words[_FREE_THREADED]:
        return None
    (interpreter,) = struct.unpack("=Q", ctypes.string_at(low + words[_HEAD], 8))
    for layout in _LAYOUTS:
        fields = [words[layout[name]] for name in ("locked", "holder", "tid")]
        plausible = max(fields[:2]) < words[_INTERPRETER] and fields[2] < words[layout["state"]]
        if plausible and (found := _verified(low, words[_SIZE], interpreter, fields)):
            return found
    return None


def _verified(low: int, size: int, interpreter: int, fields: list[int]) -> Gil | None:
    """The candidate, if it says that this very thread, which holds the GIL through all of this, has it."""
    locked, holder, tid = fields
    get_state = ctypes.pythonapi.PyThreadState_Get
    get_state.restype = ctypes.c_void_p
    mine = int(get_state())
    if struct.unpack("=Qi", ctypes.string_at(interpreter + holder, 12)) != (mine, 1) or locked != holder + 8:
        return None
    (native,) = struct.unpack("=Q", ctypes.string_at(mine + tid, 8))
    return Gil(low, low + size, interpreter + holder, tid) if native == threading.get_native_id() else None
