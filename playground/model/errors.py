"""Errors that a learner can act on."""


class PlaygroundError(Exception):
    """Something went wrong that has a sentence and a way on; `str(error)` is that sentence, `code` its kind for programs."""

    code = "refused"


class BadSpec(PlaygroundError):
    """What was asked for is not possible as written; the sentence says what would be."""

    code = "bad_spec"


class BadSchedule(BadSpec):
    """A schedule text that cannot be followed: it is none, of another version, or of another program."""

    code = "bad_schedule"


class ProtocolError(PlaygroundError):
    """Bytes from a cell broke the record protocol; the run is ended and says so."""


class SandboxRefused(PlaygroundError):
    """No confinement, no code: the sentence names what is missing and how to mend it."""


class UnknownName(PlaygroundError):
    """A scenario, share id or runtime of that name does not exist here."""
