"""What a person or a machine gets to see when something fails: a sentence, never a stack trace."""

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from plugin.domain.errors import DunlinError, Unauthenticated
from plugin.errors import http_status, wait_seconds
from plugin.hosts.ports import UNAUTHENTICATED
from plugin.hosts.principal import TokenKind
from plugin.ui.client.trouble import trouble
from plugin.ui.fragments import render_fragment
from plugin.ui.guard import note_refused

log = structlog.get_logger(__name__)

TITLES = {
    400: "This cannot be read",
    403: "You may not do this",
    404: "Nothing here",
    410: "This is over",
    405: "This cannot be done",
    409: "This cannot be done now",
    413: "This is too large",
    415: "This kind of data is not read",
    422: "This cannot be taken",
    503: "Try again in a moment",
}
SENTENCES = {
    404: "There is nothing at this address; it may have been deleted.",
    405: "This address does not take that method.",
    413: "The request is larger than what is read here; send less.",
}
BUG = "Something went wrong on our side; no more was changed than what you see. Report it with the number {number}."


def register_failures(app: Flask) -> None:
    """Answers every error in the form that its caller reads: HTML for pages and fragments, JSON for machines."""
    app.register_error_handler(Unauthenticated, _unauthenticated)
    app.register_error_handler(DunlinError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _unauthenticated(error: Unauthenticated) -> Response:
    """Always the same bytes, whatever was wrong."""
    note_refused(error)
    return Response(UNAUTHENTICATED, 401, mimetype="text/plain")


def _known(error: DunlinError) -> Response:
    status = http_status(error, form=request.method == "POST" and _kind() is TokenKind.FRAGMENT)
    if status == 500:
        return _bug(error)
    log.info("refused", status=status, sentence=error.sentence, endpoint=request.endpoint)
    response = failure(status, error.sentence)
    wait = wait_seconds(error)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return _bug(error)
    response = failure(status, SENTENCES.get(status, "The request does not have the form that is read here."))
    methods = getattr(error, "valid_methods", None)
    if methods:
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def _bug(error: BaseException) -> Response:
    number = g.get("request_id", "unknown")
    log.error("bug", exc_info=error, endpoint=request.endpoint, request_id=number)
    response = failure(500, BUG.format(number=number))
    response.headers["X-Request-Id"] = number
    return response


def failure(status: int, sentence: str) -> Response:
    """The answer that says what happened, as page, fragment above the page, or JSON."""
    title = TITLES.get(status, "Something went wrong")
    tone = "danger" if status >= 500 else "warning"
    match _kind():
        case TokenKind.PAGE:
            framed = "principal" in g
            page = render_template("ui/failure.html", title=title, sentence=sentence, tone=tone, framed=framed)
            return make_response(page, status)
        case TokenKind.FRAGMENT:
            text = render_fragment("ui/failure.html", "failure", title=title, sentence=sentence, tone=tone)
            response = make_response(text, status)
            response.headers["HX-Retarget"] = "#page-message"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        case TokenKind.LINK:
            return trouble(status)
    return make_response(jsonify(error=sentence), status)


def _kind() -> TokenKind | None:
    kind: TokenKind | None = g.get("token_kind")
    return kind
