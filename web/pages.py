"""What every page needs: its data as JSON in the document, escaped so that no text can end the script element or the string."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, request
from markupsafe import Markup

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def page_data(page: dict[str, Any]) -> Markup:
    """The `page-data` element; JSON.parse gives back exactly `page`."""
    return Markup('<script type="application/json" id="page-data">{}</script>').format(Markup(script_json(page)))


def script_json(value: object) -> str:
    """JSON that is inert inside a script element."""
    return json.dumps(value, separators=(",", ":")).translate(_ESCAPES)


def root_url(path: str) -> str:
    """An address on this server, below whatever path a proxy shows it under."""
    return f"{request.script_root}{path}"


def register(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.globals["page_data"] = page_data
