"""One file for each diagnosis; DETECTORS is the list of them. A detector is made anew for each run and reads its trace (detector.py)."""

from __future__ import annotations

from collections.abc import Callable

from playground.diagnosis.crash import Crash
from playground.diagnosis.data_race import DataRace
from playground.diagnosis.detector import Detector
from playground.diagnosis.gil_contention import GilContention
from playground.diagnosis.lock_order import LockOrder
from playground.diagnosis.starvation import Starvation
from playground.diagnosis.stuck import StuckThreads
from playground.model.spec import RunSpec

DETECTORS: tuple[Callable[[RunSpec], Detector], ...] = (StuckThreads, Crash, DataRace, LockOrder, Starvation, GilContention)
