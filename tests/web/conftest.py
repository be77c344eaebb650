"""A server for a whole file of tests, and a Flask client for what needs no socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.fake import FakeEngine
from tests.web.served import Served, serve
from web import create_app
from web.config import Config
from web.parts import parts_of


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a short grace and a short patience for stalled pages."""
    with serve(tmp_path_factory.mktemp("data"), stall_s=2, grace_s=1, max_runs=8) as server:
        yield server


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The application in this process."""
    application = create_app(Config(data=tmp_path), FakeEngine())  # type: ignore[arg-type]
    yield application
    parts_of(application).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Requests without a socket."""
    return app.test_client()
