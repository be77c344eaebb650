"""What a command line names: a program, a scenario, a knob; and the one way to say that it cannot be carried out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground import Knob

MOST_BYTES = 1_000_000
"""What is read of a file at most; the engine's own limit on programs is far below."""


class Usage(Exception):
    """The command line cannot be carried out; the sentence says why."""


def program_of(word: str) -> tuple[str, str, tuple[Knob, ...]]:
    """Text, name and knobs of a file, of standard input (`-`) or of a scenario."""
    if word == "-":
        return _decoded(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input"), "program.py", ()
    path = Path(word)
    try:
        if path.is_file() or os.sep in word or word.endswith(".py"):
            with path.open("rb") as file:
                return _decoded(file.read(MOST_BYTES + 1), word), path.name[-120:], ()
    except (OSError, ValueError) as problem:
        raise Usage(f"{word} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from None
    from playground import UnknownName, scenario

    try:
        found = scenario(word)
    except UnknownName as problem:
        raise Usage(f"There is no file {word!r}. {problem}") from None
    return found.source, found.filename, found.knobs


def _decoded(data: bytes, name: str) -> str:
    """The text of a program by its byte order mark or its coding line (PEP 263), UTF-8 without either."""
    import tokenize

    if len(data) > MOST_BYTES:
        raise Usage(f"{name} has more than {MOST_BYTES:,} bytes; that is too large for a program.")
    lines = iter(data.splitlines(keepends=True))
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise Usage(f"{name}, line {line}: this is not valid {encoding}. Save the file as UTF-8, or name its encoding in its first line.") from None
    except (SyntaxError, LookupError) as problem:
        raise Usage(f"{name}: {problem}. Save the file as UTF-8, or name its encoding in its first line.") from None


def setting_of(text: str) -> tuple[str, str]:
    """Name and value of a `--set`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise Usage(f"--set needs NAME=VALUE; {text!r} is not.")
    return name.strip(), value.strip()
