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
    ("searching", "threadplay_searches_running", "gauge", "Searches for a failing interleaving that go on."),
    ("search_executions", "threadplay_search_executions_total", "counter", "Executions of programs in ended searches."),
    ("failures_found", "threadplay_search_failures_total", "counter", "Searches that found a failure."),
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
    for key, name, sentence in (("outcomes", "threadplay_runs_total", "Runs that ended, by how."),
                                ("search_outcomes", "threadplay_searches_total", "Searches that ended, by how.")):
        yield f"# HELP {name} {sentence}"
        yield f"# TYPE {name} counter"
        for outcome in OUTCOMES:
            yield f'{name}{{outcome="{outcome}"}} {figures[key].get(outcome, 0)}'
    yield "# HELP threadplay_run_seconds_total Time that slots were taken by runs that ended."
    yield "# TYPE threadplay_run_seconds_total counter"
    yield f"threadplay_run_seconds_total {run_seconds:.3f}"
