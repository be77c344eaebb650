"""What a search came to: the verdict over all executions, and the failure it can show again at will."""

from __future__ import annotations

from dataclasses import dataclass

from playground.model.finding import PossibleOn
from playground.model.outcome import Wait

MOST_CLASSES = 200
"""More leaves than a person can look at are not kept."""


@dataclass(frozen=True, slots=True)
class FailureStep:
    """One step of the failing interleaving: a thread, what it did, to what, at which line."""

    step: int
    thread: int
    thread_name: str
    kind: str
    name: str
    line: int
    at_primitive: bool
    """True for an operation of a lock, queue, thread ..., False for an access to memory or a bare line."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure with the schedule that gives it again; `error` is the exception's type name (empty for a deadlock)."""

    kind: str
    error: str
    message: str
    threads: tuple[str, ...]
    objects: tuple[str, ...]
    preemptions: int
    schedule: str
    possible_on: PossibleOn
    steps: tuple[FailureStep, ...]
    waits: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """How one class of interleavings ends: a verdict of `model.outcome`, and the choices that lead there, as in a schedule's text."""

    verdict: str
    error: str
    message: str
    choices: str


@dataclass(frozen=True, slots=True)
class Report:
    """`exhausted` is True only where it is proved that no other interleaving exists at this granularity; `reason` explains `inconclusive`.

    `classes` has one leaf for each complete execution of a partial-order reduction, in the order found, at most MOST_CLASSES;
    `classes_complete` says that there are no others.
    """

    verdict: str
    exhausted: bool
    executions: int
    granularity: str
    strategy: str
    reason: str
    failure: Failure | None
    classes: tuple[Leaf, ...] = ()
    classes_complete: bool = False
