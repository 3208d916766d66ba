"""Worklogs: what changed, what was deleted, and the facts by id. Money comes from ``timeSpentSeconds`` alone."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from plugin.domain.errors import InvalidInput
from plugin.jira.adf import plain_text
from plugin.jira.client import JiraClient
from plugin.jira.errors import unreadable
from plugin.jira.operations import (
    WORKLOGS_BY_ID,
    WORKLOGS_DELETED,
    WORKLOGS_UPDATED,
    Operation,
)
from plugin.jira.reading import Account, instant, number_in_link, numbers
from plugin.services.jira_facts import ChangedWorklog, Worklog, WorklogDelta

DELTA_PAGE = 1_000
IDS_A_CALL = 1_000


class _Change(Struct, rename="camel"):
    worklog_id: int
    updated_time: int


class _Delta(Struct, rename="camel"):
    since: int
    until: int
    last_page: bool
    values: list[_Change]
    next_page: str | None = None


class _Worklog(Struct, rename="camel"):
    id: str
    issue_id: str
    updated: str
    time_spent_seconds: int = 0
    author: Account | None = None
    started: str | None = None
    created: str | None = None
    comment: object = None
    visibility: dict[str, object] | None = None


def updated(client: JiraClient, *, since_ms: int) -> WorklogDelta:
    """One page of what was created or changed since an instant in milliseconds, oldest first."""
    return _delta(client, WORKLOGS_UPDATED, since_ms)


def deleted(client: JiraClient, *, since_ms: int) -> WorklogDelta:
    """One page of what was deleted since an instant in milliseconds. The end of a whole issue is not in it."""
    return _delta(client, WORKLOGS_DELETED, since_ms)


def by_ids(client: JiraClient, ids: Sequence[str]) -> list[Worklog]:
    """At most 1,000 worklogs; the hidden ones are silently absent."""
    if len(ids) > IDS_A_CALL:
        raise InvalidInput(f"{len(ids)} worklogs were asked for at once; Jira gives at most {IDS_A_CALL}.")
    if not ids:
        return []
    body = {"ids": numbers(ids)}
    answer = client.call(WORKLOGS_BY_ID, list[_Worklog], body=body, at_most=len(ids), count=len)
    return [_fact(one, WORKLOGS_BY_ID) for one in answer]


def _delta(client: JiraClient, operation: Operation, since_ms: int) -> WorklogDelta:
    page = client.call(
        operation, _Delta, query={"since": since_ms}, at_most=DELTA_PAGE, count=lambda page: len(page.values)
    )
    changes = tuple(ChangedWorklog(worklog_id=str(one.worklog_id), updated_ms=one.updated_time) for one in page.values)
    return WorklogDelta(
        changes=changes, since=page.since, until=page.until, next_since=_next_since(page, operation, since_ms)
    )


def _next_since(page: _Delta, operation: Operation, since_ms: int) -> int | None:
    if page.last_page:
        return None
    # The link is an absolute address of the site; only its number is taken, and our own base is asked again.
    following = number_in_link(page.next_page or "", "since")
    if following is None or following <= since_ms:
        raise unreadable(operation, operation.thing, "a next page that does not lead on")
    return following


def _fact(wire: _Worklog, operation: Operation) -> Worklog:
    def when(text: str | None) -> datetime | None:
        return instant(text, operation) if text else None

    return Worklog(
        id=wire.id,
        issue_id=wire.issue_id,
        author_id=wire.author.account_id if wire.author else None,
        started=when(wire.started),
        seconds=wire.time_spent_seconds,
        created=when(wire.created),
        updated=instant(wire.updated, operation),
        comment=plain_text(wire.comment),
        restricted=bool(wire.visibility),
    )
