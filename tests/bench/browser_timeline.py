"""Measures the timeline in Chromium: script time per frame while panning a million intervals, and frames while 10 000 events a second stream in.

`python tests/bench/browser_timeline.py` prints p50 and p95; exit 1 if a figure misses its aim (`--report` only prints).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PAN_P95_MS, FPS, EVENTS_PER_S = 4.0, 55.0, 10_000
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SHEETS = ("tokens", "base", "controls", "frame", "lab", "timeline")
PAGE = ('<!doctype html><html data-theme="light" data-sprite="/static/img/sprite.svg"><meta charset="utf-8">'
        + "".join(f'<link rel="stylesheet" href="/static/css/{sheet}.css">' for sheet in SHEETS)
        + '<body><section class="card" id="timeline"></section><script type="module" src="/tests/bench/browser_timeline.js"></script></body></html>')


class Quiet(SimpleHTTPRequestHandler):
    """Serves the checkout without a word."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def measure(*, threads: int, spans: int, frames: int, seconds: int) -> dict[str, Any]:
    """All figures of one browser: {"panning": ..., "streaming": ...}."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/tests/bench/"
    try:
        with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.route("**/tests/bench/page", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
            page.goto(f"{address}page")
            page.wait_for_function("globalThis.bench")
            panning = page.evaluate(f"bench.panning({threads}, {spans // threads}, {frames})")
            streaming = page.evaluate(f"bench.streaming({EVENTS_PER_S}, {seconds}, 0)")
            return {"panning": panning, "streaming": streaming}
    finally:
        server.shutdown()
        server.server_close()


def lines(figures: dict[str, Any]) -> list[str]:
    """The figures as people read them."""
    pan, stream = figures["panning"], figures["streaming"]
    said = [f"timeline: {pan['spans']:,} intervals loaded in {pan['loadMs']:.0f} ms"]
    said += [f"timeline: panning, {zoom} in sight: script a frame p50 {each['p50']:.1f} ms, p95 {each['p95']:.1f} ms "
             f"({each['frames']} frames; aim p95 {PAN_P95_MS:g})"
             for zoom, each in pan["byZoom"].items()]
    script = stream["script"]
    return [*said, f"timeline: streaming {stream['perSecond']:,.0f} events/s: {stream['fps']:.1f} frames/s, script a frame "
                   f"p50 {script['p50']:.1f} ms, p95 {script['p95']:.1f} ms, applying p95 {stream['apply']['p95']:.1f} ms"]


def held(figures: dict[str, Any]) -> bool:
    """True if every aim was reached."""
    pans = figures["panning"]["byZoom"].values()
    return all(each["p95"] <= PAN_P95_MS for each in pans) and figures["streaming"]["fps"] >= FPS


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--report", action="store_true", help="only print, always exit 0")
    chosen = parser.parse_args()
    figures = measure(threads=chosen.threads, spans=chosen.spans, frames=chosen.frames, seconds=chosen.seconds)
    print(json.dumps(figures) if chosen.format == "json" else "\n".join(lines(figures)))
    return 0 if chosen.report or held(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
