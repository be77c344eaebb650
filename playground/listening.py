"""Everything a controlled cell says, taken whole: such a run is over in moments, and only its whole tells when it was over.

Bounded in time and in size, whatever the program writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.ending import Cut, Exit, limit_cut
from playground.model.errors import ProtocolError
from playground.model.record import Decoder, Facts, ReportPart
from playground.model.report_claim import REPORT_BYTES
from playground.model.spec import Limits
from playground.session import DRAIN_NS, GRACE_NS, TICK_S, Cell

MOST_BYTES = 96 * 1024 * 1024


@dataclass(slots=True)
class Heard:
    """`report` is the claim's bytes (empty: none came whole), `until_ns` the time of the last event, `lost` why the claims broke off."""

    events: bytearray = field(default_factory=bytearray)
    written: dict[str, bytearray] = field(default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})
    report: bytes = b""
    until_ns: int = 0
    lost: str = ""
    cut: Cut | None = None
    exit: Exit | None = None
    seconds: float = 0.0


def listen(cell: Cell, limits: Limits, *, stopped: Callable[[], Cut | None] = lambda: None) -> Heard:
    """Until the cell is over; `stopped` is asked all the time and ends it."""
    heard, started_ns, size = Heard(), time.monotonic_ns(), 0
    ended_ns = 0
    while not cell.over:
        chunks = cell.chunks(TICK_S)
        now_ns = time.monotonic_ns()
        for channel, data in chunks:
            size += len(data)
            if heard.cut is not None or channel == "samples":
                continue
            if channel == "events":
                heard.events += data
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
    heard.exit = cell.exit()
    _understand(heard)
    return heard


def _understand(heard: Heard) -> None:
    parts = bytearray()
    try:
        for claim in Decoder().feed(bytes(heard.events)):
            if isinstance(claim, Facts):
                heard.until_ns = max(heard.until_ns, claim.at_ns[-1])
            elif isinstance(claim, ReportPart):
                if heard.report:
                    raise ProtocolError("A cell gave more than one report.")
                parts += claim.data
                if len(parts) > REPORT_BYTES:
                    raise ProtocolError("A report is too long.")
                if claim.last:
                    heard.report = bytes(parts)
    except ProtocolError as error:
        heard.lost, heard.report = str(error), b""
