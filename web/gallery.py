"""`/`: the scenarios by topic, each card with a picture of a real recorded trace."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, render_template

from web.pages import root_url
from web.parts import Parts

TOPICS = (
    ("First threads", "Several lines of one program run at once; when that is faster, and when it is not."),
    ("Locks", "One at a time: what it saves you from, and what it costs."),
    ("Waiting for a condition", "Threads that tell each other when it is time."),
    ("Queues and pools", "Handing work from one thread to another."),
)
"""Topics in the order in which they build on each other, and a sentence for each; one that is not here comes last, without a sentence."""


def register(app: Flask, parts: Parts) -> None:
    """The gallery and its pictures."""
    blue = Blueprint("gallery", __name__)

    @blue.get("/")
    def index() -> str:
        groups = groups_of(parts)
        slugs = [each["slug"] for group in groups for each in group["scenarios"]]
        return render_template("gallery/index.html", groups=groups, page={"scenarios": slugs, "vocabulary_url": root_url("/vocabulary.json")})

    @blue.get("/gallery/<slug>.json")
    def picture(slug: str) -> Response:
        card = parts.cards.get(parts.engine.scenario(slug))
        response = Response(card, content_type="application/json")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    @blue.get("/vocabulary.json")
    def vocabulary() -> Response:
        return jsonify(parts.engine.vocabulary())

    app.register_blueprint(blue)


def groups_of(parts: Parts) -> list[dict[str, Any]]:
    """The scenarios by topic, each a dictionary of its fields and `url`."""
    order = {topic: place for place, (topic, _) in enumerate(TOPICS)}
    sentences = dict(TOPICS)
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in parts.engine.scenarios():
        card = {name: getattr(each, name) for name in ("slug", "title", "level", "topic", "primitive", "minutes", "story", "tries")}
        finds = sorted({promise.finding for promise in each.expect} - {"clean"})
        groups.setdefault(each.topic, []).append(card | {"url": root_url(f"/lab/{each.slug}"), "finds": finds})
    return [{"topic": topic, "sentence": sentences.get(topic, ""), "scenarios": sorted(cards, key=lambda card: card["level"])}
            for topic, cards in sorted(groups.items(), key=lambda pair: order.get(pair[0], len(order)))]
