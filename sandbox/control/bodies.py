"""Reads what the control routes are told; anything odd is a 400 with a sentence."""

from datetime import datetime

from flask import request
from werkzeug.exceptions import BadRequest

Body = dict[str, object]


def body() -> Body:
    """The JSON object of the request; an empty one where there is no body."""
    given = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(given, dict):
        raise BadRequest("The body must be a JSON object.")
    return given


def text(given: Body, name: str, default: str = "") -> str:
    """A text of the body."""
    return str(given.get(name) or default)


def number(given: Body, name: str, default: float = 0.0) -> float:
    """A number of the body."""
    value = given.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadRequest(f"{name} must be a number.")
    return float(value)


def times(given: Body) -> int | None:
    """How often: a whole number, 1 where it is missing, None (for ever) where it is null."""
    return None if "times" in given and given["times"] is None else int(number(given, "times", 1))


def instant(given: Body, name: str) -> datetime | None:
    """An ISO instant with an offset, or None."""
    if not given.get(name):
        return None
    try:
        found = datetime.fromisoformat(text(given, name))
    except ValueError as error:
        raise BadRequest(f"{name} must be an ISO date and time.") from error
    if found.tzinfo is None:
        raise BadRequest(f"{name} needs an offset from UTC.")
    return found
