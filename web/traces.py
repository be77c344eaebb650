"""What can be had of a run by whoever knows its id: `/runs/<run>/trace.jsonl`, `.perfetto.json`, and its comparison with an unrecorded one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from flask import Blueprint, Flask, Response, abort, jsonify

from playground import UnknownName
from web.messages import RUN_ID
from web.parts import Parts
from web.runs import Run

MOST_AT_ONCE = 6
"""Downloads at once: each holds a thread for as long as its reader likes."""


def register(app: Flask, parts: Parts) -> None:
    """Downloads."""
    blue = Blueprint("traces", __name__)
    room = threading.Semaphore(MOST_AT_ONCE)

    @blue.get("/runs/<run>/trace.jsonl")
    def jsonl(run: str) -> Response:
        found = _found(parts, run)
        lines = (line.rstrip("\n") + "\n" for line in parts.engine.jsonl(found.log.records()))
        return _file(found, room, lines, "application/jsonl; charset=utf-8", "trace.jsonl")

    @blue.get("/runs/<run>/trace.perfetto.json")
    def perfetto(run: str) -> Response:
        found = _found(parts, run)
        return _file(found, room, _perfetto(parts, found), "application/json", "trace.perfetto.json")

    @blue.get("/runs/<run>/against/<other>")
    def against(run: str, other: str) -> Response:
        recorded, plain = _found(parts, run), _found(parts, other)
        if recorded.end is None or plain.end is None:
            raise UnknownName("Only runs that have ended can be compared.")
        gil = next((bool(each.gil) for each in recorded.log.records() if hasattr(each, "gil")), True)
        return jsonify(sentences=parts.runs.host.compare(recorded.end, plain.end, gil=gil))

    app.register_blueprint(blue)


def _found(parts: Parts, name: str) -> Run:
    run = parts.runs.find(name) if RUN_ID.fullmatch(name) else None
    if run is None:
        raise UnknownName("There is no run of that id here; its trace may have been given up. Run the program again.")
    return run


def _perfetto(parts: Parts, run: Run) -> Iterator[str]:
    whole = parts.engine.perfetto(run.log.records())
    yield whole.decode() if isinstance(whole, bytes) else whole


def _file(run: Run, room: threading.Semaphore, chunks: Iterable[str], kind: str, name: str) -> Response:
    if not room.acquire(blocking=False):
        abort(503, "Several traces are being downloaded. Try again in a few seconds.")
    run.follow(_no_bell)

    def done() -> None:
        run.unfollow(_no_bell)
        room.release()

    response = Response(chunks, content_type=kind)
    response.call_on_close(done)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _no_bell() -> None:
    """A download reads what there is."""
