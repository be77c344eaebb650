"""One controlled run as a session: the same records as of a free run, and for one program and schedule the same bytes each time.

Its time is counted in steps, so nothing here asks a clock; where the run was cut off from outside, that ending is told as a free run's is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from playground.ending import EXIT_CODES, Cut, end_of, limit_cut, refused_end, stopped_cut
from playground.listening import Heard, decoded, listen
from playground.model.errors import BadSchedule, ProtocolError, SandboxRefused
from playground.model.outcome import is_whole, said_status
from playground.model.record import Claim, End, Found, Hello, Output, Record
from playground.model.report_claim import ENDING_BYTES, Ending, read_ending
from playground.model.schedule import Schedule, hash_of
from playground.model.spec import RunSpec
from playground.reading import Reading
from playground.session import LOST, Cell

_AFTER_NS = 1_000
_NOTHING_TOLD = "Nothing of it was recorded: a controlled run is told when it is over."
_NOT_SHOWN = "Not all that it printed is shown: that is more than the output limit."
_RIPE_NS = 2_000_000_000
"""Detectors wait for silence; after a deadlock under control there is nothing but silence."""


class ControlledSession:
    """An iterable of Records, Hello first and End last; `stop` may be called from any thread."""

    def __init__(self, spec: RunSpec, open_cell: Callable[[], Cell], *, python: str, gil: bool, tier: Callable[[], str],
                 after: Callable[[], None] = lambda: None) -> None:
        """`after` is called when the cell is closed."""
        self._spec = spec
        self._open_cell = open_cell
        self._python, self._gil, self._tier = python, gil, tier
        self._after = after
        self._lock = threading.Lock()
        self._cut: Cut | None = None
        self._cell: Cell | None = None

    def __enter__(self) -> ControlledSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self, reason: str = "stopped by the visitor") -> None:
        """End the run; its iterator still yields what there is and the End record."""
        with self._lock:
            self._cut = self._cut or stopped_cut(reason)

    def close(self) -> None:
        """Nobody wants the run any more; idempotent."""
        self.stop("closed")

    def misfit(self) -> str:
        """For a schedule that was made for another text: how far this program follows it, as a sentence."""
        try:
            _, ending = self._hear()
        except SandboxRefused:
            ending = None
        finally:
            self._let_go()
        if ending is None:
            return "This schedule was made for another text of the program, and the program could not be run along it."
        begin = "This schedule was made for another text of the program: it has changed since, or it is another program."
        wanted = Schedule.parse(self._spec.schedule).choices
        if ending.left_off is not None:
            return f"{begin} It leaves off at step {ending.left_off + 1:,} of {len(wanted):,}, where the thread that it names cannot go on."
        if ending.steps < len(wanted):
            return f"{begin} It leaves off at step {ending.steps + 1:,} of {len(wanted):,}, where the program is over."
        return f"{begin} All of its {len(wanted):,} steps can still be taken, but they may not mean the same."

    def __iter__(self) -> Iterator[Record]:
        """The walls come down after the End, which has nothing to wait for by then.

        Raises BadSchedule before the first record for a schedule that was made for another text, with how far this one follows it.
        """
        if not fits(self._spec):
            raise BadSchedule(self.misfit())
        try:
            yield from self._told()
        finally:
            self._let_go()

    def _told(self) -> Iterator[Record]:
        try:
            heard, ending = self._hear()
        except SandboxRefused as refused:
            yield Hello(self._python, self._gil, 0)
            yield refused_end(str(refused), self._python)
            return
        reading = Reading(self._spec, python=self._python, gil=self._gil, started_ns=0)
        now_ns = heard.until_ns + _AFTER_NS
        told = ""
        for record in self._records(reading, heard, ending, now_ns):
            if isinstance(record, Found):
                record = replace(record, at_ns=min(record.at_ns, now_ns))
                if record.finding.kind == "deadlock":
                    told = told or record.finding.title
            yield record
        yield self._end(reading, heard, ending, now_ns, told)

    def _records(self, reading: Reading, heard: Heard, ending: Ending | None, now_ns: int) -> Iterator[Record]:
        untold = heard.at_once and not heard.report
        yield from reading.believe(_as_it_was_printed(decoded(heard), untold=untold), now_ns)
        yield from reading.salvage((output for output in heard.salvaged if (output.thread < 0) == untold), now_ns)
        for channel, data in heard.written.items():
            if data:
                yield from reading.take([(channel, bytes(data))], now_ns)
        if ending is not None and ending.verdict == "deadlock":
            yield from reading.tick(now_ns + _RIPE_NS)
        missing = "" if heard.report else "The run was ended before it could tell its steps."
        yield from reading.finish(now_ns, missing)

    def _hear(self) -> tuple[Heard, Ending | None]:
        """What the cell says, and how that says it ended. One whose account cannot be believed is heard out, and then its status counts."""
        self._cell = cell = self._open_cell()
        heard = listen(cell, self._spec.limits, stopped=lambda: self._cut, until_told=True, most_report=ENDING_BYTES)
        try:
            ending = read_ending(heard.report) if heard.report else None
        except ProtocolError as error:
            heard.lost, heard.report, ending = str(error), b"", None
            if heard.exit is None:
                rest = listen(cell, self._spec.limits, stopped=lambda: self._cut)
                heard.exit, heard.cut = rest.exit, rest.cut
        if ending is None and heard.exit is not None and heard.exit.reason == "lost":
            heard.cut = heard.cut or stopped_cut(LOST)
        return heard, ending

    def _let_go(self) -> None:
        cell, self._cell = self._cell, None
        if cell is not None:
            if not cell.over:
                cell.kill("closed")
            cell.close()
            self._after()

    def _end(self, reading: Reading, heard: Heard, ending: Ending | None, now_ns: int, told: str) -> End:
        account, limits = reading.account(now_ns, {}), self._spec.limits
        if ending is None:
            assert heard.exit is not None
            end = end_of(replace(account, at_ns=account.at_ns if account.events else 0), heard.cut, heard.exit, limits, self._tier(), self._python)
            return end if account.events or account.lost or heard.cut or end.limit else replace(end, sentence=f"{end.sentence} {_NOTHING_TOLD}")
        outcome, sentence = _words(ending, told, started=account.events > 0)
        limit = reading.limit if outcome == "ok" else ""
        if limit:
            outcome, sentence = "limit", limit_cut(limit, limits).sentence
        elif reading.limit == "output_kb":
            sentence = f"{sentence} {_NOT_SHOWN}"
        error = ending.error if outcome == "failed" else ""
        return End(outcome, EXIT_CODES[outcome], sentence, limit, error, ending.message if error else "", "", 0, _status(ending, outcome),
                   account.events, account.gaps, account.not_recorded, account.threads, account.at_ns, 0.0, 0.0, 0.0, self._tier(), self._python,
                   ending.schedule, -1 if ending.left_off is None else ending.left_off)


def _as_it_was_printed(claims: Iterable[Claim], *, untold: bool) -> Iterator[Claim]:
    """The claims with everything that was printed in them once: as it was told by whom, or as it went out before."""
    return (claim for claim in claims if not isinstance(claim, Output) or (claim.thread < 0) == untold)


def fits(spec: RunSpec) -> bool:
    """Whether the spec's schedule was made for its text (or there is none)."""
    return not spec.schedule or Schedule.parse(spec.schedule).source_hash == hash_of(spec.source)


def _status(ending: Ending, outcome: str) -> int:
    """The exit status that the program's process would have had."""
    if outcome == "failed" and ending.error == "SystemExit":
        return said_status(ending.message)
    return EXIT_CODES[outcome]


def _words(ending: Ending, told: str, *, started: bool = True) -> tuple[str, str]:
    after = f"after {ending.steps:,} step{'' if ending.steps == 1 else 's'}"
    if ending.left_off is not None:
        return "stopped", (f"The program left its schedule at step {ending.left_off + 1:,}: whom it names next could not go on there. "
                           f"Either the schedule was changed, or something other than scheduling decides what the program does. "
                           f"It went on by default.")
    if ending.verdict == "deadlock":
        return "deadlock", f"{told.rstrip('.') or 'Deadlock: no thread can go on'}. Nobody could go on {after}."
    if ending.verdict == "exception":
        what = f"{ending.error}: {ending.message}" if ending.message else ending.error
        if ending.error == "SystemExit":
            said = "" if is_whole(ending.message) else f" and said: {ending.message}".rstrip(".")
            return "failed", f"The program ended {after} with exit status {_status(ending, 'failed')}, which says that it failed{said}."
        if not started:
            return "failed", f"The program did not start. {what}".rstrip(".") + "."
        where = f" at line {ending.line}" if ending.line else ""
        return "failed", f"{ending.thread_name} crashed{where} with {what}".rstrip(".") + f", {after}."
    if ending.verdict == "inconclusive":
        words = ending.message.rstrip(".")
        return "limit", f"{words[:1].upper()}{words[1:]}." if after.removeprefix("after ") in words else f"Stopped {after}: {words}."
    return "ok", f"Finished {after}."
