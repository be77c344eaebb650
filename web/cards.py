"""The gallery's pictures: each scenario is really run once for each version of it, and a small trace of that run is kept in the data directory.

A card is JSON {"version", "slug", "python", "outcome", "until_ns", "cut", "messages": [...]} where `messages` are those of the socket (hello,
thread, object, gap, one of type "events" with plain lists as columns, end), so the browser's one reducer reads it. Only events that change a
thread's state or touch an object are kept, MOST_EVENTS of them; seqs are dense again.

A run on a busy machine looks odd: recording takes much of its time, or much of it is hidden in gaps. Its picture says so ("blur", "tries"); it is
shown until a clearer one replaces it, which is tried again every AGAIN_S when somebody looks, MOST_TRIES times in all.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground import PlaygroundError, RunSpec
from playground import record as record_types
from web.admission import Admission, Place, QueueFull, Ticket
from web.engine import Engine
from web.runs import Run, Runs

if TYPE_CHECKING:
    from playground import Scenario

log = logging.getLogger("threadplay.cards")
VERSION = 2
MOST_EVENTS = 600
WAIT_S, RECORD_S = 8.0, 60.0
MOST_WAITING = 12
BLURRED, AGAIN_S, MOST_TRIES = 0.3, 600.0, 6
NO_CAUSE = 0xFFFF_FFFF
SHOWN = frozenset({"hello", "thread", "object", "gap", "end"})


class NoCardYet(PlaygroundError):
    """The picture is not recorded yet, or cannot be; ask again later."""


class Cards:
    """Recorded pictures by scenario."""

    def __init__(self, data: Path, engine: Engine, runs: Runs, admission: Admission) -> None:
        self._folder, self._engine, self._runs, self._admission = data / "cards", engine, runs, admission
        self._lock = threading.Lock()
        self._recording: dict[Path, threading.Event] = {}
        self._waiting = threading.Semaphore(MOST_WAITING)

    def get(self, scenario: Scenario) -> bytes:
        """The picture; recorded now if nobody has. Raises NoCardYet when that takes too long."""
        path = self._path(scenario)
        if path.exists():
            if _to_be_tried_again(path):
                self._begin(scenario, path)
        else:
            done = self._begin(scenario, path)
            if not self._waiting.acquire(blocking=False):
                raise NoCardYet("The picture is being recorded.")
            try:
                done.wait(WAIT_S)
            finally:
                self._waiting.release()
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise NoCardYet("The picture is being recorded.") from None

    def record_all(self, stop: threading.Event) -> None:
        """Record what is missing or blurred, one at a time, until `stop`."""
        for scenario in self._engine.scenarios():
            path = self._path(scenario)
            if stop.is_set():
                return
            if not path.exists() or _to_be_tried_again(path):
                self._begin(scenario, path).wait(RECORD_S)

    def _path(self, scenario: Scenario) -> Path:
        version = self._engine.vocabulary().get("version", 0)
        mark = hashlib.sha256(f"{VERSION}\0{version}\0{scenario.source}".encode()).hexdigest()[:12]
        return self._folder / f"{scenario.slug}-{mark}.json"

    def _begin(self, scenario: Scenario, path: Path) -> threading.Event:
        """One recording at a time for each picture; the event is set when it is over, well or not."""
        with self._lock:
            known = self._recording.get(path)
            if known is not None:
                return known
            done = self._recording[path] = threading.Event()
        threading.Thread(target=self._record, args=(scenario, path, done), name=f"card-{scenario.slug}", daemon=True).start()
        return done

    def _record(self, scenario: Scenario, path: Path, done: threading.Event) -> None:
        try:
            run = self._run(scenario)
            if run is None or run.end is None or run.end.outcome in ("refused", "protocol", "stopped"):
                log.warning("no picture of %s: %s", scenario.slug, run.end.sentence if run and run.end else "it did not run in time")
                return
            card = clearer(_kept(path), small_trace(scenario.slug, run.log.records(), self._engine) | {"blur": blur(run.log.records())})
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.draft")
            draft.write_text(json.dumps(card, separators=(",", ":")))
            draft.replace(path)
        except (OSError, PlaygroundError) as problem:
            log.warning("the picture of %s cannot be kept: %s", scenario.slug, problem)
        finally:
            done.set()
            with self._lock:
                self._recording.pop(path, None)

    def _run(self, scenario: Scenario) -> Run | None:
        """Run it when nobody else wants to, and wait for its end."""
        granted, bell = threading.Event(), threading.Event()
        ticket = Ticket("", "cards", granted.set, _ignore, low=True)
        try:
            self._admission.ask(ticket)
        except QueueFull:
            return None
        if not granted.wait(RECORD_S):
            self._admission.leave(ticket)
            return None
        run = self._runs.start(RunSpec(scenario.source, name=scenario.filename), ticket)
        run.follow(bell.set)
        try:
            while not run.log.ended and bell.wait(RECORD_S):
                bell.clear()
        finally:
            run.unfollow(bell.set)
        return run


def blur(records: Iterable[Any]) -> float:
    """How much of a run its picture cannot show as it was, from 0 to 1: the share that recording took, or that gaps hide, whichever is more."""
    hidden_ns, until_ns, perturbed = 0, 1, 0.0
    for record in records:
        if isinstance(record, record_types.Gap) and _hides_lanes(record):
            hidden_ns += record.to_ns - record.from_ns
        elif isinstance(record, record_types.End):
            until_ns, perturbed = max(1, record.at_ns), record.perturbed
    return round(min(1.0, max(perturbed, hidden_ns / until_ns)), 3)


def clearer(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The one of two pictures to keep; it counts how often one was taken."""
    best = old if old and old.get("blur", 1.0) <= new["blur"] else new
    return best | {"tries": (old.get("tries", 0) if old else 0) + 1}


def _hides_lanes(gap: record_types.Gap) -> bool:
    return not gap.objects and gap.hides_state


def _to_be_tried_again(path: Path) -> bool:
    card = _kept(path)
    if card is None or card["blur"] <= BLURRED or card["tries"] >= MOST_TRIES:
        return False
    return time.time() - path.stat().st_mtime > AGAIN_S


def _kept(path: Path) -> dict[str, Any] | None:
    """The picture that is kept, if there is one that can be read."""
    try:
        card = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return card if isinstance(card, dict) else None


def small_trace(slug: str, records: Iterable[Any], engine: Engine) -> dict[str, Any]:
    """The picture's data from the records of a whole run."""
    messages: list[dict[str, Any]] = []
    rows: list[tuple[int, ...]] = []
    numbers: dict[int, int] = {}
    states: dict[int, tuple[int, int]] = {}
    until, python, outcome = 0, "", ""
    for record in records:
        if isinstance(record, record_types.Batch):
            if len(rows) < MOST_EVENTS:
                _keep(record, rows, numbers, states)
            continue
        line = next(iter(engine.jsonl([record])), "{}")
        message = json.loads(line)
        if message.get("type") in SHOWN:
            messages.append(message)
            python = message.get("python", python)
        if isinstance(record, record_types.End):
            until, outcome = record.at_ns, record.outcome
    cut = len(rows) >= MOST_EVENTS
    if cut:
        until = rows[-1][0]
        messages = [message for message in messages if message["type"] != "end"]
    events: dict[str, Any] = {"type": "events", "first_seq": 0, "count": len(rows)}
    names = ("at", "kind", "to", "source", "thread", "obj", "line", "value", "note", "step", "cause")
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    events |= {name: list(column) for name, column in zip(names, columns, strict=True)}
    end = [message for message in messages if message["type"] == "end"]
    first = [message for message in messages if message["type"] != "end"]
    return {"version": VERSION, "slug": slug, "python": python, "outcome": outcome, "until_ns": until, "cut": cut, "messages": [*first, events, *end]}


def _keep(batch: record_types.Batch, rows: list[tuple[int, ...]], numbers: dict[int, int], states: dict[int, tuple[int, int]]) -> None:
    columns: Iterable[tuple[int, ...]] = zip(batch.at_ns, batch.kind, batch.to, batch.source, batch.thread, batch.obj, batch.line, batch.value,
                                             array("I", bytes(4 * len(batch))), batch.step, batch.cause, strict=True)
    for seq, row in enumerate(columns, batch.first_seq):
        to, thread, obj = row[2], row[4], row[5]
        if len(rows) >= MOST_EVENTS:
            return
        if not obj and (not to or states.get(thread) == (to, 0)):
            continue
        if to:
            states[thread] = (to, 0)
        numbers[seq] = len(rows)
        rows.append((*row[:-1], numbers.get(row[-1], NO_CAUSE)))


def _ignore(_place: Place) -> None:
    """A picture does not care how long it waits."""
