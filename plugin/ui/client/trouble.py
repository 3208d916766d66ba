"""What a client sees when a link opens nothing: a kind sentence in its language, and not a word about any tenant."""

from flask import Response, make_response, render_template, request

from plugin.ui.client.texts import texts_for

TOLD = (404, 410, 429)


def trouble(status: int) -> Response:
    """The page for a status; its language is the browser's, since nothing else may be known."""
    words = texts_for(*(wish for wish, _ in request.accept_languages))
    page = render_template("client/trouble.html", words=words, kind=str(status) if status in TOLD else "other")
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
