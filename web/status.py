"""How the server is: `/status` for people, `/healthz` (alive), `/readyz` (a real program has run just now), `/metrics` for Prometheus."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, render_template

from playground import PlaygroundError, RunSpec
from playground import record as record_types
from web.metrics import exposition
from web.parts import Parts

FRESH_S = 20.0
REPORT_S = 60.0
PROBE = RunSpec("print('ready')", name="ready.py", limits=replace(RunSpec("").limits, wall_s=5.0, cpu_s=2.0))


class Readiness:
    """Whether programs run: known from visitors' runs, else from a tiny one of our own, one at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._checked_at = 0.0
        self._problem = "nothing has run yet"

    def problem(self) -> str:
        """Empty when ready, else a sentence."""
        with self._lock:
            last = max(self._parts.runs.last_good, self._checked_at)
            if not last or time.monotonic() - last > FRESH_S:
                self._problem = self._probe()
                self._checked_at = time.monotonic()
            elif self._parts.runs.last_good >= self._checked_at:
                self._problem = ""
            return self._problem

    def _probe(self) -> str:
        runs = self._parts.runs
        try:
            runs.begin()
            with runs.host.open(PROBE) as session:
                end = next((record for record in session if isinstance(record, record_types.End)), None)
        except PlaygroundError as refused:
            return str(refused)
        return "" if end is not None and end.outcome == "ok" else f"A tiny program did not end well: {end.sentence if end else 'no end'}"


class Doctor:
    """The sandbox's report, from a real probe run, remembered for a minute."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._report: Any = None
        self._made_at = 0.0

    def report(self) -> Any:
        """The report; made anew when it is old."""
        with self._lock:
            if self._report is None or time.monotonic() - self._made_at > REPORT_S:
                self._report, self._made_at = self._parts.runs.host.report(), time.monotonic()
            return self._report


def figures(parts: Parts, started_at: float) -> dict[str, Any]:
    """What is going on, as plain numbers."""
    admission, runs, sockets = parts.admission, parts.runs, parts.sockets
    return {
        "uptime_s": round(time.monotonic() - started_at), "running": admission.running, "slots": admission.slots, "queued": admission.waiting,
        "waited_s": round(sum(admission.waited) / len(admission.waited), 2) if admission.waited else 0.0,
        "pages": len(sockets), "max_pages": sockets.most, "pages_refused": sockets.refused, "summaries": sockets.summaries,
        "runs": sum(runs.outcomes.values()), "outcomes": dict(runs.outcomes), "events": runs.events,
        "searching": runs.searching, "searches": sum(runs.search_outcomes.values()), "search_outcomes": dict(runs.search_outcomes),
        "search_executions": runs.search_executions, "failures_found": runs.failures_found,
        "logs": len(runs), "log_mb": round(runs.log_bytes / 2**20, 1), "refusal": runs.refusal,
    }


def register(app: Flask, parts: Parts) -> None:
    """Four addresses."""
    blue = Blueprint("status", __name__)
    ready, doctor, started_at = Readiness(parts), Doctor(parts), time.monotonic()

    @blue.get("/status")
    def status() -> str:
        return render_template("status/index.html", report=doctor.report(), figures=figures(parts, started_at))

    @blue.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @blue.get("/readyz")
    def readyz() -> Response:
        problem = ready.problem()
        response = jsonify(ready=not problem, problem=problem)
        response.status_code = 503 if problem else 200
        response.headers["Cache-Control"] = "no-store"
        return response

    @blue.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(figures(parts, started_at), parts.runs.seconds), content_type="text/plain; version=0.0.4; charset=utf-8")

    app.register_blueprint(blue)
