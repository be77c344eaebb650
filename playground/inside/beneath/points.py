"""Switch points inside the program's own code, by `sys.monitoring` events that are local to its code objects.

`sync` needs none; `line` stops before each source line; the finer granularities before single instructions. An instruction that is no point
answers DISABLE the first time and costs nothing from then on. Every granularity counts backward jumps, so that an endless loop ends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from playground.inside.beneath.baton import Baton
from playground.model.schedule import Pending

_mon = sys.monitoring
_EVENT = _mon.events
TOOL = 4
type Recipe = Pending | Callable[[Any], Pending | None]
"""What an instruction will do; or how to tell from the frame that stands before it (None: nothing that others could see)."""


class Points:
    """Owns the monitoring tool; `watch` one program at a time."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._lines: dict[int, dict[int, Pending]] = {}
        self._recipes: dict[int, dict[int, Recipe]] = {}
        self._codes: list[CodeType] = []
        _mon.use_tool_id(TOOL, "threadplay schedule")
        _mon.register_callback(TOOL, _EVENT.LINE, self._on_line)
        _mon.register_callback(TOOL, _EVENT.JUMP, self._on_jump)
        _mon.register_callback(TOOL, _EVENT.INSTRUCTION, self._on_instruction)

    def watch(self, codes: list[CodeType], granularity: str, recipes: dict[int, dict[int, Recipe]]) -> None:
        """Put points into these code objects; `recipes` by id of code and offset, for the granularities below a line."""
        self.forget()
        self._recipes = recipes
        self._lines = {id(code): {} for code in codes}
        self._codes = codes
        events = _EVENT.JUMP
        if granularity == "line":
            events |= _EVENT.LINE
        elif granularity != "sync":
            events |= _EVENT.INSTRUCTION
        for code in codes:
            _mon.set_local_events(TOOL, code, events)

    def forget(self) -> None:
        """Take every point out again."""
        for code in self._codes:
            _mon.set_local_events(TOOL, code, 0)
        self._codes = []

    def close(self) -> None:
        """Give the tool back."""
        self.forget()
        for event in (_EVENT.LINE, _EVENT.JUMP, _EVENT.INSTRUCTION):
            _mon.register_callback(TOOL, event, None)
        _mon.free_tool_id(TOOL)

    def _on_line(self, code: CodeType, line: int) -> Any:
        lines = self._lines[id(code)]
        pending = lines.get(line)
        if pending is None:
            pending = lines[line] = Pending("line", line=line)
        me = self._baton.current
        me.traced = True
        try:
            self._baton.point(pending)
        finally:
            me.traced = False

    def _on_jump(self, code: CodeType, offset: int, target: int) -> Any:
        if target > offset:
            return _mon.DISABLE
        me = self._baton.current
        me.traced = True
        try:
            self._baton.jumped()
        finally:
            me.traced = False
        return None

    def _on_instruction(self, code: CodeType, offset: int) -> Any:
        pending = self._recipes[id(code)].get(offset)
        if pending is None:
            return _mon.DISABLE
        if type(pending) is not Pending:
            pending = pending(sys._getframe(1))  # type: ignore[operator]
            if pending is None:
                return None
        me = self._baton.current
        if me.within is not None:
            self._baton.unproven.add("the program's own code ran inside a primitive's operation")
        me.traced = True
        try:
            self._baton.point(pending)
        finally:
            me.traced = False
        return None


def all_codes(code: CodeType) -> list[CodeType]:
    """A code object and all that are nested in it, outermost first."""
    found = [code]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found += all_codes(constant)
    return found
