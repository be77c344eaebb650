"""An engine without a sandbox: programs are one line of JSON that says which records to yield, so that the web tier is tested alone.

{"batches": 3, "events": 10, "pause_s": 0.0, "hang": false, "output": "text", "title": ..., "refuse": "sentence", "break": true, "steps": 5,
"misfit": "sentence", "classes": 3}
"""

from __future__ import annotations

import json
import threading
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from playground.exploration import Explored
from playground.export_jsonl import jsonl
from playground.export_perfetto import perfetto
from playground.model.errors import BadSchedule, BadSpec, SandboxRefused, UnknownName
from playground.model.event import KIND_ID, NO_CAUSE, Batch
from playground.model.finding import Finding, PossibleOn
from playground.model.record import (
    Choice,
    Choices,
    End,
    Found,
    Gap,
    Hello,
    ObjectInfo,
    Output,
    Progress,
    Record,
    Stand,
    Text,
    ThreadInfo,
    Value,
)
from playground.model.report import Failure, FailureStep, Leaf, Report
from playground.model.scenario import Scenario
from playground.model.search_spec import SearchSpec
from playground.model.spec import Knob, RunSpec

THREADS = 4
STEP_NS = 1_000


def program(**what: Any) -> str:
    """The source of a fake program."""
    return json.dumps(what)


def batch(first_seq: int, count: int) -> Batch:
    """Events that differ in every column."""
    seqs = range(first_seq, first_seq + count)
    lines = KIND_ID["line"], KIND_ID["lock.blocked"], KIND_ID["lock.acquired"], KIND_ID["lock.released"]
    states = 3, 5, 3, 0
    return Batch(
        first_seq, array("Q", (seq * STEP_NS for seq in seqs)), bytes(lines[seq % 4] for seq in seqs), bytes(states[seq % 4] for seq in seqs),
        bytes(seq % 2 for seq in seqs), array("H", (seq // 4 % THREADS for seq in seqs)), array("I", ((seq % 4 > 0) * 1 for seq in seqs)),
        array("I", (seq % 90 + 1 for seq in seqs)), array("I", seqs), array("I", (seq % 3 for seq in seqs)), array("I", bytes(4 * count)),
        array("I", (seq - 1 if seq % 5 == 0 and seq else NO_CAUSE for seq in seqs)),
    )


def end(outcome: str, events: int, sentence: str = "Finished.") -> End:
    """An End with plausible figures."""
    blank: dict[str, Any] = {field.name: {"int": 0, "float": 0.0}.get(str(field.type), "") for field in fields(End)}
    figures = {"left_off": -1, "events": events, "threads": THREADS, "at_ns": events * STEP_NS, "python": "3.13.0"}
    return End(**blank | figures | {"outcome": outcome, "sentence": sentence})


class FakeSession:
    """Yields what the program says; `stop` ends it with outcome stopped."""

    def __init__(self, what: dict[str, Any]) -> None:
        self._what = what
        self._stopped = threading.Event()
        self._reason = ""

    def __enter__(self) -> FakeSession:
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()

    def stop(self, reason: str = "stopped by the visitor") -> None:
        self._reason = self._reason or reason
        self._stopped.set()

    def __iter__(self) -> Iterator[Record | Explored]:
        what, seq, events = self._what, 0, self._what.get("events", 10)
        yield Hello("3.13.0", True, 123)
        yield ObjectInfo(1, "Lock", "lock", "", 3, 0)
        for thread in range(THREADS):
            yield ThreadInfo(thread, 0, what.get("name", f"worker-{thread}"), False, 1, 0, 5)
        yield Text(1, "one")
        yield Text(2, what.get("text", "two"))
        if "steps" in what:
            yield Choices(tuple(choice(step) for step in range(1, what["steps"] + 1)))
        for number in range(what.get("batches", 1)):
            if self._stopped.wait(what.get("pause_s", 0)) if what.get("pause_s") else self._stopped.is_set():
                break
            yield batch(seq, events)
            seq += events
            if "output" in what:
                yield Output(seq * STEP_NS, number % THREADS, 1, what["output"])
        if what.get("break"):
            raise RuntimeError("the fake session breaks")
        if what.get("hang"):
            self._stopped.wait(60)
        if self._stopped.is_set():
            yield end("stopped", seq, self._reason)
            return
        yield Gap(0, 5, {"line": 7}, (), (1,), "budget")
        yield Found(seq * STEP_NS, Finding("crash", "A thread crashed", ("It did.",), (1,), (1,), (0,), "Do not.", PossibleOn(True, None)))
        yield end("ok", seq)


class FakeSearch(FakeSession):
    """{"progress": 3, "failure": true, "classes": 2, "failing_steps": 10, "hang": ...}: yields what a search yields."""

    def __iter__(self) -> Iterator[Record | Explored]:
        what = self._what
        yield Hello("3.13.0", True, 0)
        for number in range(1, what.get("progress", 1) + 1):
            yield Progress(number * 10, "dpor", number / 10)
        if what.get("break"):
            raise RuntimeError("the fake search breaks")
        if what.get("hang"):
            self._stopped.wait(60)
        yield explored(what, stopped=self._stopped.is_set())
        yield end("stopped" if self._stopped.is_set() else "ok", 0, self._reason or "Searched.")


def explored(what: dict[str, Any], *, stopped: bool = False) -> Explored:
    """What a fake search came to."""
    failure = None
    if what.get("failure") and not stopped:
        steps = tuple(FailureStep(n, n % 2, f"worker-{n % 2}", "lock.acquire", "lock", 7, True) for n in range(what.get("failing_steps", 3)))
        failure = Failure("deadlock", "", "", ("worker-0",), ("lock",), 1, "tp1;access;3.13;000000000000;0*3", PossibleOn(True, True), steps, ())
    leaves = tuple(Leaf("clean", "", "", what.get("leaf", f"0*{n + 1},1")) for n in range(what.get("classes", 0)))
    verdict = "inconclusive" if stopped else "deadlock" if failure else "clean"
    return Explored(Report(verdict, False, 30, "access", "auto", "stopped" if stopped else "", failure, leaves, bool(leaves)), 0.1)


def choice(step: int) -> Choice:
    """A step of two threads."""
    return Choice(step, step % 2, (0, 1), False, (Stand(step % 2, "read", "counter", 0, 1, step, 0, 0),), (Value("counter", str(step)),))


class Host:
    """Opens fake sessions."""

    def __init__(self, *, default_python: str = "") -> None:
        self.opened = 0
        self.warmed = self.closed = False

    def start(self) -> None:
        pass

    def warm(self) -> None:
        self.warmed = True

    def close(self) -> None:
        self.closed = True

    def report(self) -> dict[str, Any]:
        return {"tier": "A", "layers": []}

    def compare(self, recorded: End, plain: End, *, gil: bool = True) -> tuple[str, ...]:
        return (f"{recorded.outcome} against {plain.outcome}",)

    def open(self, spec: RunSpec) -> FakeSession:
        self.opened += 1
        what = json.loads(spec.source) if spec.source.startswith("{") else {}
        if "refuse" in what:
            raise SandboxRefused(what["refuse"])
        if "misfit" in what:
            raise BadSchedule(what["misfit"])
        return FakeSession(what)

    def search(self, search: SearchSpec) -> FakeSearch:
        self.opened += 1
        what = json.loads(search.run.source) if search.run.source.startswith("{") else {}
        if "refuse" in what:
            raise BadSpec(what["refuse"])
        return FakeSearch(what)


class FakeEngine:
    """The door's names, faked where a sandbox would be needed."""

    Host = Host
    jsonl = staticmethod(jsonl)
    perfetto = staticmethod(perfetto)

    def scenarios(self) -> tuple[Scenario, ...]:
        return (
            Scenario("two-transfers", "Two <transfers>", 2, "Waiting for a condition", "Lock", 4, "Both wait </script>.", ("Press Run.",),
                     (Knob("THREADS", "Threads", 1, 9),), (), program(batches=2, events=40), "two_transfers.py"),
            Scenario("lost-update", "Lost update", 1, "Locks", "Lock", 3, "Gone.", (), (), (), program(), "lost_update.py"),
        )

    def scenario(self, slug: str) -> Scenario:
        for each in self.scenarios():
            if each.slug == slug:
                return each
        raise UnknownName(f"There is no scenario {slug[:40]!r}.")

    def turn_knobs(self, source: str, values: Mapping[str, str]) -> str:
        if "BAD" in values:
            raise BadSpec("There is no knob BAD.")
        return source + "".join(f"\n{name} = {value}" for name, value in values.items())

    def vocabulary(self) -> dict[str, Any]:
        return {"version": 1, "states": [], "kinds": [], "primitives": [], "runtimes": [{"name": "3.13"}]}
