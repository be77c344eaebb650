"""What the sampler saw from outside the process: its channel's bytes as rows.

The sampler runs in the supervisor of the cell, beyond the program's reach, so a bad byte here is our own fault and raises ValueError.
A record (`SAMPLE`): at_ns CLOCK_MONOTONIC, native thread id, ThreadState (0: the thread is gone), flags, 0, CPU time of the thread in ms, 0.
It is written when (state, holds the GIL) of a thread changes, when a thread is back in the same wait after it ran, and every 250 ms for a thread
that runs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from playground.model.event import ThreadState

SAMPLE = struct.Struct("<QIBBHII")
HOLDS_GIL, UNTIMED_WAIT = 1, 2
"""The flags of a sample."""
_LAST_STATE = max(ThreadState)


@dataclass(frozen=True, slots=True)
class Sample:
    """One thread as it was seen at one moment; `tid` is its native id as the program itself sees it."""

    at_ns: int
    tid: int
    state: int
    flags: int
    cpu_ms: int


class SampleReader:
    """Cuts a channel into samples, however the reads cut the channel."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Sample]:
        """The samples that are complete now."""
        data = self._rest + data
        whole = len(data) - len(data) % SAMPLE.size
        self._rest = data[whole:]
        for at_ns, tid, state, flags, zero, cpu_ms, _ in SAMPLE.iter_unpack(data[:whole]):
            if state > _LAST_STATE or zero:
                raise ValueError("a sample is of no known state")
            yield Sample(at_ns, tid, state, flags, cpu_ms)
