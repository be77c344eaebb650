"""Small readers of claims: each gives back a value of one type within its range, or raises ValueError."""

from __future__ import annotations

import json


def whole(value: object, low: int, high: int) -> int:
    """A whole number, both ends included; True is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError("number out of range")
    return value


def words(value: object, most: int) -> str:
    """A text that can be written as UTF-8 (half surrogates become question marks)."""
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("text expected")
    return value.encode(errors="replace").decode()


def flag(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError("true or false expected")
    return value


def row(value: object, length: int) -> list[object]:
    """A list of just so many things."""
    if not isinstance(value, list) or len(value) != length:
        raise ValueError("list expected")
    return value


def rows(value: object, most: int) -> list[object]:
    """A list of no more than so many things."""
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("list expected")
    return value


def table(payload: bytes) -> dict[str, object]:
    """A JSON object."""
    raw = json.loads(payload.decode())
    if not isinstance(raw, dict):
        raise ValueError("object expected")
    return raw


def following(number: int, expected: int, limit: int) -> int:
    """Ids are dense: this one must be the next; what comes after it."""
    if number != expected or number >= limit:
        raise ValueError("ids must be dense")
    return expected + 1
