"""What a visitor waits for: Run pressed to first event drawn in Chromium, and the timeline's script time a frame."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench import browser_timeline, server

RUNS = 30
IDLE = "import time\nprint('here')\ntime.sleep(0.15)\n"
SPINNING = """import threading, time
def spin():
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        pass
threads = [threading.Thread(target=spin) for _ in range(4)]
for thread in threads:
    thread.start()
"""
PRESS = """() => new Promise((done) => {
  const { store } = threadplay, before = store.get().trace;
  const began = performance.now();
  const look = () => {
    const { trace } = store.get();
    if (trace && trace !== before && trace.count > 0) requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(look);
  };
  document.querySelector('.title .btn.run').click();
  look();
})"""


def lines() -> Iterator[str]:
    """p50 and p95 of pressing Run, then the figures of drawing."""
    with tempfile.TemporaryDirectory() as data, server.running(Path(data)) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/lab")
        page.wait_for_selector("html[data-ready]")
        for name, source, aim in (("a quiet program", IDLE, "60 / 120"), ("a program with 4 spinning threads", SPINNING, "80 / 200")):
            times = [press(page, source) for _ in range(RUNS + 2)][2:]
            p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            yield f"Run pressed to first event drawn, {name:34} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   (aim: at most {aim} ms)"
        browser.close()
    yield from browser_timeline.lines(browser_timeline.measure(threads=8, spans=1_000_000, frames=300, seconds=5))


def press(page: Page, source: str) -> float:
    """Milliseconds from the click to the frame that holds the run's first event; the run has ended when this returns."""
    page.evaluate("(source) => threadplay.store.set({ source })", source)
    took = float(page.evaluate(PRESS))
    page.wait_for_function("() => threadplay.store.get().run === 'ended'", timeout=30_000)
    return took
