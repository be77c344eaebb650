"""Tracebacks as the program should see them: its own places and the library's, not those of the engine beneath."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

_ENGINE = f"{Path(__file__).parents[1]}/"


def visible(trace: TracebackType | None) -> TracebackType | None:
    """The same traceback without the engine's frames."""
    places = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_ENGINE):
            places.append(trace)
        trace = trace.tb_next
    shown: TracebackType | None = None
    for place in reversed(places):
        shown = TracebackType(shown, place.tb_frame, place.tb_lasti, place.tb_lineno)
    return shown


def line_within(traceback: TracebackType | None, name: str) -> int:
    """The innermost line of the file of that name, 0 if there is none."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
