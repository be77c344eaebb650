"""Record one controlled execution in this process and read back the bytes that would have gone down the pipe."""

from __future__ import annotations

from collections.abc import Sequence

from playground.inside import telling
from playground.inside.beneath.backend import Backend
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.explore import follow
from playground.inside.recording import Recording
from playground.inside.source import release
from playground.inside.telling import Telling
from playground.model.outcome import Outcome
from playground.model.record import HEADER, RECORD_BYTES, Choice, Choices, Code, Decoder
from playground.model.schedule import Schedule, hash_of
from tests.inside.running import Trace


class Sink:
    """Takes records as `Pipe` does."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.sequence = 0

    def add(self, kind: int, payload: bytes) -> None:
        """One record, which must fit."""
        assert HEADER.size + len(payload) <= RECORD_BYTES
        self.data += HEADER.pack(len(payload), kind, 0, self.sequence) + payload
        self.sequence += 1

    def push_beyond(self, size: int) -> None:
        """All is kept."""


class Steered(Trace):
    """A controlled run, decoded."""

    def __init__(self, outcome: Outcome, recording: Recording, data: bytes) -> None:
        super().__init__()
        self.outcome, self.recording, self.data = outcome, recording, data
        self.choices: list[Choice] = []
        self.codes: list[Code] = []
        for claim in Decoder().feed(data):
            if isinstance(claim, Choices):
                self.choices += claim.choices
            elif isinstance(claim, Code):
                self.codes.append(claim)
            else:
                self.take(claim)

    def values(self, name: str) -> list[str]:
        """All that the variable was worth, in order."""
        return [value.text for choice in self.choices for value in choice.values if value.name == name]


def steer(text: str, granularity: str = "sync", choices: Sequence[int] = (), backend: Backend | None = None, seed: int = 0) -> Steered:
    """Run along these choices, then by default."""
    schedule = Schedule(granularity, release(), hash_of(text), tuple(choices))
    outcome, recording, _ = follow(text, "program.py", schedule, backend or OsThreads(), seed=seed)
    sink = Sink()
    telling.greet(sink)  # type: ignore[arg-type]
    Telling(sink, recording).tell(outcome)  # type: ignore[arg-type]
    assert not recording.errors
    return Steered(outcome, recording, bytes(sink.data))
