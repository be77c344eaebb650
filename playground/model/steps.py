"""The steps of a controlled run as its trace tells them: who could have gone on, who was chosen, what each stands before, what changed.

Steps count from 1; the events of step k carry k in `step`. A step's row comes before the step's events in the trace.
"""

from __future__ import annotations

from dataclasses import dataclass

NOBODY = -2
"""As `chosen` of the last row: no step follows, the run is over."""
MOST_ROWS = 20_000
"""So many steps of a run are told one by one; a Gap says so where there were more."""
MOST_NAMES, MOST_VALUED_STEPS = 40, 5_000
"""Shared variables that are followed, and for how many steps."""
VALUE_BYTES = 200
PARTS = 1 << 20
"""Room for the parts of one thing in the numbering of places."""
MOST_OPS = 2_000
"""Instructions of one code object; what is beyond is left out."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A thread stands before an operation.

    `kind` is the operation's word (`lock.acquire`, `read`, `line`); `name` what it touches, by the program's own name ("" if it has none); `obj`
    the trace's id of a primitive (0: it touches none); `mode` one of `schedule`'s PURE to RELEASE; `code` the id of a Code (0: none) and `offset`
    the place of the instruction in it, in bytes. `place` tells apart what is touched, where names may not: a variable, attribute or item has a
    positive number, a container or primitive as a whole a negative one; 0: nothing is, or it is not known. Divided by PARTS it gives the thing.
    """

    thread: int
    kind: str
    name: str
    obj: int
    mode: int
    line: int
    code: int
    offset: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What a shared variable was worth after a step, as text; "" when it is gone."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One step. `chosen` is a thread, TICK (-1) for the clock, or NOBODY in the last row.

    `stands` are the threads whose next operation is another than in the row before, as they stand before this step; so what the chosen
    thread did is its latest stand. `values` are those that are different after this step; the first row has all that are known by then.
    """

    step: int
    chosen: int
    ready: tuple[int, ...]
    may_tick: bool
    stands: tuple[Stand, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Several steps, in order."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A function's instructions: offset in bytes, name, argument as text, line. It comes before the first stand that names it."""

    code: int
    name: str
    line: int
    ops: tuple[tuple[int, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come: executions so far, the strategy that is at work, and the seconds it took by the host's clock."""

    executions: int
    strategy: str
    seconds: float = 0.0


def choice_row(choice: Choice) -> dict[str, object]:
    """The row as JSON, in the pipe, in exports and on the socket alike."""
    return {"step": choice.step, "chosen": choice.chosen, "ready": list(choice.ready), "tick": choice.may_tick,
            "stands": [[stand.thread, stand.kind, stand.name, stand.obj, stand.mode, stand.line, stand.code, stand.offset, stand.place]
                       for stand in choice.stands],
            "values": [[value.name, value.text] for value in choice.values]}


def code_row(code: Code) -> dict[str, object]:
    """The instructions as JSON."""
    return {"code": code.code, "name": code.name, "line": code.line, "ops": [list(op) for op in code.ops]}
