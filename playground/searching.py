"""One search as a session: records while it goes on (Hello, Progress, Explored, End last), and a `stop` that works at once.

The search itself (`exploration.py`) blocks, so it has a thread of its own; its progress is gathered here, so that neither a program that claims
progress all the time nor a slow consumer holds it up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from playground.ending import Cut, refused_end, stopped_cut
from playground.exploration import Explored
from playground.model.errors import SandboxRefused
from playground.model.record import Hello, Progress, Record
from playground.search_ending import end_of_search

PROGRESS_S = 0.1
"""Between two records of progress at least."""


class Search(Protocol):
    """Searches to the end. `stopped` is asked all the time and ends it at once; `on_progress` is told how far it is, as often as it likes."""

    def __call__(self, *, stopped: Callable[[], Cut | None], on_progress: Callable[[Progress], None]) -> Explored: ...


class SearchSession:
    """An iterable of Records for one consuming thread; `stop` may be called from any thread, at any time."""

    def __init__(self, search: Search, *, python: str, gil: bool, tier: Callable[[], str]) -> None:
        self._search = search
        self._python, self._gil, self._tier = python, gil, tier
        self._cut: Cut | None = None
        self._news = threading.Condition()
        self._progress: Progress | None = None
        self._told: Progress | None = None
        self._began = 0.0
        self._over = False
        self._explored: Explored | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> SearchSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self, reason: str = "stopped by the visitor") -> None:
        """End the search; its iterator still yields what there is and the End record."""
        with self._news:
            self._cut = self._cut or stopped_cut(reason)
            self._news.notify_all()

    def close(self) -> None:
        """Nobody wants the search any more; idempotent."""
        self.stop("closed")

    def began(self) -> None:
        """Its cell is open: the search's time counts from now."""
        self._began = self._began or time.monotonic()

    def explore(self) -> Explored:
        """The whole search in this thread, for whoever needs only what it came to. Raises SandboxRefused."""
        return self._search(stopped=lambda: self._cut, on_progress=self._keep)

    def __iter__(self) -> Iterator[Record | Explored]:
        yield Hello(self._python, self._gil, 0)
        asked = time.monotonic()
        worker = threading.Thread(target=self._work, name="search", daemon=True)
        worker.start()
        try:
            yield from self._while_it_goes_on()
        finally:
            self.close()
            worker.join()
        if isinstance(self._error, SandboxRefused):
            yield refused_end(str(self._error), self._python)
            return
        if self._error is not None:
            raise self._error
        explored = self._explored
        assert explored is not None
        yield explored
        yield end_of_search(explored, self._told, time.monotonic() - asked, self._tier(), self._python)

    def _while_it_goes_on(self) -> Iterator[Record]:
        """The newest progress, at most one each PROGRESS_S, until the search is over."""
        next_at = 0.0
        while True:
            with self._news:
                self._news.wait_for(lambda: self._over or self._progress is not None)
                self._news.wait_for(lambda: self._over, next_at - time.monotonic())
                news, self._progress = self._progress, None
                over = self._over
            if news is not None:
                self._told = replace(news, seconds=round(time.monotonic() - self._began, 3))
                yield self._told
                next_at = time.monotonic() + PROGRESS_S
            if over:
                return

    def _keep(self, progress: Progress) -> None:
        with self._news:
            self._progress = progress
            self._news.notify_all()

    def _work(self) -> None:
        try:
            self._explored = self.explore()
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer's thread
            self._error = error
        finally:
            with self._news:
                self._over = True
                self._news.notify_all()
