"""`/lab/<slug>` and `/lab`: the page where a program runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from playground import BadSpec, RunSpec
from web.pages import root_url
from web.parts import Parts
from web.posted import posted_object

if TYPE_CHECKING:
    from playground import Scenario

BLANK = '''import threading


def work(name):
    print("hello from", name)


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
'''


MODES = ("free", "controlled", "find")


def register(app: Flask, parts: Parts) -> None:
    """The lab, and the turning of knobs in a text."""
    blue = Blueprint("lab", __name__)

    @blue.get("/lab")
    def blank() -> str:
        return lab_page(parts, None, "Your own program", "", {"source": BLANK, "filename": "program.py"})

    @blue.get("/lab/")
    def slash() -> AnyResponse:
        return redirect(root_url("/lab"), 308)

    @blue.get("/lab/<slug>")
    def lab(slug: str) -> str:
        scenario = parts.engine.scenario(slug)
        return lab_page(parts, scenario, scenario.title, scenario.story, {"source": scenario.source, "filename": scenario.filename})

    @blue.post("/knobs")
    def knobs() -> Response:
        raw = posted_object("source", "values")
        source, values = raw["source"], raw["values"]
        if not isinstance(source, str) or not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise BadSpec("'source' is a text and 'values' an object of texts.")
        return jsonify(source=parts.engine.turn_knobs(source, values))

    app.register_blueprint(blue)


def lab_page(parts: Parts, scenario: Scenario | None, title: str, story: str, content: dict[str, Any]) -> str:
    """The one lab page; `content` says what stands in the editor and how it is set; `?mode=` in the address, where one left it."""
    page: dict[str, Any] = {
        "source": "", "filename": "program.py", "values": {}, "mode": "free", "python": "", "seed": 0, "share": None,
        "granularity": RunSpec("").granularity, "schedule": "", "step": -1,
        "search": {"max_seconds": parts.config.max_search_s, "max_executions": parts.config.max_search_executions},
        "slug": scenario.slug if scenario else None,
        "title": title,
        "knobs": [asdict(knob) for knob in scenario.knobs] if scenario else [],
        "vocabulary_url": root_url("/vocabulary.json"),
        "live_url": root_url("/live"),
        "runtimes": parts.engine.vocabulary().get("runtimes", []),
    }
    asked = request.args.get("mode")
    left = {"mode": asked} if asked in MODES else {}
    return render_template("lab/index.html", scenario=scenario, title=title, story=story, page=page | content | left)
