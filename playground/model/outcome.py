"""What one controlled execution came to."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERDICTS: tuple[str, ...] = ("clean", "exception", "deadlock", "inconclusive", "pruned")
"""`pruned`: stopped by the strategy because it could not show anything new; it says nothing about the program."""
HASHES = "the order of a set, which hashes decide"
"""As a reason why nothing is proved: other hashes of strings may give another program."""
is_whole = re.compile(r"-?[0-9]{1,10}").fullmatch
"""Whether what a SystemExit said is a number: then that is the status."""


def said_status(message: str) -> int:
    """The exit status of a process that is left by a SystemExit which says that."""
    return int(message) & 0xFF if is_whole(message) else 1


@dataclass(frozen=True, slots=True)
class Wait:
    """At a deadlock: a thread, what it wants to do, with what, and who has that (-1: nobody)."""

    thread: int
    thread_name: str
    kind: str
    obj: int
    obj_name: str
    holder: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One execution: the verdict, its reason in words, and the choices that lead there again.

    `error` is the exception's type name; `thread` and `line` say where it left the program. `unproven` names what keeps a search
    that met this execution from calling itself exhausted.
    """

    verdict: str
    choices: tuple[int, ...]
    error: str = ""
    message: str = ""
    thread: int = 0
    thread_name: str = ""
    line: int = 0
    waits: tuple[Wait, ...] = ()
    unproven: tuple[str, ...] = ()
    output: str = ""

    @property
    def failed(self) -> bool:
        return self.verdict in ("exception", "deadlock")

    @property
    def signature(self) -> tuple[str, ...]:
        """What makes two failures the same one: kind, error and place, or who waits for what."""
        if self.verdict == "deadlock":
            return (self.verdict, *(f"{wait.thread_name} {wait.kind} {wait.obj_name}" for wait in self.waits))
        return (self.verdict, self.error, self.thread_name, str(self.line))
