"""The decoder believes nothing: every malformed byte ends in ProtocolError, every honest one comes through whole."""

import json
import struct
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model import record
from playground.model.errors import ProtocolError
from playground.model.event import KIND_ID, ThreadState
from playground.model.record import Decoder, Facts, Gap, Hello, Output, Text, ThreadInfo

HELLO = {"python": "3.13.0", "gil": True, "origin_ns": 5}
MAIN = {"thread": 0, "obj": 0, "name": "main", "daemon": False, "tid": 1, "parent": 0, "line": 0}


class Pipe:
    """Writes records with rising sequence numbers."""

    def __init__(self) -> None:
        self.sequence = 0

    def record(self, kind: int, payload: bytes | dict[str, object]) -> bytes:
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        head = record.HEADER.pack(len(data), kind, 0, self.sequence)
        self.sequence += 1
        return head + data

    def greeting(self) -> bytes:
        return self.record(record.HELLO, HELLO) + self.record(record.THREAD, MAIN)


def event(at_ns: int = 10, kind: int = KIND_ID["line"], to: int = ThreadState.RUNNING, thread: int = 0, obj: int = 0, note: int = 0) -> bytes:
    return record.EVENT.pack(at_ns, kind, to, thread, obj, 7, 0, note, 0)


def decode(data: bytes) -> list[record.Claim]:
    return list(Decoder().feed(data))


def test_honest_records_come_through_whole() -> None:
    pipe = Pipe()
    data = pipe.greeting() + pipe.record(record.TEXT, struct.pack("<I", 1) + b"hi") + pipe.record(record.BATCH, event(note=1) + event(11))
    hello, thread, text, facts = decode(data)
    assert (hello, text) == (Hello("3.13.0", True, 5), Text(1, "hi"))
    assert isinstance(thread, ThreadInfo)
    assert isinstance(facts, Facts)
    assert facts.at_ns == array("Q", [10, 11])
    assert facts.line == array("I", [7, 7])
    assert facts.note == array("I", [1, 0])


@given(st.lists(st.integers(1, 400), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_cut_of_the_stream_gives_the_same_claims(cuts: list[int]) -> None:
    pipe = Pipe()
    data = pipe.greeting() + b"".join(pipe.record(record.OUTPUT, record.OUTPUT_HEAD.pack(n, 0, 1, 0) + b"x" * n) for n in range(40))
    decoder, at, got = Decoder(), 0, []
    for cut in cuts:
        got += list(decoder.feed(data[at : at + cut]))
        at += cut
    got += list(decoder.feed(data[at:]))
    assert got == decode(data)


def test_adjoining_batches_come_as_one_and_time_never_falls() -> None:
    pipe = Pipe()
    claims = decode(pipe.greeting() + pipe.record(record.BATCH, event(50) + event(40)) + pipe.record(record.BATCH, event(60)))
    facts = claims[-1]
    assert len(claims) == 3
    assert isinstance(facts, Facts)
    assert list(facts.at_ns) == [50, 50, 60]


def first_batch(body: bytes) -> bytes:
    pipe = Pipe()
    return pipe.greeting() + pipe.record(record.BATCH, body)


def after_greeting(kind: int, payload: bytes | dict[str, object]) -> bytes:
    pipe = Pipe()
    return pipe.greeting() + pipe.record(kind, payload)


BAD = {
    "length_beyond_a_record": record.HEADER.pack(5000, record.HELLO, 0, 0),
    "length_2_to_the_31_as_first_bytes": struct.pack("<I", 2**31) + bytes(8),
    "sequence_skipped": record.HEADER.pack(0, record.BATCH, 0, 3),
    "unknown_type": after_greeting(99, b""),
    "no_greeting": Pipe().record(record.THREAD, MAIN),
    "second_greeting": after_greeting(record.HELLO, HELLO),
    "batch_cut_off": first_batch(event()[:-1]),
    "kind_zero": first_batch(event(kind=0)),
    "kind_unknown": first_batch(event(kind=255)),
    "state_unknown": first_batch(event(to=11)),
    "thread_never_announced": first_batch(event(thread=1)),
    "object_never_announced": first_batch(event(obj=1)),
    "text_never_announced": first_batch(event(note=1)),
    "thread_ids_not_dense": after_greeting(record.THREAD, MAIN | {"thread": 2}),
    "object_of_unknown_primitive": after_greeting(
        record.OBJECT, {"obj": 1, "primitive": "Mutex", "name": "", "detail": "", "line": 0, "capacity": 0}
    ),
    "name_too_long": after_greeting(record.THREAD, MAIN | {"thread": 1, "name": "x" * 201}),
    "bool_as_number": after_greeting(record.THREAD, MAIN | {"thread": True}),
    "nan": after_greeting(record.THREAD, b'{"thread": NaN}'),
    "not_json": after_greeting(record.GAP, b"{"),
    "nested_json": after_greeting(record.GAP, b"[" * 4000),
    "bad_utf8_in_json": after_greeting(record.GAP, b'"\xff"'),
    "stream_unknown": after_greeting(record.OUTPUT, record.OUTPUT_HEAD.pack(1, 0, 7, 0)),
    "output_of_nobody": after_greeting(record.OUTPUT, record.OUTPUT_HEAD.pack(1, 9, 1, 0)),
    "gap_backwards": after_greeting(
        record.GAP, {"from_ns": 2, "to_ns": 1, "counts": {}, "threads": [], "objects": [], "reason": ""}
    ),
    "gap_of_unknown_family": after_greeting(
        record.GAP, {"from_ns": 1, "to_ns": 2, "counts": {"spells": 1}, "threads": [], "objects": [], "reason": ""}
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_bytes_end_in_protocol_error(name: str) -> None:
    with pytest.raises(ProtocolError):
        decode(BAD[name])


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_garbage_after_the_greeting_never_raises_anything_else(garbage: bytes) -> None:
    decoder = Decoder()
    list(decoder.feed(Pipe().greeting()))
    try:
        list(decoder.feed(garbage))
    except ProtocolError:
        return


@given(st.integers(1, 8), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_payload_of_any_type_is_read_or_refused(kind: int, payload: bytes) -> None:
    try:
        decode(after_greeting(kind, payload))
    except ProtocolError:
        return


def test_lone_surrogates_in_names_become_printable() -> None:
    claims = decode(after_greeting(record.THREAD, MAIN | {"thread": 1, "name": "a\ud800b"}))
    assert isinstance(claims[-1], ThreadInfo)
    assert claims[-1].name == "a?b"


def test_bad_utf8_in_output_is_replaced() -> None:
    claims = decode(after_greeting(record.OUTPUT, record.OUTPUT_HEAD.pack(1, 0, 1, 0) + b"\xff"))
    assert isinstance(claims[-1], Output)
    assert claims[-1].text == "\ufffd"


def test_gap_keeps_exact_counts() -> None:
    gap = {"from_ns": 1, "to_ns": 2, "counts": {"line": 12, "lock": 3}, "threads": [], "objects": [4], "reason": "budget"}
    assert decode(after_greeting(record.GAP, gap))[-1] == Gap(1, 2, {"line": 12, "lock": 3}, (), (4,), "budget")


def output(text: bytes, thread: int = 0, stream: int = 1) -> bytes:
    return record.OUTPUT_HEAD.pack(7, thread, stream, 0) + text


@given(st.binary(min_size=1, max_size=60), st.integers(1, 300))
@settings(max_examples=80, deadline=None)
def test_what_is_printed_after_garbage_is_found_however_the_reads_cut_it(garbage: bytes, cut: int) -> None:
    pipe, decoder, found = Pipe(), Decoder(), []
    assert list(decoder.feed(pipe.greeting()))
    honest = b"".join(pipe.record(record.OUTPUT, output(b"line %d\n" % number)) + pipe.record(record.BATCH, event()) for number in range(30))
    with pytest.raises(ProtocolError):
        list(decoder.feed(b"\xff" * 16 + garbage))
    for at in range(0, len(honest), cut):
        found += list(decoder.salvage(honest[at : at + cut]))
    assert "".join(each.text for each in found).endswith("".join(f"line {number}\n" for number in range(1, 30)))


def test_one_stray_byte_hides_nothing_that_is_printed() -> None:
    pipe, decoder = Pipe(), Decoder()
    assert list(decoder.feed(pipe.greeting()))
    with pytest.raises(ProtocolError):
        list(decoder.feed(b"\x01" + pipe.record(record.OUTPUT, output(b"one\n")) + pipe.record(record.OUTPUT, output(b"two\n", stream=2))))
    assert [(each.text, each.stream) for each in decoder.salvage()] == [("one\n", 1), ("two\n", 2)]


def test_a_forged_record_does_not_hide_the_honest_ones() -> None:
    pipe, decoder = Pipe(), Decoder()
    assert list(decoder.feed(pipe.greeting()))
    forged = record.HEADER.pack(len(output(b"forged")), record.OUTPUT, 0, pipe.sequence) + output(b"forged")
    with pytest.raises(ProtocolError):
        list(decoder.feed(forged + pipe.record(record.OUTPUT, output(b"honest"))))
    assert [each.text for each in decoder.salvage()] == ["honest"]


def test_what_was_taken_before_the_break_is_not_found_again() -> None:
    pipe, decoder = Pipe(), Decoder()
    data = pipe.greeting() + pipe.record(record.OUTPUT, output(b"taken")) + b"\xff" * 20 + pipe.record(record.OUTPUT, output(b"left"))
    taken = []
    with pytest.raises(ProtocolError):
        taken.extend(decoder.feed(data))
    assert [each.text for each in decoder.salvage()] == ["left"]


def test_a_batch_without_an_event_is_refused() -> None:
    pipe = Pipe()
    with pytest.raises(ProtocolError):
        decode(pipe.greeting() + pipe.record(record.BATCH, b""))


def test_what_nobody_is_said_to_have_printed_is_nobodys() -> None:
    pipe = Pipe()
    *_, claim = decode(pipe.greeting() + pipe.record(record.OUTPUT, output(b"x", thread=record.UNTOLD)))
    assert claim == Output(7, -1, 1, "x")
