"""One file for each diagnosis; DETECTORS is the list of them. A detector is made anew for each run and reads its trace (detector.py)."""

from __future__ import annotations

from collections.abc import Callable

from playground.diagnosis.crash import Crash
from playground.diagnosis.deadlock import Deadlock
from playground.diagnosis.detector import Detector
from playground.model.spec import RunSpec

DETECTORS: tuple[Callable[[RunSpec], Detector], ...] = (Deadlock, Crash)
