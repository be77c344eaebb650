"""The decoder believes nothing of steps either: rows follow one another, name only what was announced, and nobody is chosen who was not ready."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model import record
from playground.model.errors import ProtocolError
from playground.model.record import Choice, Choices, Code, Decoder, Progress, Stand, Value
from playground.model.steps import MOST_NAMES, MOST_OPS, NOBODY, VALUE_BYTES, choice_row, code_row
from playground.model.steps_claim import CLAIM_BYTES
from tests.model.test_record import Pipe, event

CODE = Code(1, "add", 4, ((0, "RESUME", "0", 4), (2, "LOAD_GLOBAL", "counter", 5)))
ROWS = (
    Choice(1, 0, (0,), False, (Stand(0, "lock.acquire", "gate", 1, 3, 2, 0, 0),), (Value("counter", "0"),)),
    Choice(2, 1, (0, 1), True, (Stand(0, "read", "counter", 0, 1, 5, 1, 2, 1), Stand(1, "line", "", 0, 0, 4, 1, 0)), ()),
    Choice(3, -1, (), True, (), (Value("counter", ""),)),
    Choice(4, NOBODY, (), False, (Stand(1, "thread.join", "main", 2, 3, 9, 0, 0),), ()),
)
OBJECT = {"obj": 1, "primitive": "Lock", "name": "gate", "detail": "", "line": 1, "capacity": 0}


def announced() -> tuple[Pipe, bytes]:
    """A pipe with two threads, two objects and a code."""
    pipe = Pipe()
    data = pipe.greeting() + pipe.record(record.THREAD, {"thread": 1, "obj": 0, "name": "b", "daemon": False, "tid": 0, "parent": 0, "line": 3})
    data += pipe.record(record.OBJECT, OBJECT) + pipe.record(record.OBJECT, {**OBJECT, "obj": 2})
    return pipe, data + whole(pipe, record.CODE, code_row(CODE))


def whole(pipe: Pipe, kind: int, claim: object, room: int = 4000) -> bytes:
    """The claim in as many parts as it takes."""
    data = json.dumps(claim).encode()
    parts = [data[at : at + room] for at in range(0, len(data), room)]
    return b"".join(pipe.record(kind, bytes([number == len(parts)]) + part) for number, part in enumerate(parts, 1))


def rows() -> list[Any]:
    return [choice_row(choice) for choice in ROWS]


def decoded(claim: object, kind: int = record.CHOICES) -> list[record.Claim]:
    pipe, data = announced()
    return list(Decoder().feed(data + whole(pipe, kind, claim)))


@pytest.mark.parametrize("room", [1, 7, 4000])
def test_honest_steps_come_through_whole_however_they_are_cut(room: int) -> None:
    pipe, data = announced()
    data += whole(pipe, record.CHOICES, rows(), room)
    assert list(Decoder().feed(data))[-2:] == [CODE, Choices(ROWS)]
    decoder = Decoder()
    assert [claim for at in range(len(data)) for claim in decoder.feed(data[at : at + 1])][-1] == Choices(ROWS)


def test_steps_may_come_in_several_claims_with_events_between() -> None:
    pipe, data = announced()
    for row in rows():
        data += whole(pipe, record.CHOICES, [row]) + pipe.record(record.BATCH, event())
    found = [claim for claim in Decoder().feed(data) if isinstance(claim, Choices)]
    assert tuple(each for claim in found for each in claim.choices) == ROWS


def test_progress_is_read() -> None:
    pipe = Pipe()
    data = pipe.greeting() + pipe.record(record.PROGRESS, {"executions": 12, "strategy": "pct"})
    assert list(Decoder().feed(data))[-1] == Progress(12, "pct")


def _set(path: tuple[Any, ...], value: object) -> Callable[[Any], None]:
    def change(claim: Any) -> None:
        for key in path[:-1]:
            claim = claim[key]
        claim[path[-1]] = value

    return change


LIES: dict[str, Callable[[Any], None]] = {
    "a step is left out": lambda claim: claim.pop(1),
    "a step comes twice": lambda claim: claim.insert(1, claim[0]),
    "none": lambda claim: claim.clear(),
    "the first is not 1": _set((0, "step"), 2),
    "chosen was not ready": _set((1, "ready"), [0]),
    "chosen is nobody's number": _set((1, "chosen"), 2),
    "chosen is no number": _set((1, "chosen"), True),
    "chosen below all": _set((1, "chosen"), -3),
    "the clock could not move": _set((2, "tick"), False),
    "tick is no flag": _set((2, "tick"), 1),
    "ready twice": _set((1, "ready"), [1, 1]),
    "ready falls": _set((1, "ready"), [1, 0]),
    "ready unknown": _set((1, "ready"), [1, 2]),
    "too many ready": _set((1, "ready"), [0, 1, 2, 3]),
    "steps after the last": _set((0, "chosen"), NOBODY),
    "no stands": lambda claim: claim[0].pop("stands"),
    "stand too short": lambda claim: claim[0]["stands"][0].pop(),
    "unknown thread stands": _set((0, "stands", 0, 0), 2),
    "two stands of one": lambda claim: claim[0]["stands"].append(claim[0]["stands"][0]),
    "kind is no word": _set((0, "stands", 0, 1), "Lock!"),
    "kind too long": _set((0, "stands", 0, 1), "a" * 41),
    "name too long": _set((0, "stands", 0, 2), "a" * 201),
    "unknown object": _set((0, "stands", 0, 3), 3),
    "mode of the clock": _set((0, "stands", 0, 4), 5),
    "line below 0": _set((0, "stands", 0, 5), -1),
    "unknown code": _set((1, "stands", 0, 6), 2),
    "offset without code": _set((0, "stands", 0, 7), 2),
    "offset below 0": _set((1, "stands", 0, 7), -2),
    "place too large": _set((1, "stands", 0, 8), 2**70),
    "value without name": _set((0, "values", 0, 0), ""),
    "value too long": _set((0, "values", 0, 1), "ä" * VALUE_BYTES),
    "value is a number": _set((0, "values", 0, 1), 7),
    "value twice": lambda claim: claim[0]["values"].append(claim[0]["values"][0]),
    "too many values": _set((0, "values"), [[f"v{n}", ""] for n in range(2 * MOST_NAMES + 1)]),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_steps_ends_the_trace(lie: str) -> None:
    claim = rows()
    LIES[lie](claim)
    with pytest.raises(ProtocolError):
        decoded(claim)


@pytest.mark.parametrize(("path", "value"), [
    (("code",), 3), (("code",), 0), (("ops", 1, 0), 0), (("ops", 0, 0), -1), (("ops", 0, 1), "resume"), (("ops", 0, 2), 7), (("ops", 0, 3), -1),
    (("ops",), [[2 * n, "NOP", "", 1] for n in range(MOST_OPS + 1)]), (("ops", 0), [0, "NOP", ""]), (("name",), None), (("line",), 2**40)])
def test_a_lie_about_instructions_ends_the_trace(path: tuple[Any, ...], value: object) -> None:
    claim = deepcopy(code_row(Code(2, CODE.name, CODE.line, CODE.ops)))
    assert isinstance(decoded(claim, record.CODE)[-1], Code)
    _set(path, value)(claim)
    with pytest.raises(ProtocolError):
        decoded(claim, record.CODE)


@pytest.mark.parametrize("claim", [{"executions": -1, "strategy": "pct"}, {"executions": 1, "strategy": "x" * 50},
                                   {"executions": "1", "strategy": ""}, [], {}])
def test_a_lie_about_progress_ends_the_trace(claim: object) -> None:
    pipe = Pipe()
    with pytest.raises(ProtocolError):
        list(Decoder().feed(pipe.greeting() + pipe.record(record.PROGRESS, json.dumps(claim).encode())))


@pytest.mark.parametrize("between", [record.BATCH, record.TEXT, record.CODE, record.CLOSE])
def test_nothing_comes_between_the_parts_of_a_claim(between: int) -> None:
    pipe, data = announced()
    data += pipe.record(record.CHOICES, b"\x00[") + pipe.record(between, event())
    with pytest.raises(ProtocolError):
        list(Decoder().feed(data))


@pytest.mark.parametrize("payload", [b"", b"\x02[]", b"\x01", b"\x01[", b"\x01\xff", b"\x01" + b"[" * 4000, b"\x011e999", b"\x01null", b"\x01[[]]"])
def test_a_part_that_is_no_json_ends_the_trace(payload: bytes) -> None:
    for kind in (record.CHOICES, record.CODE):
        pipe, data = announced()
        with pytest.raises(ProtocolError):
            list(Decoder().feed(data + pipe.record(kind, payload)))


def test_a_claim_that_never_ends_is_cut_off() -> None:
    pipe, data = announced()
    with pytest.raises(ProtocolError):
        list(Decoder().feed(data + b"".join(pipe.record(record.CHOICES, b"\x00" + b" " * 4000) for _ in range(CLAIM_BYTES // 4000 + 1))))


KEYS = st.sampled_from(["step", "chosen", "ready", "tick", "stands", "values", "code", "name", "line", "ops"])
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner), max_leaves=12)


@given(st.sampled_from(["rows", "code"]), st.data())
@settings(max_examples=200, deadline=None)
def test_one_thing_changed_anywhere_gives_a_sound_claim_or_an_end(which: str, data: st.DataObject) -> None:
    claim: Any = rows() if which == "rows" else deepcopy(code_row(Code(2, CODE.name, CODE.line, CODE.ops)))
    at = claim
    while True:
        keys = list(range(len(at))) if isinstance(at, list) else list(at)
        key = data.draw(st.sampled_from(keys))
        if isinstance(at[key], (list, dict)) and at[key] and data.draw(st.booleans()):
            at = at[key]
            continue
        at[key] = data.draw(JSON)
        break
    try:
        found = decoded(claim, record.CHOICES if which == "rows" else record.CODE)[-1]
    except ProtocolError:
        return
    assert isinstance(found, (Choices, Code))
    if isinstance(found, Choices):
        assert [each.step for each in found.choices] == list(range(1, len(found.choices) + 1))
        assert all(each.chosen in (*each.ready, -1, NOBODY) for each in found.choices)
        assert json.loads(json.dumps([choice_row(each) for each in found.choices])) is not None
