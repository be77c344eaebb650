"""Who a visitor is, for fairness in the queue only: a random number in a signed cookie; no name, no tracking, no right to anything."""

from __future__ import annotations

import secrets

from flask import Response, request, session

KEY = "visitor"


def current() -> str:
    """This visitor's number; without the cookie, their address stands for it."""
    return str(session.get(KEY) or request.remote_addr or "")


def remember(response: Response) -> Response:
    """Give a page's visitor the cookie, once."""
    if KEY not in session and response.mimetype == "text/html" and response.status_code == 200:
        session[KEY] = secrets.token_urlsafe(12)
        session.permanent = True
    return response
