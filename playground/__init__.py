"""Threadplay's engine: run a Python program as real threads behind walls, and see what every thread does.

This is the door: everything outside `playground` imports from here and from nowhere deeper. Names are loaded on first use (PEP 562), so
that importing `playground.inside` inside the walls drags nothing of the host along.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # typing's own is not worth importing typing for, inside the walls
if TYPE_CHECKING:
    from playground.catalogue import scenario as scenario
    from playground.catalogue import scenarios as scenarios
    from playground.catalogue import turn_knobs as turn_knobs
    from playground.exploration import Explored as Explored
    from playground.export_jsonl import jsonl as jsonl
    from playground.export_perfetto import perfetto as perfetto
    from playground.host import Host as Host
    from playground.model import record as record
    from playground.model.errors import BadSpec as BadSpec
    from playground.model.errors import PlaygroundError as PlaygroundError
    from playground.model.errors import SandboxRefused as SandboxRefused
    from playground.model.errors import UnknownName as UnknownName
    from playground.model.event import Batch as Batch
    from playground.model.finding import Finding as Finding
    from playground.model.record import End as End
    from playground.model.record import Found as Found
    from playground.model.record import ObjectInfo as ObjectInfo
    from playground.model.record import Output as Output
    from playground.model.record import Record as Record
    from playground.model.record import Text as Text
    from playground.model.record import ThreadInfo as ThreadInfo
    from playground.model.report import Failure as Failure
    from playground.model.report import FailureStep as FailureStep
    from playground.model.scenario import Scenario as Scenario
    from playground.model.search_spec import SearchSpec as SearchSpec
    from playground.model.spec import Knob as Knob
    from playground.model.spec import RunSpec as RunSpec
    from playground.share import ShareBox as ShareBox
    from playground.vocabulary import vocabulary as vocabulary

_HOMES: dict[str, str] = {
    "BadSpec": "playground.model.errors",
    "Host": "playground.host",
    "PlaygroundError": "playground.model.errors",
    "RunSpec": "playground.model.spec",
    "SandboxRefused": "playground.model.errors",
    "SearchSpec": "playground.model.search_spec",
    "ShareBox": "playground.share",
    "UnknownName": "playground.model.errors",
    "jsonl": "playground.export_jsonl",
    "perfetto": "playground.export_perfetto",
    "record": "playground.model.record",
    "scenario": "playground.catalogue",
    "scenarios": "playground.catalogue",
    "turn_knobs": "playground.catalogue",
    "vocabulary": "playground.vocabulary",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(_HOMES[name])
    value = home if name == "record" else getattr(home, name)  # `record` is a whole module: the records that a session yields
    globals()[name] = value  # also where a submodule has the same name: the door's name is the function
    return value
