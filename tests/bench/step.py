"""One controlled run of a program of a hundred steps: what a visitor waits for who picks a thread in Schedule mode.

From inside out: the engine alone, the run behind its walls, the server over a real socket, and in Chromium from the click to the frame that shows it.
Nothing is remembered: each run is of another text or along another schedule.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import websocket
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NotThere

import playground
from tests.bench import server
from tests.bench.contestants.process import Contestant

RUNS = 40
PAUSE_S = 0.25
"""A visitor looks at one run before asking for the next; meanwhile the host puts up the next run's walls."""
SOURCE = (Path(__file__).parent / "workloads" / "hundred_steps.py").read_text()
DRAWN = """(press) => new Promise((done, failed) => {
  const { store } = threadplay, before = store.get().trace, began = performance.now(), channel = new MessageChannel();
  const frame = () => requestAnimationFrame(() => channel.port2.postMessage(0));
  const off = store.on(['trace', 'error'], () => {
    const { trace, error } = store.get();
    if (error) failed(new Error(error.message));
    else if (trace && trace !== before) { off(); frame(); }
  });
  channel.port1.onmessage = () => (threadplay.lastDrawn?.run === store.get().trace.run ? done(performance.now() - began) : frame());
  setTimeout(failed, 10000, new Error('nothing was drawn in 10 s'));
  document.querySelector(press).click();
})"""
"""Milliseconds from the click to the end of the rendering of the frame in which the new run's steps were drawn.

A message that is posted in a frame arrives when the page has rendered it (style, layout, paint; the screen's part follows in other threads).
Frames are asked for only from the new trace on: asking for them all the time would make the page render while the run needs the cores.
"""
STEPPED = """(step) => new Promise((done) => {
  threadplay.actions.stepTo(step);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
"""The cards of that step are there."""
RUN, PICK = ".title .btn.run", "[data-pick]:not([data-default])"


def lines() -> Iterator[str]:
    """p50 and p95 of each layer."""
    with closing(Contestant(Path(sys.executable), "drive_threadplay")) as engine:
        alone = engine.ask(do="step", sources=[another(number) for number in range(RUNS + 2)])["milliseconds"]
        yield from said("the engine alone, on OS threads", alone[2:])
    host = playground.Host()
    try:
        host.warm()
        yield from said("behind the walls, request to last record", timed(lambda number: behind_walls(host, number)))
        yield from said("the same without a pause before it", timed(lambda number: behind_walls(host, number), pause_s=0))
    finally:
        host.close()
    with tempfile.TemporaryDirectory() as data, server.running(Path(data)) as (port, _):
        yield from over_socket(port)
        yield from in_chromium(port)


def timed(once: Callable[[int], None], pause_s: float = PAUSE_S) -> list[float]:
    """Milliseconds of RUNS calls, after two that warm up."""
    took = []
    for number in range(RUNS + 2):
        time.sleep(pause_s)
        began = time.perf_counter()
        once(number)
        took.append((time.perf_counter() - began) * 1e3)
    return took[2:]


def said(what: str, took: list[float], aim: str = "") -> Iterator[str]:
    """The figures as one line."""
    yield f"{what:58} p50 {statistics.median(took):6.1f} ms   p95 {statistics.quantiles(took, n=20)[-1]:6.1f} ms{aim}"


def another(number: int) -> str:
    """The same program as a text that nobody has seen."""
    return f"{SOURCE}# {number}\n"


def behind_walls(host: playground.Host, number: int) -> None:
    """A whole session."""
    with host.open(playground.RunSpec(another(number), mode="controlled", granularity="access")) as session:
        for _ in session:
            pass


def over_socket(port: int) -> Iterator[str]:
    """From the message that asks to the message that ends the run's log."""
    socket = websocket.create_connection(f"ws://127.0.0.1:{port}/live", origin=f"http://127.0.0.1:{port}", timeout=20)
    received: list[int] = []

    def once(number: int) -> None:
        spec: dict[str, Any] = {"source": another(number), "name": "program.py", "mode": "controlled", "granularity": "access"}
        socket.send(json.dumps({"do": "run", "spec": spec}))
        size = 0
        while True:
            message = socket.recv()
            size += len(message)
            if isinstance(message, str) and (told := json.loads(message))["type"] in ("end", "error"):
                assert told["type"] == "end", told
                received.append(size)
                return

    try:
        yield from said("over a real socket, request to the end message", timed(once), f"   ({statistics.median(received) / 1024:.0f} KB a run)")
    except (AssertionError, OSError, websocket.WebSocketException) as error:
        yield f"over a real socket: not measured: {error}"
    finally:
        socket.close()


def in_chromium(port: int) -> Iterator[str]:
    """From the click to the frame, for Run on an edited program and for picking a thread that was not to be next."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        try:
            page.goto(f"http://127.0.0.1:{port}/lab")
            page.wait_for_selector("html[data-ready]")
            page.evaluate("() => { threadplay.actions.setMode('controlled'); }")
            runs = [ran(page, number) for number in range(RUNS + 2)][2:]
            yield from said("in Chromium, Run clicked to drawn", runs, "   (aim: p50 at most 60 ms)")
            picks = list(islice((took for step in range(5, 95) if (took := picked(page, step))), RUNS + 2))[2:]
            yield from said(f"in Chromium, another thread clicked to drawn ({len(picks)} picks)", picks, "   (aim: p50 at most 60 ms)")
        except (NotThere, Exception) as error:  # noqa: BLE001  the page has no such mode, or it failed: the section says so
            yield f"in Chromium: not measured: {str(error).splitlines()[0][:150]}"
        finally:
            browser.close()


def ran(page: Page, number: int) -> float:
    """Milliseconds from Run to drawn."""
    page.evaluate("(source) => threadplay.store.set({ source, error: null })", another(number))
    page.wait_for_timeout(PAUSE_S * 1000)
    return float(page.evaluate(DRAWN, RUN))


def picked(page: Page, step: int) -> float:
    """Milliseconds from a click on a card to drawn; 0 where nobody else is ready."""
    page.evaluate(STEPPED, step)
    if page.locator(PICK).count() == 0:
        return 0.0
    page.wait_for_timeout(PAUSE_S * 1000)
    return float(page.evaluate(DRAWN, PICK))
