"""The host of all runs: one warm zygote for each CPython, started when first needed, shared by every thread that opens a session."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading

from playground.comparison import compare
from playground.model.errors import BadSpec
from playground.model.record import End
from playground.model.spec import RunSpec, check
from playground.runtimes import Runtime, find_runtimes
from playground.sandbox import Cell, Policy, Report, Zygote, examine
from playground.session import Session


class Host:
    """Opens sessions. `start` may be left out: the first session then pays for the zygote's start.

    Thread-safe. `default_python` names the runtime of specs that name none ("": the one this host runs on).
    """

    def __init__(self, *, default_python: str = "") -> None:
        self._default_python = default_python
        self._lock = threading.Lock()
        self._zygotes: dict[str, Zygote] = {}

    def start(self) -> None:
        """Warm the default runtime; raises SandboxRefused with reason and mend where nothing can run safely."""
        self._zygote(self._runtime("")).start()

    def open(self, spec: RunSpec) -> Session:
        """A session for this spec; its cell opens when it is first iterated. Raises BadSpec."""
        check(spec)
        runtime = self._runtime(spec.python)
        zygote = self._zygote(runtime)

        def open_cell() -> Cell:
            zygote.start()
            return zygote.open_cell(Policy.for_limits(spec.limits), spec.to_json().encode())

        return Session(spec, open_cell, python=f"cpython {runtime.version}", gil=runtime.gil, tier=lambda: zygote.tier)

    def report(self) -> Report:
        """What `doctor` prints, from a real probe run."""
        return examine(find_runtimes())

    def compare(self, recorded: End, plain: End, *, gil: bool = True) -> tuple[str, ...]:
        """What may be said of one program run recorded and unrecorded; see comparison.py."""
        return compare(recorded, plain, gil=gil)

    def close(self) -> None:
        """End every zygote and with it every run."""
        with self._lock:
            zygotes, self._zygotes = list(self._zygotes.values()), {}
        for zygote in zygotes:
            zygote.close()

    def _runtime(self, name: str) -> Runtime:
        """The runtime of that name; the one that this host itself runs on is known without looking for others."""
        name, own = name or self._default_python, own_runtime()
        if name in ("", own.name):
            return own
        for runtime in find_runtimes():
            if runtime.name == name:
                return runtime
        raise BadSpec(f"There is no CPython {name[:20]!r} on this host. There are: {', '.join(each.name for each in find_runtimes())}.")

    def _zygote(self, runtime: Runtime) -> Zygote:
        with self._lock:
            if runtime.name not in self._zygotes:
                self._zygotes[runtime.name] = Zygote(runtime)
            return self._zygotes[runtime.name]


def own_runtime() -> Runtime:
    """The CPython that this process runs on."""
    gil = not sysconfig.get_config_var("Py_GIL_DISABLED")
    version = sys.version_info
    base = str(getattr(sys, "_base_executable", "") or sys.executable)
    return Runtime(f"{version.major}.{version.minor}{'' if gil else 't'}", os.path.realpath(base), ".".join(map(str, version[:3])), gil)
