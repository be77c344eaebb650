"""The figures in Prometheus' text format, version 0.0.4: HELP and TYPE before each family, one sample a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FAMILIES = (
    ("uptime_s", "threadplay_uptime_seconds", "gauge", "Time since the server started."),
    ("running", "threadplay_runs_running", "gauge", "Programs that run now."),
    ("slots", "threadplay_runs_slots", "gauge", "Programs that may run at once."),
    ("queued", "threadplay_runs_queued", "gauge", "Programs that wait for a slot."),
    ("waited_s", "threadplay_queue_wait_seconds", "gauge", "How long recent runs waited for their slot, on average."),
    ("pages", "threadplay_sockets_open", "gauge", "WebSockets open."),
    ("max_pages", "threadplay_sockets_limit", "gauge", "WebSockets that may be open."),
    ("pages_refused", "threadplay_sockets_refused_total", "counter", "WebSockets refused because all were taken."),
    ("summaries", "threadplay_summaries_total", "counter", "Summaries sent to pages that were too slow, on connections that have ended."),
    ("events", "threadplay_events_total", "counter", "Events of ended runs."),
    ("logs", "threadplay_logs", "gauge", "Runs whose log is kept."),
    ("log_mb", "threadplay_logs_megabytes", "gauge", "Disk that those logs take."),
)
OUTCOMES = ("ok", "failed", "deadlock", "limit", "stopped", "refused", "protocol")


def exposition(figures: Mapping[str, Any], run_seconds: float) -> str:
    """The whole page for Prometheus."""
    return "\n".join(_lines(figures, run_seconds)) + "\n"


def _lines(figures: Mapping[str, Any], run_seconds: float) -> Iterator[str]:
    for key, name, kind, sentence in FAMILIES:
        yield f"# HELP {name} {sentence}"
        yield f"# TYPE {name} {kind}"
        yield f"{name} {figures[key]}"
    yield "# HELP threadplay_runs_total Runs that ended, by how."
    yield "# TYPE threadplay_runs_total counter"
    for outcome in OUTCOMES:
        yield f'threadplay_runs_total{{outcome="{outcome}"}} {figures["outcomes"].get(outcome, 0)}'
    yield "# HELP threadplay_run_seconds_total Time that slots were taken by runs that ended."
    yield "# TYPE threadplay_run_seconds_total counter"
    yield f"threadplay_run_seconds_total {run_seconds:.3f}"
