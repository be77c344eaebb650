"""The words of the socket: what a page may say, checked in this one place, and the control messages that answer.

A page says {"do": "run", "spec": {...}} · find spec · stop run · leave · resume run from · fetch run from to · ping. Anything else is an error
message with a code and a sentence; the socket survives it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground import BadSpec, RunSpec, SearchSpec
from web.config import Config
from web.strict_json import BadJson, read_object

VERSION = 1
RUN_ID = re.compile(r"[A-Za-z0-9_-]{22}")
MOST_MESSAGES = 2**32 - 1
_LINE = re.compile(r"line (\d{1,7})\b")
MOST_ASKED = {"processes": 1, "threads": 1_000}
"""What every server's pages may ask for: no page and no scenario needs a second process, and the largest lessons have a thousand threads."""
_PARTS: dict[str, tuple[str, ...]] = {
    "run": ("spec",), "find": ("spec",), "stop": ("run",), "leave": (), "resume": ("run", "from"), "fetch": ("run", "from", "to"), "ping": (),
}


class BadMessage(ValueError):
    """A page said something that cannot be done; `code` is the contract's word for it."""

    def __init__(self, code: str, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.code, self.line = code, line

    def to_json(self) -> str:
        """The message that tells the page."""
        return error(self.code, str(self), line=self.line)


@dataclass(frozen=True, slots=True)
class Wish:
    """One checked message of a page; parts that its `do` does not have are empty."""

    do: str
    spec: RunSpec | SearchSpec | None = None
    run: str = ""
    first: int = 0
    last: int = 0


def read_wish(text: str | bytes, config: Config) -> Wish:
    """The wish in one message; raises BadMessage."""
    if isinstance(text, bytes):
        raise BadMessage("bad_json", "Messages to the server are JSON text, not bytes.")
    try:
        raw = read_object(text)
    except BadJson as problem:
        raise BadMessage("too_big" if len(text) > 512 * 1024 else "bad_json", str(problem)) from None
    do = raw.pop("do", None)
    if not isinstance(do, str) or do not in _PARTS:
        raise BadMessage("unknown_message", f"The server does not know 'do': {_shown(do)}. Known: {', '.join(_PARTS)}.")
    if set(raw) != set(_PARTS[do]):
        raise BadMessage("unknown_message", f"'{do}' has the parts: {', '.join(_PARTS[do]) or 'none'}.")
    if do == "run":
        return Wish(do, spec=read_spec(raw["spec"], config))
    if do == "find":
        return Wish(do, spec=read_search(raw["spec"], config))
    return Wish(do, run=_run_id(raw.get("run", "")), first=_number(raw.get("from", 0)), last=_number(raw.get("to", 0)))


def read_spec(raw: object, config: Config) -> RunSpec:
    """The run that a page asks for, within what this server allows."""

    def read(raw: dict[str, Any]) -> RunSpec:
        return _allowed(RunSpec.from_json(raw), config)

    return _read(raw, read)


def read_search(raw: object, config: Config) -> SearchSpec:
    """The search that a page asks for, within what this server allows."""

    def read(raw: dict[str, Any]) -> SearchSpec:
        search = SearchSpec.from_json(raw)
        _allowed(search.run, config)
        for name, most in (("max_seconds", config.max_search_s), ("max_executions", config.max_search_executions)):
            if getattr(search, name) > most:
                raise BadSpec(f"This server allows {name} up to {most:,g}; {getattr(search, name):,g} was asked for.")
        return search

    return _read(raw, read)


def _read[Spec](raw: object, read: Callable[[dict[str, Any]], Spec]) -> Spec:
    if not isinstance(raw, dict):
        raise BadMessage("bad_spec", "The run's description must be a JSON object.")
    try:
        return read(raw)
    except BadSpec as problem:
        found = _LINE.match(str(problem))
        raise BadMessage(problem.code, str(problem), int(found[1]) if found else 0) from None
    except (OverflowError, TypeError, ValueError):
        raise BadMessage("bad_spec", "A number in the run's description is out of range.") from None


def _allowed(spec: RunSpec, config: Config) -> RunSpec:
    for name, most in {"wall_s": config.max_wall_s, "memory_mb": config.max_memory_mb, **MOST_ASKED}.items():
        if getattr(spec.limits, name) > most:
            raise BadSpec(f"This server allows {name} up to {most:g}; {getattr(spec.limits, name):g} was asked for.")
    if not _is_text(spec.name) or not _is_text(spec.python) or len(spec.python) > 80:
        raise BadSpec("The names in the run's description must be short, valid text.")
    return spec


def _run_id(value: object) -> str:
    if value == "" or (isinstance(value, str) and RUN_ID.fullmatch(value)):
        return value
    raise BadMessage("no_such_run", "There is no run of that id here.")


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_MESSAGES:
        raise BadMessage("unknown_message", "'from' and 'to' are whole numbers from 0.")
    return value


def _is_text(value: str) -> bool:
    return value.isprintable() or not value


def _shown(value: object) -> str:
    return json.dumps(str(value)[:40])


def control(kind: str, **parts: Any) -> str:
    """A message that belongs to no run's log."""
    return json.dumps({"type": kind, **parts}, separators=(",", ":"))


def error(code: str, sentence: str, line: int = 0, run: str = "") -> str:
    """The typed error of the contract; `line` and `run` only where they are known."""
    parts: dict[str, Any] = {"code": code, "message": sentence}
    if line:
        parts["line"] = line
    if run:
        parts["run"] = run
    return control("error", **parts)
