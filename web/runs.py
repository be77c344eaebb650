"""The runs of this server: each has an id that cannot be guessed, a thread that reads its session, and a log that outlives it for a while.

A run belongs to whoever knows its id. It goes on while its page is away, up to the grace; ended logs are kept within a budget.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from itertools import count
from typing import Any

from playground import BadSpec, PlaygroundError, RunSpec, SandboxRefused, SearchSpec
from playground import record as record_types
from web.admission import Admission, Ticket
from web.config import Config
from web.engine import Engine, Session
from web.engine import Host as EngineHost
from web.runlog import GATHERED, RunLog

log = logging.getLogger("threadplay.runs")
SWEEP_S = 1.0


class NoRoom(PlaygroundError):
    """The machine has no disk or no threads left for a run."""


class Run:
    """One program or search, going or ended. `end` is None until its last record came; `refusal` says what was wrong with its spec."""

    def __init__(self, spec: RunSpec | SearchSpec, run: str, channel: int, run_log: RunLog) -> None:
        self.spec, self.id, self.channel, self.log = spec, run, channel, run_log
        self.started_at = time.time()
        self.end: record_types.End | None = None
        self.refusal: BadSpec | None = None
        self.ended_at = 0.0
        self.alone_since: float | None = None
        self._followers = 0
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._stop_reason = ""

    def stop(self, reason: str) -> None:
        """End it soon, whether its cell is open yet or not; from any thread, any number of times."""
        with self._lock:
            self._stop_reason = self._stop_reason or reason
            session = self._session
        if session is not None and self.end is None:
            session.stop(reason)

    @property
    def searches(self) -> bool:
        """It looks for a failing interleaving."""
        return isinstance(self.spec, SearchSpec)

    def opened(self, session: Session) -> None:
        """Its session exists now; a stop that came before reaches it here."""
        with self._lock:
            self._session = session
            reason = self._stop_reason
        if reason:
            session.stop(reason)

    def follow(self, bell: Callable[[], None]) -> None:
        """Somebody watches: ring for each message."""
        with self._lock:
            self._followers += 1
            self.alone_since = None
        self.log.follow(bell)

    def unfollow(self, bell: Callable[[], None]) -> None:
        """They went away; the grace begins when nobody is left."""
        self.log.unfollow(bell)
        with self._lock:
            self._followers -= 1
            if not self._followers:
                self.alone_since = time.monotonic()

    @property
    def watched(self) -> bool:
        """Somebody follows it or reads it out."""
        return self._followers > 0


class Runs:
    """All runs by id."""

    def __init__(self, config: Config, engine: Engine, admission: Admission) -> None:
        self.config, self.engine, self.admission = config, engine, admission
        self.host: EngineHost = engine.Host(default_python=config.python)
        self.outcomes: Counter[str] = Counter()
        self.search_outcomes: Counter[str] = Counter()
        self.search_executions = self.failures_found = 0
        self.events = 0
        self.seconds = 0.0
        self.evicted = 0
        self.last_good = 0.0
        """time.monotonic() when a run last gave its End as it should."""
        self.refusal = ""
        """Why the sandbox does not run anything, in its own words; empty while it does."""
        self._runs: dict[str, Run] = {}
        self._channels = count(1)
        self._lock = threading.Lock()
        self._begin = threading.Lock()
        self._closing = threading.Event()
        self._started = False
        self._keeper: threading.Thread | None = None

    def begin(self) -> None:
        """Start the host once; raises SandboxRefused each time it cannot."""
        with self._begin:
            if self._started or self._closing.is_set():
                return
            try:
                self.host.start()
            except SandboxRefused as refused:
                self.refusal = str(refused)
                raise
            self.refusal, self._started = "", True
            self._keeper = threading.Thread(target=self._keep, name="runs-keeper", daemon=True)
            self._keeper.start()

    def start(self, spec: RunSpec | SearchSpec, ticket: Ticket) -> Run:
        """Run it now, on the slot that `ticket` holds; the ticket is given back when it ends. Raises NoRoom, the ticket given back."""
        channel = next(self._channels) & 0xFFFF_FFFF
        name = secrets.token_urlsafe(16)
        try:
            gather = GATHERED if isinstance(spec, RunSpec) and spec.mode == "controlled" else 0
            run = Run(spec, name, channel, RunLog(name, channel, self.config.data / "runs", self.engine.jsonl, gather=gather))
            run.alone_since = time.monotonic()
            with self._lock:
                self._runs[name] = run
            threading.Thread(target=self._consume, args=(run, ticket), name=f"run-{channel}", daemon=True).start()
        except (OSError, RuntimeError) as problem:  # the disk is full; RuntimeError: no more threads
            self._runs.pop(name, None)
            self.admission.leave(ticket)
            log.error("a run cannot be started: %s", problem)
            raise NoRoom("The server has no room to start this run. Try again in a minute, or tell whoever hosts it.") from None
        return run

    def find(self, name: str) -> Run | None:
        """The run of that id, while its log is kept."""
        return self._runs.get(name)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def searching(self) -> int:
        """Searches that go on."""
        return sum(run.searches and run.end is None for run in tuple(self._runs.values()))

    @property
    def log_bytes(self) -> int:
        """Disk that the logs take."""
        return sum(run.log.bytes for run in tuple(self._runs.values()))

    def close(self) -> None:
        """Stop every run and the host."""
        self._closing.set()
        for run in tuple(self._runs.values()):
            run.stop("the server is shutting down")
        with self._begin:
            if self._started:
                self.host.close()

    def _consume(self, run: Run, ticket: Ticket) -> None:
        """The run's own thread: every record into the log, an End whatever happens."""
        began = time.monotonic()
        try:
            self._read(run)
        except PlaygroundError as refused:
            run.refusal = refused if isinstance(refused, BadSpec) else None
            self._finish(run, _ended("refused", str(refused)))
        except Exception:  # this thread's outermost door: one run's failure is not the server's
            log.exception("a run could not be read")
            run.stop("the server failed")
            self._finish(run, _ended("protocol", "The server failed while it read this run. It is not the program's fault; run it again."))
        finally:
            self.seconds += time.monotonic() - began
            run.ended_at = time.monotonic()
            self.admission.leave(ticket)

    def _read(self, run: Run) -> None:
        self.begin()
        with self._open(run.spec) as session:
            run.opened(session)
            for record in session:
                if isinstance(record, record_types.End):
                    self._finish(run, record)
                else:
                    if (report := getattr(record, "report", None)) is not None:
                        self.search_executions += report.executions
                        self.failures_found += report.failure is not None
                    run.log.append(record)
        if run.end is None:
            self._finish(run, _ended("protocol", "The run ended without saying how."))

    def _open(self, spec: RunSpec | SearchSpec) -> Session:
        return self.host.search(spec) if isinstance(spec, SearchSpec) else self.host.open(spec)

    def _finish(self, run: Run, end: record_types.End) -> None:
        """The last record, once."""
        if run.end is not None:
            return
        run.end = end
        (self.search_outcomes if run.searches else self.outcomes)[end.outcome] += 1
        self.events += run.log.events
        if end.outcome in ("ok", "failed", "deadlock"):
            self.last_good = time.monotonic()
        try:
            run.log.append(end)
        except OSError:  # the disk is full: what was written stays readable
            log.error("the log of a run cannot be written: no room in %s", self.config.data)
            run.log.ended = True

    def _keep(self) -> None:
        """The keeper: stop runs that nobody watches, give back what old logs hold."""
        while not self._closing.wait(SWEEP_S):
            self.sweep()

    def sweep(self) -> None:
        """One round of the keeper."""
        now = time.monotonic()
        runs = tuple(self._runs.values())
        for run in runs:
            if run.end is None and run.alone_since is not None and now - run.alone_since > self.config.grace_s:
                run.stop("nobody was watching any more")
        old = sorted((run for run in runs if run.ended_at and not run.watched), key=lambda run: run.ended_at)
        budget = self.config.log_budget_mb * 2**20
        total = self.log_bytes
        for run in old:
            if total > budget or now - run.ended_at > self.config.log_keep_s:
                total -= run.log.bytes
                self._evict(run)
        if total > budget:
            going = [run for run in runs if run.end is None]
            if going:
                max(going, key=lambda run: run.log.bytes).stop("the server has no room left for its trace")

    def _evict(self, run: Run) -> None:
        with self._lock:
            self._runs.pop(run.id, None)
        self.evicted += 1


def _ended(outcome: str, sentence: str) -> record_types.End:
    """An End for a run that could not give its own."""
    blank: dict[str, Any] = {field.name: {"int": 0, "float": 0.0}.get(str(field.type), "") for field in fields(record_types.End)}
    return record_types.End(**blank | {"outcome": outcome, "exit_code": 4, "sentence": sentence, "left_off": -1})
