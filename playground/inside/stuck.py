"""Waits that began while nobody looked: once the program stands still, the hidden thread looks at where each thread stands.

A hot lock is the plain C lock for a while (`lenses/lock.py`), hot composites are let alone (`kit.Hub`). A deadlock that closes just then leaves no
event. But it leaves the frames: who stands before which lock, and within whose `with`. What is told of them is what was found, at the time at
which it was found; when it began nobody knows. Where events of some object were left out, waits that were told already are told once more: they still
stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time_ns
from types import FrameType

from playground.inside import real
from playground.inside.kit import FreeKit, Wait
from playground.inside.things import Known
from playground.model.event import KIND_ID

__builtins__ = real.builtins

LOOKS = frozenset({10, 25, 50})
"""After so many windows without the program having run: by the first, hot locks are recorded again; the others are for a busy machine."""
MOVED_NS = 300_000
"""More CPU time than this in one window, and it did run."""
_HELD = KIND_ID["lock.held"]


class Stuck:
    """Counts quiet windows; looks a few times in each quiet time."""

    def __init__(self, kit: FreeKit) -> None:
        self._kit = kit
        self._quiet = 0
        self._spent_ns = 0
        self._told: dict[int, Known] = {}
        """Threads that were found waiting in this quiet time: nobody sees such a wait end."""

    def beat(self, _now_ns: int) -> None:
        """A window is over."""
        spent_ns = process_time_ns() - real.thread_time_ns()
        moved, self._spent_ns = spent_ns - self._spent_ns > MOVED_NS, spent_ns
        if moved:
            self._forget()
        self._quiet = 0 if moved else self._quiet + 1
        if self._quiet in LOOKS and len(real.interpreters()) == 1:
            self._look()

    def _look(self) -> None:
        recorder = self._kit.recorder
        threads = {recorder.ids[ident]: (ident, frame) for ident, frame in real.current_frames().items() if ident in recorder.ids}
        found: dict[int, tuple[Wait, FrameType]] = {}
        again, recorder.gaps.thinned = recorder.gaps.thinned, False
        for thread, (ident, frame) in threads.items():
            if (again or thread not in recorder.waiting) and (stands := self._wait(frame, ident)) is not None:
                found[thread] = stands
        if not found:
            return
        for thread, (_, frame) in threads.items():
            for each in _through(frame):
                for known in self._kit.holding(each) if recorder.mine(each) else ():
                    recorder.emit_for(thread, _HELD, recorder.number(known), each.f_lineno or 0)
        for thread, (wait, frame) in found.items():
            recorder.waiting[thread] = self._told[thread] = wait.known
            recorder.emit_for(thread, wait.kind, recorder.number(wait.known), recorder.line_of(frame), wait.value, wait.note)

    def _forget(self) -> None:
        for thread, known in self._told.items():
            if self._kit.recorder.waiting.get(thread) is known:
                self._kit.recorder.waiting.pop(thread, None)
        self._told.clear()

    def _wait(self, frame: FrameType, ident: int) -> tuple[Wait, FrameType] | None:
        return next((found for who in self._kit.standing if (found := who(frame, ident)) is not None), None)


def _through(frame: FrameType | None) -> Iterator[FrameType]:
    """A thread's frames, innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back
