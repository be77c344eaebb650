"""The web tier: pages, one WebSocket, and nothing that judges a run. `gunicorn -c web/gunicorn.conf.py "web:create_app()"` serves it.

Importing this package only defines; `create_app` builds a Flask application and starts nothing until its first run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from web.config import Config
    from web.engine import Engine


def create_app(config: Config | None = None, engine: Engine | None = None) -> Flask:
    """A whole application; without arguments it is configured by the THREADPLAY_* environment and runs real programs."""
    from web.app import build

    return build(config, engine)
