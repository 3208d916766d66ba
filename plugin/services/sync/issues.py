"""Issues: read for the worklogs that name them, and again when they changed."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, select, update

from plugin.services.jira_facts import Issue
from plugin.services.sync.context import SyncContext, in_batches
from plugin.store.session import TenantSession
from plugin.store.tables.jira_facts import JiraIssue, Worklog
from plugin.store.upsert import upsert

OVERLAP = timedelta(minutes=5)
"""Search lags behind writes, so each read looks back a little further than the last one came."""
BATCH = 100


def sync_changed_issues(context: SyncContext, since: datetime | None) -> int:
    """Reads again what changed after ``since`` among the issues we know; gives how many it wrote.

    The age is given in minutes, since dates in JQL are read in the zone of the app's own user.
    """
    if since is None:
        return 0
    minutes = int((context.now - since + OVERLAP).total_seconds() // 60) + 1
    jql, cursor, written = f"updated >= -{minutes}m ORDER BY updated ASC, id ASC", None, 0
    while True:
        page = context.jira.search(jql, cursor=cursor, page_size=BATCH)
        with context.writing() as session:
            known = _known(session, [issue.id for issue in page.issues])
            written += _store(session, [issue for issue in page.issues if issue.id in known])
        cursor = page.cursor
        if cursor is None:
            return written


def read_issues(context: SyncContext, ids: list[str]) -> set[str]:
    """Reads issues by id and stores them; gives the ids that Jira did not return (deleted, or hidden from the app)."""
    missing: set[str] = set()
    for batch in in_batches(sorted(set(ids), key=int), BATCH):
        found = context.jira.issues(batch)
        with context.writing() as session:
            _store(session, found)
        missing |= set(batch) - {issue.id for issue in found}
    return missing


def forget_deleted_issues(context: SyncContext, ids: set[str]) -> None:
    """Marks issues gone that a webhook called deleted and that Jira no longer returns, with their worklogs.

    Deleting an issue announces none of its worklogs. What an invoice says stays as it is.
    """
    if not ids:
        return
    with context.writing() as session:
        for table in (JiraIssue, Worklog):
            column = table.id if table is JiraIssue else Worklog.issue_id
            session.execute(update(table).where(column.in_(ids), table.gone_at.is_(None)).values(gone_at=context.now))


def unknown_issues(session: TenantSession, ids: set[str]) -> list[str]:
    """Those of ``ids`` that have no row yet."""
    return sorted(ids - _known(session, list(ids)))


def _known(session: TenantSession, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for batch in in_batches(ids, 500):
        found |= set(session.scalars(select(JiraIssue.id).where(JiraIssue.id.in_(batch))))
    return found


def _store(session: TenantSession, issues: list[Issue]) -> int:
    rows = [
        {
            "id": issue.id,
            "key": issue.key,
            "summary": issue.summary,
            "type_name": issue.type_name,
            "project_id": issue.project_id,
            "epic_key": issue.parent_key if issue.parent_type == "Epic" else None,
            "components": list(issue.components),
            "updated_at": issue.updated,
            "gone_at": None,
        }
        for issue in issues
    ]
    upsert(session, cast(Table, JiraIssue.__table__), rows)
    return len(rows)
