"""Everything a controlled cell says, taken whole: such a run is over in moments, and only its whole tells when it was over.

Bounded in time and in size, whatever the program writes. Only a search's progress is told on at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from playground.ending import Cut, Exit, limit_cut
from playground.model.errors import ProtocolError
from playground.model.record import Claim, Close, Decoder, Facts, Output, Progress, ReportPart
from playground.model.report_claim import REPORT_BYTES
from playground.model.spec import Limits
from playground.session import DRAIN_NS, GRACE_NS, TICK_S, Cell

MOST_BYTES = 96 * 1024 * 1024
MOST_DECODED_BYTES = 2 * 1024 * 1024
"""Of a longer trace the claims are decoded again rather than kept: as objects they take several times their bytes."""


@dataclass(slots=True)
class Heard:
    """`report` is the claim's bytes (empty: none came whole), `until_ns` the time of the last event, `lost` why the claims broke off, `salvaged`
    what was found to be printed after that, `progress` how far a search said it was at last. `at_once`: what was printed went out at once too,
    for the case that the run does not come to its telling. `told`: the report and the last record came, so nothing can follow; `exit` is None
    if the cell was not over then."""

    events: bytearray = field(default_factory=bytearray)
    written: dict[str, bytearray] = field(default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})
    report: bytes = b""
    claims: list[Claim] | None = field(default_factory=list)
    """`events` as they were decoded; None where they were too many to keep."""
    salvaged: list[Output] = field(default_factory=list)
    at_once: bool = False
    until_ns: int = 0
    lost: str = ""
    told: bool = False
    progress: Progress | None = None
    cut: Cut | None = None
    exit: Exit | None = None
    seconds: float = 0.0


def listen(cell: Cell, limits: Limits, *, stopped: Callable[[], Cut | None] = lambda: None,
           on_progress: Callable[[Progress], None] = lambda progress: None, until_told: bool = False,
           most_report: int = REPORT_BYTES) -> Heard:
    """Until the cell is over; `stopped` is asked all the time and ends it, `on_progress` is told how far a search is, `most_report` are the
    bytes that the report may have.

    `until_told`: do not wait for the walls to come down (3 ms) once all has been said.
    """
    heard, started_ns, size = Heard(), time.monotonic_ns(), 0
    understanding = _Understanding(heard, limits, on_progress, most_report)
    ended_ns = 0
    while not cell.over:
        said = until_told and heard.told
        chunks = cell.chunks(0.0 if said else TICK_S)
        if said and not chunks:
            break
        now_ns = time.monotonic_ns()
        for channel, data in chunks:
            size += len(data)
            if heard.cut is not None or channel == "samples":
                continue
            if channel == "events":
                heard.events += data
                understanding.take(data)
            elif len(heard.written[channel]) + len(data) > limits.output_kb * 1024:
                heard.cut = limit_cut("output_kb", limits)
            else:
                heard.written[channel] += data
        if heard.cut is None:
            heard.cut = stopped()
        if heard.cut is None and size > MOST_BYTES:
            heard.cut = limit_cut("events", limits)
        if heard.cut is None and now_ns - started_ns > int(limits.wall_s * 1e9) + GRACE_NS:
            heard.cut = limit_cut("wall_s", limits)
        if heard.cut is not None:
            if not ended_ns:
                cell.kill(heard.cut.outcome)
                ended_ns = now_ns
            if now_ns > ended_ns + DRAIN_NS:
                break
    heard.seconds = (time.monotonic_ns() - started_ns) / 1e9
    heard.exit = cell.exit() if cell.over or not (until_told and heard.told) else None
    return heard


def decoded(heard: Heard) -> Iterator[Claim]:
    """The claims of what was heard, decoded at most twice; raises ProtocolError where they broke off."""
    if heard.claims is None:
        yield from Decoder().feed(bytes(heard.events))
    else:
        yield from heard.claims
    if heard.lost:
        raise ProtocolError(heard.lost)


class _Understanding:
    """Reads the claims as they come; the first that does not hold ends the reading and takes the report back."""

    def __init__(self, heard: Heard, limits: Limits, on_progress: Callable[[Progress], None], most_report: int) -> None:
        self._heard = heard
        self._most_report = most_report
        self._room = limits.output_kb * 1024 + 1
        """Letters of salvaged output that are kept: one more than is shown, so that the limit is noticed."""
        self._on_progress = on_progress
        self._decoder = Decoder()
        self._parts = bytearray()

    def take(self, data: bytes) -> None:
        """So many bytes more."""
        heard = self._heard
        if heard.lost:
            self._salvage(data)
            return
        try:
            if len(heard.events) > MOST_DECODED_BYTES:
                heard.claims = None
            with closing(self._decoder.feed(data)) as claims:
                for claim in claims:
                    self._claim(claim)
        except ProtocolError as error:
            heard.lost, heard.report, heard.told = str(error), b"", False
            self._salvage(b"")

    def _claim(self, claim: Claim) -> None:
        heard = self._heard
        if heard.claims is not None:
            heard.claims.append(claim)
        if isinstance(claim, Facts):
            heard.until_ns = max(heard.until_ns, claim.at_ns[-1])
        elif isinstance(claim, Progress):
            self._progress(claim)
        elif isinstance(claim, ReportPart):
            self._part(claim)
        elif isinstance(claim, Output):
            heard.at_once = heard.at_once or claim.thread < 0
        elif isinstance(claim, Close):
            heard.told = bool(heard.report)

    def _salvage(self, data: bytes) -> None:
        for output in self._decoder.salvage(data):
            if self._room > 0:
                self._heard.salvaged.append(output)
                self._heard.at_once = self._heard.at_once or output.thread < 0
                self._room -= len(output.text)

    def _progress(self, claim: Progress) -> None:
        last = self._heard.progress
        if last is not None and claim.executions < last.executions:
            raise ProtocolError("A search went backwards.")
        self._heard.progress = claim
        self._on_progress(claim)

    def _part(self, claim: ReportPart) -> None:
        if self._heard.report:
            raise ProtocolError("A cell gave more than one report.")
        self._parts += claim.data
        if len(self._parts) > self._most_report:
            raise ProtocolError("A report is too long.")
        if claim.last:
            self._heard.report = bytes(self._parts)
