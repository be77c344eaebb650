"""The built-in scenarios: plain programs with a header, read as text and never imported.

The header is a comment block in the form of PEP 723 (`# /// scenario` ... `# ///`), its content TOML. The program that is shown, and whose lines are
counted, is the file without that block; the file with it runs at home as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from playground.knobs import check_knob, knob_value, turn_knobs
from playground.model.errors import BadSpec, UnknownName
from playground.model.scenario import Expectation, Scenario
from playground.model.spec import MODES, Knob, check_source

__all__ = ["knob_values", "read_scenario", "scenario", "scenarios", "turn_knobs"]

FOLDER = Path(__file__).parent / "scenarios"
FINDINGS = ("clean", "crash", "deadlock")
_BLOCK = re.compile(r"(?m)^# /// scenario\n(?P<content>(?:^#(?:| .*)\n)+?)^# ///\n+")
_KEYS: dict[str, type] = {"title": str, "level": int, "topic": str, "primitive": str, "minutes": int, "story": str}


@lru_cache(maxsize=1)
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario, easiest first."""
    found = [read_scenario(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.py"))]
    return tuple(sorted(found, key=lambda each: (each.level, each.minutes, each.slug)))


def scenario(slug: str) -> Scenario:
    """The scenario of that name; raises UnknownName with the names there are."""
    for each in scenarios():
        if each.slug == slug:
            return each
    raise UnknownName(f"There is no scenario {slug[:60]!r}. There are: {', '.join(each.slug for each in scenarios())}.")


def knob_values(chosen: Scenario) -> dict[str, str]:
    """Where each knob stands in the scenario's own program."""
    return {knob.name: knob_value(chosen.source, knob.name) for knob in chosen.knobs}


def read_scenario(text: str, filename: str) -> Scenario:
    """A scenario from the text of its file; raises BadSpec with the file's name and what is wrong."""
    try:
        return _read(text, filename)
    except BadSpec as error:
        raise BadSpec(f"{filename}: {error}") from None


def _read(text: str, filename: str) -> Scenario:
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != 1:
        raise BadSpec("a scenario needs one header, from a line `# /// scenario` to a line `# ///`." if not blocks else "there are two headers.")
    content = "".join(line[2:] if line.startswith("# ") else line[1:] for line in blocks[0]["content"].splitlines(keepends=True))
    try:
        header = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise BadSpec(f"the header is not valid TOML: {error}.") from None
    source = check_source((text[: blocks[0].start()] + text[blocks[0].end() :]).lstrip("\n"))
    values: dict[str, Any] = {key: _typed(header, key, kind) for key, kind in _KEYS.items()}
    unknown = header.keys() - _KEYS.keys() - {"try", "knobs", "expect"}
    if unknown:
        raise BadSpec(f"the header has an unknown key {min(unknown)!r}.")
    tries = header.get("try", [])
    if not isinstance(tries, list) or not all(isinstance(each, str) for each in tries):
        raise BadSpec("`try` must be a list of sentences.")
    knobs = tuple(_knob(name, raw, source) for name, raw in _table(header, "knobs").items())
    return Scenario(slug=filename.removesuffix(".py").replace("_", "-"), tries=tuple(tries), knobs=knobs,
                    expect=tuple(_expectation(raw) for raw in header.get("expect", [])), source=source, filename=filename, **values)


def _typed(header: dict[str, object], key: str, kind: type) -> object:
    value = header.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadSpec(f"the header needs `{key}`, {'a text' if kind is str else 'a whole number'}.")
    return value


def _table(header: dict[str, object], key: str) -> dict[str, object]:
    table = header.get(key, {})
    if not isinstance(table, dict):
        raise BadSpec(f"`{key}` must be a table.")
    return table


def _knob(name: str, raw: object, source: str) -> Knob:
    if not isinstance(raw, dict) or not raw.keys() <= {"label", "low", "high", "choices"}:
        raise BadSpec(f"the knob {name} is a table of label, low and high, or choices.")
    choices = tuple(str(each) for each in raw.get("choices", ()))
    low, high = raw.get("low"), raw.get("high")
    is_range = isinstance(low, int) and isinstance(high, int) and low < high
    if is_range == bool(choices) or len(choices) == 1:
        raise BadSpec(f"the knob {name} needs either low < high or at least two choices.")
    knob = Knob(name, str(raw.get("label", "")), low, high, choices)
    check_knob(knob, knob_value(source, name))
    return knob


def _expectation(raw: object) -> Expectation:
    if not isinstance(raw, dict) or raw.keys() != {"mode", "finding", "within"}:
        raise BadSpec("each entry of `expect` has mode, finding and within.")
    mode, finding, within = raw["mode"], raw["finding"], raw["within"]
    if mode not in MODES or finding not in FINDINGS or not isinstance(within, int) or within < 1:
        raise BadSpec(f"`expect`: mode is one of {', '.join(MODES)}, finding one of {', '.join(FINDINGS)}, within a number of runs.")
    return Expectation(mode, finding, within)
