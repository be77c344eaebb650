"""One run, from the open cell to its End: read the channels, yield records, hold the run to its limits, always close.

Memory stays flat whatever the program writes: nothing is read while the consumer has not taken what was read before, so a slow consumer fills the
pipe and the program waits, at its end too. The deadline still holds then: the supervisor in the cell keeps it too. What a consumer finds that comes
after the deadline is what was sent before; the supervisor's word, not the late look at the clock, says how the run ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Protocol

from playground.ending import Cut, Exit, end_of, limit_cut, refused_end, stopped_cut
from playground.model.errors import SandboxRefused
from playground.model.record import Hello, Record
from playground.model.spec import RunSpec
from playground.reading import Reading

TICK_S, QUIET_TICK_S = 0.02, 0.1
"""How long a read waits: shorter while the run speaks, so that samples do not wait; longer while it is quiet."""
STANDSTILL_NS = 1_000_000_000
"""A certain deadlock of every thread, with no event and no movement for this long, ends the run before its deadline."""
GRACE_NS = 500_000_000
"""The host's clock ends what the supervisor should have ended already."""
DRAIN_NS = 5_000_000_000
"""After a kill the channels must reach their end within this time, or else still bring something: a consumer may come late."""
LOST = "ended from outside: the run's supervisor was killed, so nothing is known of how the program would have ended"


class Cell(Protocol):
    """One confined run, as the sandbox opens it."""

    @property
    def over(self) -> bool: ...
    def chunks(self, timeout_s: float) -> list[tuple[str, bytes]]: ...
    def kill(self, reason: str) -> None: ...
    def exit(self) -> Exit: ...
    def close(self) -> None: ...


class Session:
    """An iterable of Records, Hello first and End last, for one consuming thread; `stop` may be called from any thread.

    Raises nothing of the program's: whatever it does, the last record says so.
    """

    def __init__(self, spec: RunSpec, open_cell: Callable[[], Cell], *, python: str = "", gil: bool = True,
                 tier: Callable[[], str] = str) -> None:
        self._spec = spec
        self._open_cell = open_cell
        self._python, self._gil, self._tier = python, gil, tier
        self._lock = threading.Lock()
        self._cell: Cell | None = None
        self._cut: Cut | None = None
        self._closed = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Record]:
        try:
            cell = self._open()
        except SandboxRefused as refused:
            yield Hello(self._python, self._gil, time.monotonic_ns())
            yield refused_end(str(refused), self._python)
            return
        try:
            yield from self._run(cell, time.monotonic_ns())  # not before: a zygote may have had to start first, which is no time of the run's
        finally:
            self.close()

    def stop(self, reason: str = "stopped by the visitor") -> None:
        """End the run; its iterator still yields what is left and the End record."""
        self._end(stopped_cut(reason))

    def close(self) -> None:
        """Kill what still runs and let go of the cell; idempotent."""
        with self._lock:
            cell, closed, self._closed = self._cell, self._closed, True
        if cell is not None and not closed:
            if not cell.over:
                cell.kill("closed")
            cell.close()

    def _open(self) -> Cell:
        cell = self._open_cell()
        with self._lock:
            self._cell = cell
            cut = self._cut
        if cut is not None:
            cell.kill(cut.outcome)
        return cell

    def _end(self, cut: Cut) -> None:
        """The first reason counts."""
        with self._lock:
            self._cut = self._cut or cut
            cell = None if self._closed else self._cell
        if cell is not None:
            cell.kill(self._cut.outcome)

    def _run(self, cell: Cell, started_ns: int) -> Iterator[Record]:
        reading = Reading(self._spec, python=self._python, gil=self._gil, started_ns=started_ns)
        living: dict[int, int] = {}
        wait_s, ended_ns = TICK_S, 0
        while not cell.over:
            chunks = cell.chunks(wait_s)
            now_ns = time.monotonic_ns()
            if self._cut is None:
                yield from reading.take(chunks, now_ns)
                yield from reading.tick(now_ns)
                living = reading.living()
                self._hold_to_limits(reading, now_ns, started_ns)
            else:
                ended_ns = ended_ns or now_ns
                if not chunks and now_ns > ended_ns + DRAIN_NS:
                    break
                yield from reading.take([] if self._cut.limit in ("output_kb", "events") else chunks, now_ns)
            wait_s = TICK_S if chunks or now_ns < reading.last_sign_ns + STANDSTILL_NS else QUIET_TICK_S
        now_ns = time.monotonic_ns()
        left = cell.exit()
        if left.reason == "lost":
            self._cut = self._cut or stopped_cut(LOST)
        elif self._cut is not None and self._cut.limit == "wall_s" and (left.reason == "ended" or left.limit):
            self._cut = None  # the run was over: only its consumer came late
        yield from reading.finish(now_ns, self._missing(reading, left))
        self._cut = self._stuck_for_good(reading, left) or self._cut
        yield end_of(reading.account(now_ns, living), self._cut, left, self._spec.limits, self._tier(), self._python)

    def _hold_to_limits(self, reading: Reading, now_ns: int, started_ns: int) -> None:
        limits = self._spec.limits
        if reading.limit:
            self._end(limit_cut(reading.limit, limits))
        elif now_ns - started_ns > int(limits.wall_s * 1e9) + GRACE_NS:
            self._end(limit_cut("wall_s", limits))
        elif now_ns > reading.last_sign_ns + STANDSTILL_NS and reading.stands_still():
            title = reading.deadlock.title if reading.deadlock else "Deadlock"
            self._end(Cut("deadlock", f"{title}. No thread could go on, so the run was ended."))

    def _stuck_for_good(self, reading: Reading, left: Exit) -> Cut | None:
        """A run whose time was up while some of its threads were in a certain deadlock could not have ended: that is why it was still there."""
        limit = self._cut.limit if self._cut else left.limit
        if limit not in ("wall_s", "cpu_s") or reading.deadlock is None:
            return None
        return Cut("deadlock", f"{reading.deadlock.title}. Others went on until the run was ended: {limit_cut(limit, self._spec.limits).sentence}")

    def _missing(self, reading: Reading, left: Exit) -> str:
        """Why the last window of the recorder is not in the trace ("" if it is, or if nothing happened in it)."""
        if reading.close is not None or reading.lost or not self._spec.record or (self._cut and self._cut.outcome == "deadlock"):
            return ""
        if self._cut is not None or left.limit:
            return "The run was ended from outside; what the recorder had not written yet is missing."
        if left.signal:
            return f"The program crashed (signal {left.signal}); what the recorder had not written yet is missing."
        return f"The program left by os._exit({left.status}), or closed the recorder's pipe; what the recorder had not written yet is missing."
