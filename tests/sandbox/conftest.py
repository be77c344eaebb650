"""Real zygotes with the smallest preload, shared by all tests of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from playground.runtimes import Runtime, find_runtimes
from playground.sandbox import Policy, Zygote
from tests.sandbox.cells import BARE, Outcome, finish, open_cell


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    return find_runtimes()[0]


@pytest.fixture(scope="session")
def zygote(runtime: Runtime) -> Iterator[Zygote]:
    """Tier A; the tests that need it skip where this machine has no namespaces."""
    made = Zygote(runtime, preload=BARE)
    made.start()
    if made.tier != "A":
        pytest.skip(f"tier A cannot be had here: {made.reason}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def zygote_c(runtime: Runtime) -> Iterator[Zygote]:
    """Tier C, asked for."""
    made = Zygote(runtime, tier="C", preload=BARE)
    made.start()
    yield made
    made.close()


@pytest.fixture
def run(zygote: Zygote) -> Callable[..., Outcome]:
    """Run a source in tier A: `run(source, **policy)`."""
    def run_it(source: str, **policy: object) -> Outcome:
        return finish(open_cell(zygote, source, Policy(**policy)))  # type: ignore[arg-type]

    return run_it


@pytest.fixture
def run_c(zygote_c: Zygote) -> Callable[..., Outcome]:
    """Run a source in tier C."""
    def run_it(source: str, **policy: object) -> Outcome:
        return finish(open_cell(zygote_c, source, Policy(**policy)))  # type: ignore[arg-type]

    return run_it
