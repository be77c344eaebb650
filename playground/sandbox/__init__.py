"""The walls: real programs of strangers run here, each in a cell that ends with it. This is the sandbox's door.

Names are loaded on first use, so that a zygote, which imports modules of this folder, carries none of the host's.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.sandbox.cell import Cell, Exit
    from playground.sandbox.policy import Policy
    from playground.sandbox.probe import examine
    from playground.sandbox.report import Layer, Report
    from playground.sandbox.zygote import Zygote

_HOMES: dict[str, str] = {
    "Cell": "cell",
    "Exit": "cell",
    "Layer": "report",
    "Policy": "policy",
    "Report": "report",
    "Zygote": "zygote",
    "examine": "probe",
}
__all__ = ["Cell", "Exit", "Layer", "Policy", "Report", "Zygote", "examine"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"playground.sandbox.{_HOMES[name]}"), name)
