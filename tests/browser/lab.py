"""What a visitor does in the lab, and what the running page knows, in the words of the tests."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from playwright.sync_api import Page


def run(page: Page) -> None:
    """Press Run and wait for the run's end."""
    page.locator(".title .btn.run").click()
    wait_for_end(page)


def wait_for_end(page: Page, timeout_ms: float = 30_000) -> None:
    until(page, "() => threadplay.store.get().trace?.ended && threadplay.store.get().run === 'ended'", timeout_ms=timeout_ms)


def until(page: Page, holds: str, arg: object = None, timeout_ms: float = 20_000) -> None:
    """Wait until that function of the page says yes; asked at every frame, without eval, which the policy of the pages forbids."""
    page.evaluate(f"""async ([arg, patience]) => {{
        const holds = {holds}, end = performance.now() + patience;
        while (!holds(arg)) {{
            if (performance.now() > end) throw new Error('still not so: ' + holds);
            await new Promise(requestAnimationFrame);
        }}
    }}""", [arg, timeout_ms])


def write(page: Page, source: str) -> None:
    """Replace the program by another, as typing would."""
    page.evaluate("(source) => threadplay.store.set({ source })", source)


def run_id(page: Page) -> str:
    return str(page.evaluate("threadplay.store.get().trace.run"))


def exported(page: Page) -> list[dict[str, Any]]:
    """The run's trace as the server exports it."""
    base = "/".join(page.url.split("/")[:3])
    with urllib.request.urlopen(f"{base}/runs/{run_id(page)}/trace.jsonl", timeout=30) as answer:
        return [json.loads(line) for line in answer.read().decode().splitlines()]
