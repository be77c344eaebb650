"""Errors as people and programs read them: a page with a way on, or JSON for whoever asked for data."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from playground import BadSpec, PlaygroundError, SandboxRefused, UnknownName

log = logging.getLogger("threadplay.web")
TITLES = {
    400: "That request cannot be read",
    403: "Not from here",
    404: "Nothing lies at this address",
    405: "That cannot be done here",
    413: "Too much at once",
    415: "Send it as JSON",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "Not right now",
}
SENTENCES = {
    400: "The address or its data is not what this page expects.",
    404: "The scenario, the link or the run may have been mistyped, or has been given up since.",
    405: "This address answers other requests than that one.",
    413: "What was sent is larger than this server takes.",
    415: "This address takes application/json.",
    429: "Wait a few seconds and try again.",
    500: "The error is in the server's log. Your code is not at fault; try again, or go back to the scenarios.",
}
CODES: tuple[tuple[type[PlaygroundError], int], ...] = ((UnknownName, 404), (BadSpec, 400), (SandboxRefused, 503), (PlaygroundError, 409))
DATA_ENDS = (".json", ".jsonl", "/metrics", "/healthz", "/readyz", "/live", "/share", "/knobs")


def register(app: Flask) -> None:
    """Answer every error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PlaygroundError, _playground)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    own = error.description if type(error).description != error.description else ""
    return answer(code, own or SENTENCES.get(code, error.description or ""), error.get_response().headers.get("Allow", ""))


def _playground(error: PlaygroundError) -> Response:
    code = next(code for kind, code in CODES if isinstance(error, kind))
    return answer(code, str(error))


def _unexpected(error: Exception) -> Response:
    """The web's outermost door: said to nobody but the log."""
    log.error("a request failed: %s %r", request.method, request.path, exc_info=error)
    return answer(500, SENTENCES[500])


def answer(code: int, sentence: str, allow: str = "") -> Response:
    """The error as page, or as JSON where data was asked for."""
    if request.method not in ("GET", "HEAD") or request.path.endswith(DATA_ENDS) or request.headers.get("Upgrade"):
        response: Response = jsonify(error={"code": code, "message": sentence})
    else:
        response = Response(_page(code, sentence), content_type="text/html; charset=utf-8")
    response.status_code = code
    if allow:
        response.headers["Allow"] = allow
    if code in (429, 503):
        response.headers["Retry-After"] = "5"
    return response


def _page(code: int, sentence: str) -> str:
    title = TITLES.get(code, "That did not work")
    return render_template("errors/error.html", code=code, title=title, sentence=sentence)
