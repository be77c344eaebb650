"""Turn a knob: replace the value of the one module-level `NAME = value` in a program's text, and nothing else.

The text is read as tokens, never parsed or compiled: edited programs come from strangers, and CPython's parser recurses into nested brackets
while its tokenizer does not (it stops at 100 levels with an error). The span replaced is the one that `ast` would give.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from tokenize import TokenInfo

from playground.model.errors import BadSpec
from playground.model.spec import Knob

MOST_VALUE = 200
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A module-level `name = value`; `begin` and `end` are character offsets of the value in the text."""

    name: str
    begin: int
    end: int
    line: int


def turn_knobs(source: str, values: Mapping[str, str], knobs: Sequence[Knob] = ()) -> str:
    """The same program with these values (each the text of an expression) in place; raises BadSpec if one has no place or is no value.

    With `knobs`, a scenario's, only those can be turned, within what its header allows.
    """
    if not values:
        return source
    places, known = find_assignments(source), {knob.name: knob for knob in knobs}
    spans: list[tuple[Assignment, str]] = []
    for name, value in values.items():
        if knobs and name not in known:
            raise BadSpec(f"There is no knob {name[:40]!r} here. There are: {', '.join(known)}.")
        value = check_knob(known[name], value) if knobs else value
        spans.append((_the_one(places, name), check_value(name, value)))
    for place, value in sorted(spans, key=lambda span: span[0].begin, reverse=True):
        source = source[: place.begin] + value + source[place.end :]
    return source


def knob_value(source: str, name: str) -> str:
    """The text of a knob's value as it stands; raises BadSpec where the knob is missing."""
    place = _the_one(find_assignments(source), name)
    return source[place.begin : place.end]


def check_knob(knob: Knob, value: str) -> str:
    """The value, if the header of its scenario allows it."""
    value = value.strip()
    if knob.choices:
        if value not in knob.choices and f'"{value}"' in knob.choices:  # a text without its quotes, as a shell leaves it
            value = f'"{value}"'
        if value not in knob.choices:
            raise BadSpec(f"The knob {knob.name} can be {', '.join(knob.choices)}; {value[:40]!r} is none of them.")
    elif not _within(value, knob.low, knob.high):
        raise BadSpec(f"The knob {knob.name} is a whole number from {knob.low} to {knob.high}; it cannot be {value[:40]!r}.")
    return value


def _within(value: str, low: int | None, high: int | None) -> bool:
    return re.fullmatch(r"-?[0-9]{1,12}", value) is not None and low is not None and high is not None and low <= int(value) <= high


def check_value(name: str, value: str) -> str:
    """The text of one expression on one line, else BadSpec."""
    value = value.strip()
    if not value or len(value) > MOST_VALUE or "\n" in value or "\r" in value:
        raise BadSpec(f"The value for {name[:40]} must be one expression on one line, at most {MOST_VALUE} characters.")
    try:
        tokens = [token for token in _tokens(value) if token.type not in (tokenize.NEWLINE, tokenize.ENDMARKER)]
    except BadSpec:
        raise BadSpec(f"The value for {name[:40]} is not a Python expression: {value[:40]!r}.") from None
    depth = 0
    for token in tokens:
        depth += (token.string in _OPEN) - (token.string in _CLOSE) if token.type == tokenize.OP else 0
        if depth < 0 or token.type in _SILENT or (depth == 0 and token.type == tokenize.OP and token.string in ("=", ";", ":", ":=")):
            raise BadSpec(f"The value for {name[:40]} is not a Python expression: {value[:40]!r}.")
    if depth:
        raise BadSpec(f"The value for {name[:40]} has a bracket that is never closed: {value[:40]!r}.")
    return value


def find_assignments(source: str) -> list[Assignment]:
    """Every module-level `NAME = value` (also `NAME: type = value`), in order."""
    starts = _line_starts(source)
    found: list[Assignment] = []
    for statement in _statements(source):
        place = _assignment(statement, starts)
        if place is not None:
            found.append(place)
    return found


def _the_one(places: list[Assignment], name: str) -> Assignment:
    same = [place for place in places if place.name == name]
    if not same:
        raise BadSpec(f"The program has no line `{name[:40]} = ...` at its top level (any more), so that knob cannot be turned.")
    if len(same) > 1:
        raise BadSpec(f"The program assigns {name[:40]} more than once (lines {same[0].line} and {same[1].line}), so that knob cannot be turned.")
    return same[0]


def _statements(source: str) -> Iterator[list[TokenInfo]]:
    """The simple statements at the left margin, each as its tokens."""
    statement: list[TokenInfo] = []
    indent = depth = 0
    for token in _tokens(source):
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            indent += 1 if token.type == tokenize.INDENT else -1
        elif token.type == tokenize.OP and token.string in _OPEN | _CLOSE:
            depth += 1 if token.string in _OPEN else -1
            statement.append(token)
        elif token.type == tokenize.NEWLINE or (token.type == tokenize.OP and token.string == ";" and depth == 0):
            if indent == 0:
                yield statement
            statement = []
        elif token.type not in _SILENT:
            statement.append(token)


def _assignment(statement: list[TokenInfo], starts: list[int]) -> Assignment | None:
    if len(statement) < 3 or statement[0].type != tokenize.NAME or statement[1].string not in ("=", ":"):
        return None
    depth, equals = 0, []
    for place, token in enumerate(statement):
        if token.type == tokenize.OP:
            depth += (token.string in _OPEN) - (token.string in _CLOSE)
            if token.string == "=" and depth == 0:
                equals.append(place)
    if len(equals) != 1 or equals[0] + 1 >= len(statement) or statement[0].string in ("if", "while", "for", "with", "try", "else", "class", "def"):
        return None
    value = statement[equals[0] + 1 :]
    (row, column), (end_row, end_column) = value[0].start, value[-1].end
    return Assignment(statement[0].string, starts[row - 1] + column, starts[end_row - 1] + end_column, statement[0].start[0])


def _tokens(source: str) -> Iterator[TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(source, newline="\n").readline)
    except (tokenize.TokenError, SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or (error.args[1][0] if len(error.args) > 1 and isinstance(error.args[1], tuple) else 0)
        raise BadSpec(f"{f'line {line}: ' if line else ''}the program has a syntax error, so its knobs cannot be turned.") from None


def _line_starts(source: str) -> list[int]:
    """The offset at which each line begins; a line ends at a newline and nowhere else, as for the tokenizer."""
    starts, at = [0], source.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find("\n", at + 1)
    return starts
