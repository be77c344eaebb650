"""`POST /share` keeps a program with its settings; `/s/<id>` opens the lab with exactly that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, jsonify, request

from playground import UnknownName
from web.lab import lab_page
from web.pages import root_url
from web.parts import Parts
from web.posted import Ration, posted_object

if TYPE_CHECKING:
    from playground import Scenario

A_MINUTE, AT_ONCE = 30, 60


def register(app: Flask, parts: Parts) -> None:
    """Links."""
    blue = Blueprint("share", __name__)
    ration = Ration(A_MINUTE, AT_ONCE)

    @blue.post("/share")
    def keep() -> Response:
        if not ration.take(request.remote_addr or ""):
            abort(429, "Many links were made from here in a short time. Wait a few seconds and try again.")
        name = parts.shares.put(parts.shares.read(posted_object()))
        return jsonify(id=name, url=root_url(f"/s/{name}"))

    @blue.get("/s/<name>")
    def shared(name: str) -> str:
        stored = parts.shares.get(name)
        share = stored.share
        scenario = _scenario(parts, share.slug)
        title = share.title or (scenario.title if scenario else "A shared program")
        content = {
            "source": share.source, "filename": share.filename, "values": dict(share.knobs),
            "mode": share.mode, "python": share.python, "seed": share.seed, "schedule": share.schedule, "step": share.step,
            **({"granularity": share.granularity} if share.granularity else {}),
            "share": {"id": stored.id, "url": root_url(f"/s/{stored.id}"), "created": stored.created, "product": stored.product},
        }
        return lab_page(parts, scenario, title, scenario.story if scenario else "", content)

    app.register_blueprint(blue)


def _scenario(parts: Parts, slug: str) -> Scenario | None:
    """The scenario it was forked from, if it is still here: its knobs and its story."""
    try:
        return parts.engine.scenario(slug) if slug else None
    except UnknownName:
        return None
