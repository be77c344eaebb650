"""The host of all runs: one warm zygote for each CPython, started when first needed, shared by every thread that opens a session."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import threading
from dataclasses import replace
from functools import partial

from playground.comparison import compare
from playground.exploration import Explored, explore
from playground.model.errors import BadSchedule, BadSpec
from playground.model.record import End
from playground.model.schedule import Schedule
from playground.model.search_spec import SearchSpec, check_search
from playground.model.spec import Limits, RunSpec, check
from playground.replaying import ControlledSession
from playground.runtimes import Runtime, find_runtimes
from playground.sandbox import Cell, Policy, Report, Zygote, examine
from playground.searching import SearchSession
from playground.session import Session


class Host:
    """Opens sessions. `start` may be left out: the first session then pays for the zygote's start.

    Thread-safe. `default_python` names the runtime of specs that name none ("": the one this host runs on).
    """

    def __init__(self, *, default_python: str = "") -> None:
        self._default_python = default_python
        self._lock = threading.Lock()
        self._zygotes: dict[str, Zygote] = {}
        self._warm = False

    def start(self) -> None:
        """Warm the default runtime; raises SandboxRefused with reason and mend where nothing can run safely."""
        self._zygote(self._runtime("")).start()

    def open(self, spec: RunSpec) -> Session | ControlledSession:
        """A session for this spec; its cell opens when it is first iterated. Raises BadSpec."""
        check(spec)
        if spec.mode == "controlled":
            return self._open_controlled(spec)
        runtime = self._runtime(spec.python)
        zygote = self._zygote(runtime)

        def open_cell() -> Cell:
            zygote.start()
            return zygote.open_cell(Policy.for_limits(spec.limits), spec.to_json().encode())

        return Session(spec, open_cell, python=f"cpython {runtime.version}", gil=runtime.gil, tier=lambda: zygote.tier)

    def warm(self) -> None:
        """Make ready for controlled runs and searches too, which have zygotes of their own, and from now on have a cell ready for the next
        controlled run after each. Raises SandboxRefused.
        """
        first, second = (self._controlled(self._runtime(""), hash_seed) for hash_seed in (0, 1))
        first.start()
        second.start()
        self._warm = True
        first.prepare(_quiet(first, Limits()))

    def search(self, search: SearchSpec) -> SearchSession:
        """A session that looks for a failing interleaving; its cell opens when it is first iterated. Raises BadSpec."""
        check_search(search)
        runtime = self._runtime(search.run.python)
        zygotes = self._controlled(runtime, 0), self._controlled(runtime, 1)

        def open_cell(job: bytes, limits: Limits, other: bool) -> Cell:
            cell = _open_quietly(zygotes[other], limits, job)
            session.began()
            return cell

        session = SearchSession(partial(explore, search, open_cell, zygotes[1].start), python=f"cpython {runtime.version}", gil=runtime.gil,
                                tier=lambda: zygotes[0].tier)
        return session

    def check(self, spec: RunSpec, *, strategy: str = "auto", max_executions: int = 10_000, max_seconds: float = 10.0) -> Explored:
        """The same for whoever needs only what it came to. Raises BadSpec and SandboxRefused."""
        return self.search(SearchSpec(spec, strategy, max_executions, max_seconds)).explore()

    def _open_controlled(self, spec: RunSpec) -> ControlledSession:
        """Raises BadSpec. A schedule that was made for another text is known to be so when the session is iterated."""
        if spec.schedule:
            spec = self._on_its_python(spec, Schedule.parse(spec.schedule))
        runtime = self._runtime(spec.python)
        zygote = self._controlled(runtime, 0)

        def open_cell() -> Cell:
            return _open_quietly(zygote, spec.limits, spec.to_json().encode())

        def prepare() -> None:
            if self._warm:
                zygote.prepare(_quiet(zygote, spec.limits))

        return ControlledSession(spec, open_cell, python=f"cpython {runtime.version}", gil=runtime.gil, tier=lambda: zygote.tier, after=prepare)

    def _on_its_python(self, spec: RunSpec, schedule: Schedule) -> RunSpec:
        """The spec with the schedule's granularity and, where the steps depend on it, the schedule's Python."""
        if schedule.granularity in ("bytecode", "gil"):
            if spec.python not in ("", schedule.python):
                raise BadSchedule(f"This schedule counts instructions of CPython {schedule.python}; CPython {spec.python[:20]} has others.")
            return replace(spec, python=schedule.python, granularity=schedule.granularity)
        return replace(spec, granularity=schedule.granularity)

    def report(self) -> Report:
        """What `doctor` prints, from a real probe run."""
        return examine(find_runtimes())

    def compare(self, recorded: End, plain: End, *, gil: bool = True) -> tuple[str, ...]:
        """What may be said of one program run recorded and unrecorded; see comparison.py."""
        return compare(recorded, plain, gil=gil)

    def close(self) -> None:
        """End every zygote and with it every run."""
        self._warm = False
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

    def _controlled(self, runtime: Runtime, hash_seed: int) -> Zygote:
        """The zygote of controlled runs: its strings always hash alike, so that a set of them always has the same order."""
        name = f"{runtime.name} controlled {hash_seed}"
        with self._lock:
            if name not in self._zygotes:
                extension = ("greenlet", _folder_of("greenlet")) if runtime.name == own_runtime().name else ("", "")
                self._zygotes[name] = Zygote(runtime, preload="playground.inside.controlled", extension=extension, hash_seed=hash_seed)
            return self._zygotes[name]


def _open_quietly(zygote: Zygote, limits: Limits, job: bytes) -> Cell:
    """A cell for a controlled run."""
    zygote.start()
    return zygote.open_cell(_quiet(zygote, limits), job)


def _quiet(zygote: Zygote, limits: Limits) -> Policy:
    """Only one thread of a controlled run ever goes, so none is sampled (but where sampling is what counts threads)."""
    return replace(Policy.for_limits(limits), sample=zygote.tier != "A")


def _folder_of(package: str) -> str:
    """Where an installed package lies ("": it is not installed)."""
    spec = importlib.util.find_spec(package)
    return os.path.dirname(os.path.dirname(spec.origin)) if spec is not None and spec.origin else ""


def own_runtime() -> Runtime:
    """The CPython that this process runs on."""
    gil = not sysconfig.get_config_var("Py_GIL_DISABLED")
    version = sys.version_info
    base = str(getattr(sys, "_base_executable", "") or sys.executable)
    return Runtime(f"{version.major}.{version.minor}{'' if gil else 't'}", os.path.realpath(base), ".".join(map(str, version[:3])), gil)
