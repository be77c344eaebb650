"""The JSON lines say what the records say, in words, the End last."""

from __future__ import annotations

import json
from dataclasses import fields

from playground.export_jsonl import STATE_WORDS, jsonl
from playground.model.event import ThreadState
from playground.model.finding import Finding, PossibleOn
from playground.model.record import Choice, Choices, Code, End, Found, Record, Stand, Value
from tests.story import Story, sample

END = End("ok", 0, "Finished.", "", "", "", "", 0, 0, 4, 0, 0, 2, 9, 0.1, 20.0, 0.0, "A", "cpython 3.13.0")
FOUND = Found(5, Finding("deadlock", "t", ("s",), (1,), (1,), (2,), "fix", PossibleOn(True, None)))


def a_trace() -> list[Record]:
    story = Story()
    main, one = story.begin("wörker\u2028")
    lock = story.object("lock")
    story.event(1, "lock.acquired", main, lock, line=3, value=1).event(2, "lock.blocked", one, lock, line=9)
    story.output(2.5, one, "hi </script> \x1b[31m\n", 2).event(3, "lock.released", main, lock).event(4, "lock.acquired", one, lock, line=9, value=1)
    story.event(5, "queue.put", one, story.object("q", "Queue", capacity=4), value=1, note=story.text("'a1'")).gap(5, 6, {"line": 7})
    story.event(20, "line", main, line=4)
    return [*story.records(sample(10, 101, ThreadState.IO)), FOUND, END]


def test_every_line_is_an_object_with_a_type_and_the_end_is_last() -> None:
    rows = [json.loads(line) for line in jsonl(a_trace())]
    assert rows[0] == {"type": "hello", "version": 1, "python": "cpython 3.13.0", "gil": True}
    assert {row["type"] for row in rows} == {"hello", "thread", "object", "event", "output", "gap", "finding", "end"}
    assert [row["type"] for row in rows].index("end") == len(rows) - 1
    assert rows[-1] == {"type": "end", **{each.name: getattr(END, each.name) for each in fields(End)}}


def test_events_are_dense_and_speak_words() -> None:
    events = [json.loads(line) for line in jsonl(a_trace()) if '"event"' in line]
    assert [event["seq"] for event in events] == list(range(len(events)))
    blocked = next(event for event in events if event["kind"] == "lock.blocked")
    assert (blocked["to"], blocked["source"], blocked["cause"], blocked["line"]) == ("blocked", "recorder", None, 9)
    woken = [event for event in events if event["kind"] == "lock.acquired"][-1]
    assert events[woken["cause"]]["kind"] == "lock.released"
    assert events[woken["cause"]]["to"] is None
    assert next(event["note"] for event in events if event["kind"] == "queue.put") == "'a1'"
    assert [(event["to"], event["source"]) for event in events if event["kind"] == "sampled"] == [("io", "sampler")]


def test_no_line_is_broken_by_what_a_program_prints() -> None:
    lines = list(jsonl(a_trace()))
    assert not [line for line in lines if "\n" in line]
    output = next(json.loads(line) for line in lines if '"output"' in line)
    assert output == {"type": "output", "at_ns": output["at_ns"], "thread": 1, "stream": "stderr", "text": "hi </script> \x1b[31m\n"}


def test_a_threads_native_id_stays_inside() -> None:
    rows = [json.loads(line) for line in jsonl(a_trace())]
    assert {key for row in rows if row["type"] == "thread" for key in row} == {"type", "thread", "obj", "name", "daemon", "parent", "line"}


def test_every_state_has_a_word() -> None:
    assert set(STATE_WORDS) == set(ThreadState)


def test_steps_and_instructions_are_lines_of_their_own() -> None:
    code = Code(1, "add", 4, ((0, "RESUME", "0", 4),))
    stand = Stand(0, "read", "counter", 0, 1, 5, 1, 2, 3)
    rows = Choices((Choice(1, 0, (0, 1), True, (stand,), (Value("counter", "0"),)), Choice(2, -2, (), False, (), ())))
    assert [json.loads(line) for line in jsonl([code, rows])] == [
        {"type": "code", "code": 1, "name": "add", "line": 4, "ops": [[0, "RESUME", "0", 4]]},
        {"type": "choices", "choices": [
            {"step": 1, "chosen": 0, "ready": [0, 1], "tick": True, "stands": [[0, "read", "counter", 0, 1, 5, 1, 2, 3]],
             "values": [["counter", "0"]]},
            {"step": 2, "chosen": -2, "ready": [], "tick": False, "stands": [], "values": []}]}]
