"""How Jira fails, as far as a service has to tell the cases apart. ``plugin/jira/errors.py`` decides which it was."""

from datetime import datetime, timedelta
from enum import StrEnum

from plugin.domain.errors import Permanent, Transient


class LimitScope(StrEnum):
    """What has to wait: every tenant, this tenant, this tenant's calls of the operation, or this issue's writes."""

    APP = "app"
    TENANT = "tenant"
    OPERATION = "operation"
    ISSUE = "issue"


class JiraLimited(Transient):
    """A rate limit refused the call, so it was not carried out. ``reset_at`` is when a used-up quota is full again."""

    def __init__(
        self,
        sentence: str,
        *,
        scope: LimitScope,
        operation: str,
        retry_after: float | None = None,
        reset_at: datetime | None = None,
    ) -> None:
        super().__init__(sentence, retry_after=retry_after)
        self.scope = scope
        self.operation = operation
        self.reset_at = reset_at

    def again_at(self, now: datetime, *, otherwise: timedelta) -> datetime:
        """When to try again: as long as Jira says, else when a used-up quota is full, else after ``otherwise``."""
        if self.retry_after is not None:
            return now + timedelta(seconds=self.retry_after)
        return now + otherwise if self.reset_at is None else max(self.reset_at, now)


class JiraUnavailable(Transient):
    """Jira did not answer, or answered with an error of its own or with rubbish.

    ``ambiguous``: the call may have been carried out. A comment is then looked for before it is written again.
    """

    def __init__(self, sentence: str, *, ambiguous: bool, retry_after: float | None = None) -> None:
        super().__init__(sentence, retry_after=retry_after)
        self.ambiguous = ambiguous


class JiraRejectedToken(Transient):
    """Jira does not accept our token (401). Try again with the newest secret; after three in a row reinstall."""


class JiraForbidden(Permanent):
    """The app lacks a permission in the project, or the site blocks the app (403)."""


class JiraGone(Permanent):
    """The thing does not exist any more, or is hidden from the app (404, 410)."""


class JiraRefused(Permanent):
    """Jira understood the request and refuses its content (400, 409, 413 and other answers below 500)."""
