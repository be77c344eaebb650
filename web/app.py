"""Puts the application together: one `register` for each feature, in the order in which a request meets them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from web import assets, errors, gallery, lab, live, pages, parts, security, share, status, traces, visitor
from web.config import Config, secret_key
from web.engine import Engine, real_engine
from web.strict_json import MAX_BYTES

ROOT = Path(__file__).resolve().parent.parent


def build(config: Config | None, engine: Engine | None) -> Flask:
    """The application; nothing runs yet."""
    config = config or Config.from_environ()
    key = secret_key(config.data)
    app = Flask("threadplay", template_folder=str(ROOT / "templates"), static_folder=None, root_path=str(ROOT))
    app.config.update(
        SECRET_KEY=key, MAX_CONTENT_LENGTH=MAX_BYTES, SESSION_COOKIE_NAME="threadplay", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH=config.base_path or "/", PERMANENT_SESSION_LIFETIME=timedelta(days=90), SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    together = parts.make(config, engine or real_engine(), key)
    app.extensions[parts.KEY] = together
    security.register(app, config)
    errors.register(app)
    pages.register(app)
    assets.register(app, ROOT / "static")
    app.after_request(visitor.remember)
    for feature in (gallery, lab, share, traces, status, live):
        feature.register(app, together)
    app.wsgi_app = security.BehindProxy(app.wsgi_app, config)  # type: ignore[method-assign]
    return app
