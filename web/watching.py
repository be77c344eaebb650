"""What a person at a terminal is shown: how far a search is, in one line on stderr that is written over and wiped away at the end (nothing in a
pipe); and our own sentences, in which whatever a program put there is visible letters on one line.
"""

from __future__ import annotations

import shutil
from typing import IO

WIPE = "\r\x1b[K"


def plain_line(line: str) -> str:
    """The line with every letter seen that would steer the terminal, end the line or turn its direction: `\\x1b`, `\\n`, `\\u202e`.

    Names, messages and stories come from programs: unchanged, an exception's text could wipe our verdict and write another.
    """
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line)


class Watching:
    """Shows progress on a terminal; silent on any other stream."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._shown = False
        self._alive = stream.isatty()

    def show(self, executions: int, seconds: float, strategy: str) -> None:
        """Write the line anew."""
        if not self._alive:
            return
        if strategy == "telling":
            line = f"Found a failure after {executions:,} executions; making it short and confirming it ..."
        else:
            rate = f", {executions / seconds:,.0f} per second" if seconds > 0 else ""
            line = f"Searching: {executions:,} execution{'' if executions == 1 else 's'}{rate}, strategy {plain_line(strategy)} ..."
        self._write(WIPE + line[: max(10, shutil.get_terminal_size().columns - 1)])
        self._shown = True

    def wipe(self) -> None:
        """Leave nothing of it."""
        if self._shown:
            self._write(WIPE)
            self._shown = False

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal is gone; the search is not
            self._alive = False
