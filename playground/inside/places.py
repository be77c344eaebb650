"""What an operation touches, told apart by number: each variable, attribute or item, and each container or primitive as a whole.

Names cannot tell: two threads may each call a list of their own `items`, and what the library made for itself has none. A closure's variable is
told apart by its cell, which is looked for among the functions that have it; where several may be meant it stays unknown.
"""

from __future__ import annotations

import gc
from types import CellType, CodeType, FrameType, FunctionType

from playground.inside.beneath.baton import Baton
from playground.model.schedule import ANY_PART, PURE, Pending
from playground.model.steps import PARTS

_MOST_LOOKS = 200
"""So often cells are looked for in one execution; each look goes through all objects that the program has made."""


class Places:
    """The numbers of one execution, in order of first use. 0: nothing is touched, or what it is is not known."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._numbers: dict[tuple[str, int], int] = {}
        self._cells: dict[int, CellType] = {}
        self._found: dict[tuple[int, str], tuple[FrameType, CellType | None]] = {}
        """By task and variable: the frame in which the task last touched it, and the cell that it has there."""
        self._looks = 0

    def forget_frames(self) -> None:
        """The execution is over: let go of what it had on its stacks."""
        self._found.clear()
        self._cells.clear()

    def of(self, task: int, pending: Pending, frame: FrameType | None) -> int:
        """The place that this task's operation is about to touch: positive for one variable or item, negative for a thing as a whole."""
        if pending.mode == PURE or not pending.obj or pending.kind == "call":
            return 0
        if not pending.part:
            return -self._thing("object", pending.obj)
        thing = self._baton.objects[pending.obj]
        if type(thing).__module__ == "_thread":
            return 0  # thread-local data
        if type(thing) is object:
            cell = self._cell(task, frame, str(self._baton.parts[pending.part]))
            return 0 if cell is None else self._thing("cell", id(cell)) + 1
        whole = self._thing("object", pending.obj)
        return -whole if pending.part == ANY_PART else whole + pending.part if pending.part < PARTS else 0

    def _thing(self, kind: str, number: int) -> int:
        return self._numbers.setdefault((kind, number), len(self._numbers) + 1) * PARTS

    def _cell(self, task: int, frame: FrameType | None, name: str) -> CellType | None:
        """The one cell that all functions made from this code have under the name; it stays the frame's as long as that is at work."""
        if frame is None:
            return None
        known = self._found.get((task, name))
        if known is None or known[0] is not frame:
            self._looks += 1
            known = self._found[task, name] = frame, self._look(frame, name) if self._looks <= _MOST_LOOKS else None
        return known[1]

    def _look(self, frame: FrameType, name: str) -> CellType | None:
        if name not in frame.f_code.co_freevars:
            return None  # the function that owns it may be at work in other threads too, and has not made its own inner functions yet
        cells = {id(cell): cell for cell in _cells(frame.f_code, name)}
        if len(cells) != 1:
            return None
        ((number, cell),) = cells.items()
        return self._cells.setdefault(number, cell)


def _cells(code: CodeType, name: str) -> list[CellType]:
    """The cells that the functions of this code, as far as they live, have under the name."""
    place = code.co_freevars.index(name)
    functions = [each for each in gc.get_referrers(code) if type(each) is FunctionType and each.__code__ is code and each.__closure__ is not None]
    return [function.__closure__[place] for function in functions if function.__closure__ is not None]
