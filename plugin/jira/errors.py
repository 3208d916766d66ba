"""Which kind of failure an answer of Jira is; decided by status and headers only, never by the text of the body."""

from datetime import datetime

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from plugin.domain.errors import DunlinError
from plugin.jira.operations import Operation
from plugin.services.jira_errors import (
    JiraForbidden,
    JiraGone,
    JiraLimited,
    JiraRefused,
    JiraRejectedToken,
    JiraUnavailable,
    LimitScope,
)

LONGEST_WAIT_SECONDS = 3_600.0

_SCOPES = {
    "jira-quota-global-based": LimitScope.APP,
    "jira-quota-tenant-based": LimitScope.TENANT,
    "jira-burst-based": LimitScope.OPERATION,
    "jira-per-issue-on-write": LimitScope.ISSUE,
}
_QUOTAS = frozenset({"jira-quota-global-based", "jira-quota-tenant-based"})
_TRY_AGAIN = frozenset({408, 425})


def failure_of(response: requests.Response, operation: Operation, thing: str) -> DunlinError:
    """The error for an answer that is not a success."""
    status = response.status_code
    if status == 429:
        return _limited(response, operation, thing)
    if status == 401:
        return JiraRejectedToken(
            f"Jira does not accept Dunlin's token for {thing} (401). If this lasts, a Jira administrator has to "
            "install Dunlin again."
        )
    if status == 403:
        return JiraForbidden(
            f"Jira does not let Dunlin use {thing} (403). A project administrator has to give the app access."
        )
    if status in (404, 410):
        return JiraGone(f"Jira does not have {thing} any more, or hides it from Dunlin ({status}).")
    if status < 400:
        return unreadable(operation, thing, f"a redirect or an odd status ({status}), which is not followed")
    if status < 500 and status not in _TRY_AGAIN:
        return JiraRefused(f"Jira refuses the request for {thing} ({status}); it would refuse it again.")
    return JiraUnavailable(
        f"Jira failed with {thing} ({status}); it is tried again later.",
        ambiguous=not operation.repeatable,
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def failure_without_answer(error: requests.RequestException, operation: Operation, thing: str) -> JiraUnavailable:
    """The error where no answer came. It is ambiguous unless the connection was never made."""
    return JiraUnavailable(
        f"Jira did not answer for {thing} ({type(error).__name__}); it is tried again later.",
        ambiguous=not operation.repeatable and not _was_never_sent(error),
    )


def unreadable(operation: Operation, thing: str, what: str) -> JiraUnavailable:
    """The error for an answer that is not what Jira documents. Nothing of it is used."""
    return JiraUnavailable(
        f"Jira answered for {thing} with {what}; nothing of it was used, and it is tried again later.",
        ambiguous=not operation.repeatable,
    )


def _limited(response: requests.Response, operation: Operation, thing: str) -> JiraLimited:
    # A limit whose reason is not named (a gateway's) is taken for the tenant's: wide enough, and nobody else waits.
    reason = response.headers.get("RateLimit-Reason", "")
    return JiraLimited(
        f"Jira asks Dunlin to wait before it uses {thing} again (429 {reason}".rstrip() + "); it is tried again later.",
        scope=_SCOPES.get(reason, LimitScope.TENANT),
        operation=operation.id,
        retry_after=_seconds(response.headers.get("Retry-After")),
        # Every answer tells when the quotas are full again; it matters only where one of them refused.
        reset_at=_instant(response.headers.get("X-RateLimit-Reset")) if reason in _QUOTAS else None,
    )


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return min(seconds, LONGEST_WAIT_SECONDS) if seconds >= 0 else None


def _instant(header: str | None) -> datetime | None:
    try:
        instant = datetime.fromisoformat(header or "")
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _was_never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)
