"""The one place that distrusts JSON from outside: no duplicate keys, no NaN, no deep nesting, no lone surrogates, bounded size."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_BYTES = 512 * 1024
MAX_DEPTH = 8
MAX_KEYS = 2_000


class BadJson(ValueError):
    """The sentence says what is wrong with the text."""


def read_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object in `text`; raises BadJson."""
    if len(text) > MAX_BYTES:
        raise BadJson(f"The message is longer than {MAX_BYTES // 1024} KiB.")
    try:
        value = json.loads(text, object_pairs_hook=_Keys(), parse_constant=_constant, parse_float=_float)
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("The message is nested too deeply.") from None
    except ValueError as error:
        raise BadJson(f"The message is not valid JSON: {str(error)[:120]}.") from None
    if not isinstance(value, dict):
        raise BadJson("The message must be a JSON object.")
    _check_depth(value)
    return value


class _Keys:
    """Counts keys over the whole message and refuses a key given twice."""

    def __init__(self) -> None:
        self._left = MAX_KEYS

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._left -= len(pairs)
        if self._left < 0:
            raise BadJson(f"The message has more than {MAX_KEYS:,} keys.")
        table = dict(pairs)
        if len(table) != len(pairs):
            raise BadJson("The message gives a key twice.")
        return table


def _constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not JSON.")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadJson("A number in the message is too large.")
    return number


def _check_depth(value: object) -> None:
    """Level by level, without recursion."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise BadJson(f"The message is nested more than {MAX_DEPTH} deep.")
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
        level = [each for each in below if isinstance(each, (dict, list))]
