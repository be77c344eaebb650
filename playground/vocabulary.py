"""Everything the browser must call by name, as one JSON object made from the model's tables: nothing of it is written twice."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache

from playground.ending import LIMIT_SENTENCES
from playground.export_jsonl import STATE_WORDS, VERSION
from playground.model.event import KINDS, STATE_LEGEND
from playground.model.finding import FINDING_LEGEND
from playground.model.gap import GAP_FAMILIES
from playground.model.primitive import PRIMITIVES
from playground.model.schedule import GRANULARITY_LEGEND
from playground.model.search_spec import MOST_EXECUTIONS, MOST_SECONDS, STRATEGY_LEGEND
from playground.model.spec import CEILING, MAX_SOURCE_BYTES, MODES, Limits
from playground.runtimes import find_runtimes

OUTCOMES: tuple[tuple[str, str], ...] = (
    ("ok", "finished"), ("failed", "failed"), ("deadlock", "deadlock"), ("limit", "stopped at a limit"), ("stopped", "stopped"),
    ("refused", "not run"), ("protocol", "trace lost"),
)
SEARCH_PHASES: tuple[tuple[str, str, str], ...] = (
    ("telling", "shrinking and confirming", "the search is over; what it found is shrunk, and shown again in a fresh process"),
)
"""What a search says it is at when no strategy is at work any more."""


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, object]:
    """States, kinds, primitives, outcomes, findings, runtimes and limits; the ids are rows of the tables and hold for this version only."""
    return {
        "version": VERSION,
        "states": [{"id": 0, "name": "none", "word": "", "sentence": ""},
                   *({"id": int(state), "name": STATE_WORDS[state], "word": word, "sentence": sentence} for state, word, sentence in STATE_LEGEND)],
        "kinds": [{"id": number, "name": kind.name, "to": STATE_WORDS[kind.to], "sentence": kind.sentence, "woken_by": list(kind.woken_by),
                   "own": kind.own}
                  for number, kind in enumerate(KINDS)],
        "primitives": [asdict(primitive) for primitive in PRIMITIVES],
        "outcomes": [{"name": name, "word": word} for name, word in OUTCOMES],
        "findings": [{"name": name, "word": word, "sentence": sentence} for name, word, sentence in FINDING_LEGEND],
        "granularities": _rows(GRANULARITY_LEGEND),
        "strategies": _rows(STRATEGY_LEGEND),
        "search_phases": _rows(SEARCH_PHASES),
        "search_ceiling": {"max_executions": MOST_EXECUTIONS, "max_seconds": MOST_SECONDS},
        "gap_families": sorted(GAP_FAMILIES),
        "modes": list(MODES),
        "runtimes": [{"name": runtime.name, "version": runtime.version, "gil": runtime.gil} for runtime in find_runtimes()],
        "limits": asdict(Limits()),
        "ceiling": asdict(CEILING),
        "limit_sentences": LIMIT_SENTENCES,
        "max_source_bytes": MAX_SOURCE_BYTES,
    }


def _rows(legend: tuple[tuple[str, str, str], ...]) -> list[dict[str, str]]:
    return [{"id": name, "word": word, "sentence": sentence} for name, word, sentence in legend]
