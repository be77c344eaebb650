"""The real application around the fake engine, for gunicorn: `tests.web.fake_app:create()`."""

from __future__ import annotations

from flask import Flask

from tests.web.fake import FakeEngine
from web import create_app


def create() -> Flask:
    """Configured by the environment, like the real one."""
    return create_app(engine=FakeEngine())  # type: ignore[arg-type]
