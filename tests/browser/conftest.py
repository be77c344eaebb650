"""A real server, a real Chromium: the pages as visitors get them. Every page must end without a console error or a CSP report."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_S = 40.0
DEADLINE_MS = 20_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK", "WebSocket connection to", "willReadFrequently")
"""What Chromium itself says when a test takes the network away or reads the canvas back."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a data directory of its own."""
    data = tmp_path_factory.mktemp("data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("THREADPLAY_")}
    own = {"THREADPLAY_DATA": str(data), "THREADPLAY_PORT": str(port), "THREADPLAY_THREADS": "96"}
    command = [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn.conf.py", "web:create_app()"]
    with (data / "server.log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, env=clean | own, stdout=log, stderr=log) as process:
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/readyz", process, data / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(START_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    nobody = socket.socketpair()
    with nobody[0], nobody[1]:
        nobody[0].settimeout(0.1)
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=START_S):
                return
            with contextlib.suppress(TimeoutError):
                nobody[0].recv(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visitor:
    """Somebody with a browser of their own; remembers everything their pages complained about."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.complaints: list[str] = []

    def open(self, path: str) -> Page:
        """A page of the server, its scripts at work."""
        page = self.context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.goto(self.base + path)
        if path.startswith(("/lab", "/s/")):
            page.wait_for_selector("html[data-ready]")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(each in message.text for each in EXPECTED):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url', '')}")


@pytest.fixture
def visitors(browser: Browser, server: str) -> Iterator[list[Visitor]]:
    """A list that closes and checks whoever was put in it."""
    everybody: list[Visitor] = []
    yield everybody
    for visitor in everybody:
        visitor.context.close()
    assert [complaint for visitor in everybody for complaint in visitor.complaints] == []


@pytest.fixture
def visit(browser: Browser, server: str, visitors: list[Visitor]):  # type: ignore[no-untyped-def]
    """visit(phone=False, theme="light") is a new visitor."""

    def arrive(*, phone: bool = False, theme: str = "light") -> Visitor:
        context = browser.new_context(viewport=PHONE if phone else DESK, color_scheme=theme, has_touch=phone)  # type: ignore[arg-type]
        visitors.append(Visitor(context, server))
        return visitors[-1]

    return arrive
