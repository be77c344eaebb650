"""The hidden thread: it flushes what nobody else flushed, looks where each thread stands, and fills the budgets up, every 20 ms.

It is a raw `_thread`, unknown to `threading.enumerate`; `guises.py` takes it out of the few other places where it would show.
"""

from __future__ import annotations

from playground.inside import real
from playground.inside.recorder import WINDOW_MS, WINDOW_S, Recorder

__builtins__ = real.builtins


class Drain:
    """The hidden thread and its end."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.ident = 0
        """Its thread ident, 0 while it does not run; it sets that itself, because CPython counts a thread only once it runs."""
        self._stop = real.allocate_lock()
        self._gone = real.allocate_lock()
        self._stop.acquire()

    def start(self) -> None:
        """Start it; where no thread can be started any more the program's own threads do all flushing."""
        self.recorder.revive = None
        if not self._gone.acquire(False):
            return
        self._stop.acquire(False)
        try:
            real.start_new_thread(self._run, ())
        except RuntimeError:
            self._gone.release()

    def pause(self) -> None:
        """The program forks: a second thread would be copied half-way, and CPython would warn of it. The next flush starts it again."""
        if self._gone.locked() and self.recorder.on:
            self._stop.release()
            if self._gone.acquire(True, 1.0):
                self._gone.release()
            self.recorder.revive = self.start

    def _run(self) -> None:
        recorder = self.recorder
        self.ident = real.get_ident()
        while recorder.on and not self._stop.acquire(True, WINDOW_S):
            try:
                now_ns = real.monotonic_ns()
                for beat in recorder.beats:
                    beat(now_ns)
                recorder.flush(WINDOW_MS)  # waits for room without the GIL: a full pipe empties at the speed of its reader
            except Exception as error:  # noqa: BLE001 - a watcher that fails goes on or is dropped, the program is not touched
                recorder.failed(error)
        self.ident = 0
        self._gone.release()
