"""What tests of several folders need: one host for a whole file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.host import Host
from playground.model.errors import SandboxRefused


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """A host whose walls stand; where they cannot, the test is skipped with the reason."""
    host = Host()
    try:
        host.start()
    except SandboxRefused as refused:
        pytest.skip(str(refused))
    yield host
    host.close()
