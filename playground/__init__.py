"""Threadplay's engine: run a Python program as real threads behind walls, and see what every thread does.

This is the door: everything outside `playground` imports from here and from nowhere deeper. Names are loaded on first use (PEP 562), so
that importing `playground.inside` inside the walls drags nothing of the host along.
"""

from __future__ import annotations

import importlib

_HOMES: dict[str, str] = {
    "BadSpec": "playground.model.errors",
    "Limits": "playground.model.spec",
    "PlaygroundError": "playground.model.errors",
    "RunSpec": "playground.model.spec",
    "SandboxRefused": "playground.model.errors",
    "Scenario": "playground.model.scenario",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
