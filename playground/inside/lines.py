"""Which line every thread is at: LINE events on the visitor's own code, within a budget.

Recording every line slows a CPU-bound program fifteenfold, so each line is recorded a few times in a window and all together a few thousand
times; then the place is switched off (`DISABLE`: it costs nothing) until at least ten times what recording cost has passed. In a function of
more than 150 lines one event costs about 4 us (CPython walks the line table), so there it is once a window.
While lines are off, the hidden thread still reports where each thread stands, once a window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType

from playground.inside import real
from playground.inside.monitor import Monitor
from playground.inside.recorder import WINDOW_NS, Recorder
from playground.model.event import KIND_ID, KINDS

__builtins__ = real.builtins

HITS = 8
HITS_IN_LONG_CODE = 1
LONG_CODE_LINES = 150
EVENTS_A_WINDOW = 2_000
PATIENCE = 10
_EVENT_NS = 700
_LONG_EVENT_NS = 4_000
_PLACE_NS = 50_000
_RESTART_NS = 60_000

_LINE = KIND_ID["line"] | KINDS[KIND_ID["line"]].to << 8
_SEEN = KIND_ID["line.seen"]


class Lines:
    """The budget of each line of the program, and the callback that spends it."""

    def __init__(self, recorder: Recorder, monitor: Monitor) -> None:
        self.recorder = recorder
        self.monitor = monitor
        self.fresh: list[int] = [0]
        self.left: list[int] = [0]
        self.window = [EVENTS_A_WINDOW, 0, 0]
        """Events left in this window; places switched off since the last restart; hits in long code since then."""
        self.since_ns = 0
        self._seen_due = 0
        if monitor.ours:
            real.register_callback(monitor.tool, real.LINE, self._callback())

    def cover(self, code: CodeType) -> None:
        """Watch the lines of that code and of every function in it."""
        for each in _codes(code):
            self.cover_one(each)

    def cover_files(self, prefixes: tuple[str, ...]) -> None:
        """Watch the lines of every function of these files, from its first call."""
        self.monitor.watch_all(lambda code: self.cover_one(code) if code.co_filename.startswith(prefixes) else None)

    def cover_one(self, code: CodeType) -> None:
        """Watch the lines of that one code object."""
        lines = [line for _, _, line in code.co_lines() if line]
        hits = HITS_IN_LONG_CODE if lines and max(lines) - min(lines) > LONG_CODE_LINES else HITS
        if lines and max(lines) >= len(self.fresh):
            more = max(lines) + 1 - len(self.fresh)
            self.fresh += [HITS] * more
            self.left += [HITS] * more
        if hits != HITS:
            for line in lines:
                self.fresh[line] = hits
                self.left[line] = min(hits, self.left[line])
        if self.monitor.ours:
            events = real.get_local_events(self.monitor.tool, code)
            real.set_local_events(self.monitor.tool, code, events | real.LINE)

    def _callback(self) -> Callable[[CodeType, int], object]:
        recorder, left, window = self.recorder, self.left, self.window
        append, ids, shown = recorder.append, recorder.ids, recorder.shown
        now, ident, disable = real.monotonic_ns, real.get_ident, real.DISABLE

        def on_line(_code: CodeType, line: int) -> object:
            try:
                budget = left[line] - 1
                left[line] = budget
                window[0] -= 1
                if budget < 0 or window[0] < 0:
                    window[1] += 1
                    return disable
                at = now()
                thread = ids.get(ident(), -1)
                if thread < 0:
                    thread = recorder.adopt()
                    if thread < 0:
                        return None
                shown[thread] = line
                append((at, _LINE | thread << 16, line, 0))
                if at > recorder.due:
                    recorder.flush()
                if budget == 0:
                    window[1] += 1
                    return disable
            except Exception as error:  # noqa: BLE001 - a watcher that fails loses this fact, never the program
                recorder.failed(error)
            return None

        return on_line

    def beat(self, now_ns: int) -> None:
        """A window is over: fill the budgets up; switch places on again once that is paid for."""
        self._see(now_ns)
        window = self.window
        spent = self._cost(EVENTS_A_WINDOW - max(0, window[0]))
        if not window[1]:
            self.since_ns = now_ns
            self._refill()
        elif now_ns - self.since_ns >= max(WINDOW_NS, PATIENCE * (spent + window[1] * _PLACE_NS + _RESTART_NS)):
            self.tell()
            self.recorder.callbacks += window[1]
            self.since_ns = now_ns
            self._refill()
            if self.monitor.ours:
                real.restart_events()

    def tell(self) -> None:
        """Say which places are paused: only lines; how many nobody knows, so the count is 0 and the words say what is known."""
        if self.window[1]:
            self.recorder.gaps.count("line", 0, "hot lines were paused at {} places", self.since_ns)
            self.recorder.gaps.say("hot lines were paused at {} places", self.since_ns, number=self.window[1])

    def _refill(self) -> None:
        self.left[:] = self.fresh
        self.window[0], self.window[1] = EVENTS_A_WINDOW, 0

    def _cost(self, events: int) -> int:
        """What these events cost, at most: in long code the dear kind was hit as often as it could be."""
        if not events:
            return 0
        long = sum(hits - left for hits, left in zip(self.fresh, self.left, strict=False) if hits == HITS_IN_LONG_CODE)
        return events * _EVENT_NS + long * _LONG_EVENT_NS

    def _see(self, now_ns: int) -> None:
        """Report where every thread stands whose line is not the one last reported."""
        if now_ns < self._seen_due or len(real.interpreters()) > 1:
            return  # `_current_frames` reaches into other interpreters without their GIL: CPython 3.13.0 then dies
        recorder, spent_ns = self.recorder, real.thread_time_ns()
        before = dict(recorder.shown)
        frames = real.current_frames()
        for ident, frame in frames.items():
            thread = recorder.ids.get(ident, -1)
            line = recorder.line_of(frame) if thread >= 0 else 0
            if line and before.get(thread, 0) == recorder.shown.get(thread, 0) != line:
                recorder.emit_for(thread, _SEEN, 0, line)
        frames.clear()
        # by its CPU time: what a busy machine or the GIL took meanwhile is no cost of looking
        self._seen_due = now_ns + 20 * (real.thread_time_ns() - spent_ns)


def _codes(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += [constant for constant in each.co_consts if isinstance(constant, CodeType)]
