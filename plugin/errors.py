"""Maps the kinds of error to HTTP statuses and to retries; nothing else decides either."""

from enum import StrEnum

from plugin.domain.errors import (
    Conflict,
    DunlinError,
    Gone,
    InvalidInput,
    Kind,
    NotAllowed,
    NotFound,
    Permanent,
    Transient,
    Unauthenticated,
)

DEFAULT_WAIT = 30
"""Seconds after which a caller may try again where the other side did not say."""

_STATUSES: dict[type[DunlinError], int] = {
    Unauthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    InvalidInput: 400,
    Transient: 503,
    Permanent: 409,
}


class Retry(StrEnum):
    """What becomes of work that failed: never again, later by itself, or when a person has looked at it."""

    NEVER = "never"
    LATER = "later"
    PERSON = "person"


RETRIES = {
    Kind.EXPECTED: Retry.NEVER,
    Kind.TRANSIENT: Retry.LATER,
    Kind.PERMANENT: Retry.PERSON,
    Kind.BUG: Retry.PERSON,
}


def http_status(error: DunlinError, *, form: bool = False) -> int:
    """The status an error answers with. An input refused in a form is 422: htmx shows the form again."""
    if form and isinstance(error, InvalidInput):
        return 422
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 500)


def wait_seconds(error: DunlinError) -> int | None:
    """The value of ``Retry-After``, for errors that another try may mend."""
    if not isinstance(error, Transient):
        return None
    return max(1, round(error.retry_after)) if error.retry_after is not None else DEFAULT_WAIT
