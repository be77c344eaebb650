"""What a detector is: three questions, asked by the session while the trace grows, answered from the trace alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playground.model.finding import Finding
from playground.model.record import Record


class Detector(Protocol):
    """Reads one trace once, in order. It keeps no clock, starts no thread and never guesses: what it cannot prove it calls possible."""

    def see(self, record: Record) -> Sequence[Finding]:
        """The next record of the trace; what it proves."""

    def quiet(self, at_ns: int) -> Sequence[Finding]:
        """Until that time nothing more has happened; what the silence proves."""

    def end(self, at_ns: int) -> Sequence[Finding]:
        """The trace is over; what can be said only now."""
