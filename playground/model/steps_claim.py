"""The steps of a controlled run as the pipe carries them, and the reader that distrusts them.

A row of steps, or the instructions of a function, may be longer than a record: it is cut into parts, of which the last says so.
"""

from __future__ import annotations

import json
import re

from playground.model.distrust import flag, following, row, rows, table, whole, words
from playground.model.schedule import RELEASE, TICK
from playground.model.steps import MOST_NAMES, MOST_OPS, MOST_ROWS, NOBODY, VALUE_BYTES, Choice, Choices, Code, Progress, Stand, Value

CLAIM_BYTES = 256 * 1024
"""The most that the parts of one claim may have together."""
NAME_LETTERS = 200
MOST_CODES = 4_000
MOST_PLACES = 1 << 52
_LATE = 1
"""One more row than steps: the last, in which nobody is chosen."""
_KIND = re.compile(r"[a-z_.]{1,40}")
_OPCODE = re.compile(r"[A-Z0-9_<>]{1,60}")


class StepsReader:
    """Reads choices and codes of one trace, whose rows follow one another without a gap."""

    def __init__(self) -> None:
        self._parts = bytearray()
        self._kind = 0
        self._steps = 1
        self._codes = 1
        self._over = False

    @property
    def whole(self) -> bool:
        """No claim is cut off in the middle."""
        return not self._kind

    def part(self, kind: int, payload: bytes) -> bytes | None:
        """One part more; the whole claim when it is the last, else None."""
        last = whole(payload[0] if payload else -1, 0, 1)
        if self._kind not in (0, kind) or len(self._parts) + len(payload) > CLAIM_BYTES:
            raise ValueError("parts of one claim must follow one another")
        self._parts += payload[1:]
        self._kind = 0 if last else kind
        if not last:
            return None
        data = bytes(self._parts)
        self._parts.clear()
        return data

    def choices(self, data: bytes, threads: int, objects: int) -> Choices:
        """Rows of steps; `threads` and `objects` have been announced so far."""
        found = tuple(self._choice(each, threads, objects) for each in rows(json.loads(data.decode()), MOST_ROWS + _LATE))
        if not found:
            raise ValueError("no steps")
        return Choices(found)

    def code(self, data: bytes) -> Code:
        """The instructions of the next function."""
        raw = table(data)
        number = whole(raw["code"], 1, MOST_CODES)
        self._codes = following(number, self._codes, MOST_CODES + 1)
        ops: list[tuple[int, str, str, int]] = []
        for each in rows(raw["ops"], MOST_OPS):
            offset, name, argument, line = row(each, 4)
            at = whole(offset, ops[-1][0] + 1 if ops else 0, 2**24)
            ops.append((at, _match(_OPCODE, name), words(argument, NAME_LETTERS), whole(line, 0, 2**31)))
        return Code(number, words(raw["name"], NAME_LETTERS), whole(raw["line"], 0, 2**31), tuple(ops))

    def _choice(self, raw: object, threads: int, objects: int) -> Choice:
        if not isinstance(raw, dict) or self._over:
            raise ValueError("a step that cannot be")
        step = whole(raw["step"], 1, MOST_ROWS + _LATE)
        self._steps = following(step, self._steps, MOST_ROWS + _LATE + 1)
        chosen, may_tick = whole(raw["chosen"], NOBODY, threads - 1), flag(raw["tick"])
        ready: list[int] = []
        for each in rows(raw["ready"], threads):
            ready.append(whole(each, ready[-1] + 1 if ready else 0, threads - 1))
        if (chosen >= 0 and chosen not in ready) or (chosen == TICK and not may_tick):
            raise ValueError("somebody was chosen who could not go on")
        self._over = chosen == NOBODY
        stands = tuple(self._stand(each, threads, objects) for each in rows(raw["stands"], threads))
        values = tuple(_value(each) for each in rows(raw["values"], 2 * MOST_NAMES))
        if len({stand.thread for stand in stands}) < len(stands) or len({value.name for value in values}) < len(values):
            raise ValueError("said twice")
        return Choice(step, chosen, tuple(ready), may_tick, stands, values)

    def _stand(self, raw: object, threads: int, objects: int) -> Stand:
        thread, kind, name, obj, mode, line, code, offset, place = row(raw, 9)
        number = whole(code, 0, self._codes - 1)
        return Stand(whole(thread, 0, threads - 1), _match(_KIND, kind), words(name, NAME_LETTERS), whole(obj, 0, objects), whole(mode, 0, RELEASE),
                     whole(line, 0, 2**31), number, whole(offset, 0, 2**24 if number else 0), whole(place, -MOST_PLACES, MOST_PLACES))


def read_progress(payload: bytes) -> Progress:
    """How far a search says it has come."""
    raw = table(payload)
    return Progress(whole(raw["executions"], 0, 10**9), words(raw["strategy"], 40))


def _value(raw: object) -> Value:
    name, text = row(raw, 2)
    value = Value(words(name, NAME_LETTERS), words(text, VALUE_BYTES))
    if not value.name or len(value.text.encode()) > VALUE_BYTES:
        raise ValueError("a value that is too long, or nobody's")
    return value


def _match(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError("word expected")
    return value
