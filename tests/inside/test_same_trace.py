"""One program and one schedule give one trace, byte for byte: on real threads, on greenlets, and again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.beneath.os_threads import OsThreads
from playground.model.steps import NOBODY
from tests.inside.every_primitive import PROGRAM
from tests.inside.steering import Steered, steer

PROGRAMS = sorted((Path(__file__).parent.parent / "programs").glob("*.py"))
TEXTS = {**{path.stem: path.read_text() for path in PROGRAMS}, "every_primitive": PROGRAM}
GRANULARITIES = ("sync", "line", "access", "bytecode")


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("program", TEXTS)
def test_both_carriers_give_the_same_bytes(program: str, granularity: str) -> None:
    text = TEXTS[program]
    by_default = steer(text, granularity)
    check_shape(by_default)
    assert steer(text, granularity, backend=Greenlets()).data == by_default.data
    choices = wandering(text, granularity, by_default)
    threads, greenlets = (steer(text, granularity, choices, backend()) for backend in (OsThreads, Greenlets))
    assert threads.data == greenlets.data
    check_shape(threads)


def wandering(text: str, granularity: str, ran: Steered) -> tuple[int, ...]:
    """Some other schedule of that program: twice, where several are ready, another than by default goes on."""
    lot = random.Random(7)
    for _ in range(2):
        open_steps = [row for row in ran.choices if len(row.ready) > 1]
        row = lot.choice(open_steps or ran.choices)
        other = lot.choice([each for each in row.ready if each != row.chosen] or [0])
        ran = steer(text, granularity, [*ran.outcome.choices[: row.step - 1], other], Greenlets())
    return ran.outcome.choices


def check_shape(trace: Steered) -> None:
    """Rows follow one another; each event lies in a step that was told; threads have the schedule's numbers."""
    rows = trace.choices
    assert rows[-1].chosen == NOBODY
    assert [row.step for row in rows] == list(range(1, len(rows) + 1))
    assert tuple(row.chosen for row in rows[:-1]) == trace.outcome.choices
    steps = [event.step for event in trace.events]
    assert steps == sorted(steps)
    assert [thread.thread for thread in trace.threads] == list(range(len(trace.threads)))
    standing = {}
    for row in rows:
        standing.update({stand.thread: stand for stand in row.stands})
        if row.chosen >= 0:
            assert row.chosen in standing
            did = [event for event in trace.events if event.step == row.step and event.kind in ("step", "line", "thread.began")]
            assert [event.thread for event in did if event.thread == row.chosen], row
    for stand in (stand for row in rows for stand in row.stands if stand.code):
        assert stand.offset in [op[0] for op in trace.codes[stand.code - 1].ops]
