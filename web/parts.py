"""The moving things of one server, made by `create_app`, started by the first run or by gunicorn's worker."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask

from playground import PlaygroundError, ShareBox
from web.admission import Admission
from web.cards import Cards
from web.config import Config
from web.engine import Engine
from web.live import Sockets
from web.runs import Runs

if TYPE_CHECKING:
    from web.worker import GuardedWorker

log = logging.getLogger("threadplay")
KEY = "threadplay"


@dataclass(eq=False, slots=True)
class Parts:
    """What views and the socket share."""

    config: Config
    engine: Engine
    admission: Admission
    runs: Runs
    sockets: Sockets
    shares: ShareBox
    cards: Cards
    _closed: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Warm up in the background: the sandbox first, then the gallery's pictures. Pages are served meanwhile."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def close(self) -> None:
        """End: pages are told to come back (1012), runs stop, the sandbox goes. Idempotent."""
        if self._closed.is_set():
            return
        self._closed.set()
        self.sockets.close_all()
        self.runs.close()
        self.shares.close()

    def _warm_up(self) -> None:
        try:
            self.runs.begin()
            self.runs.host.warm()
        except PlaygroundError as refused:
            log.error("no program can run here: %s", refused)
            return
        self.cards.record_all(self._closed)


def make(config: Config, engine: Engine, key: bytes) -> Parts:
    """All parts for that configuration; nothing is started."""
    admission = Admission(config.max_runs, config.queue)
    runs = Runs(config, engine, admission)
    return Parts(config, engine, admission, runs, Sockets(config.max_sockets), ShareBox(config.database, key, config.max_shares),
                 Cards(config.data, engine, runs, admission))


def parts_of(app: Flask) -> Parts:
    """The parts of an application."""
    parts: Parts = app.extensions[KEY]
    return parts


def worker_ready(worker: GuardedWorker) -> None:
    """gunicorn's post_worker_init: everything is loaded, the first connection has not come yet."""
    parts_of(worker.wsgi).start()
