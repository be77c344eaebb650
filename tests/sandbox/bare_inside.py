"""The smallest thing that runs inside the walls: execs the job's source, no recorder. The attacks of these tests run in it."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
import types


def main(job: bytes, event_fd: int) -> int:
    """Run the source as `__main__`; the status is that of a plain interpreter."""
    spec = json.loads(job)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    module.__dict__["EVENT_FD"] = event_fd
    try:
        exec(compile(spec["source"], spec.get("name", "program.py"), "exec"), module.__dict__)
        import threading

        threading._shutdown()  # type: ignore[attr-defined]
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except BaseException:  # noqa: BLE001 - what a plain interpreter does
        traceback.print_exc()
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    return 0
