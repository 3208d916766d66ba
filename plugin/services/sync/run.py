"""One round of a recurring read: take its lease, read, keep the cursor, say when the next round is due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update

from plugin.clock import civil_date
from plugin.domain.errors import DunlinError
from plugin.services.billing.lookup import company_of
from plugin.services.history.refresh import refresh_buckets
from plugin.services.jira_errors import JiraLimited
from plugin.services.sync.context import SyncContext
from plugin.services.sync.inbox import work_inbox
from plugin.services.sync.issues import sync_changed_issues
from plugin.services.sync.projects import sync_projects
from plugin.services.sync.worklogs import sync_deleted_worklogs, sync_updated_worklogs
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Cursor

EVERY = {
    "worklogs_updated": timedelta(minutes=10),
    "worklogs_deleted": timedelta(minutes=10),
    "issues": timedelta(minutes=30),
    "projects": timedelta(hours=6),
    "buckets": timedelta(hours=1),
}
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))


def run_cursor(context: SyncContext, name: str) -> int:
    """Reads what the cursor ``name`` stands for; gives how many rows were read.

    A failure keeps the old cursor and sets the time of the next try (Jira's own ``Retry-After`` where it gave one).
    """
    with context.writing() as session:
        cursor = session.get(Cursor, (session.tenant_id, name))
        if cursor is None or cursor.next_at is None:
            return 0
        value = cursor.value
    try:
        next_value, count = _READERS[name](context, value)
    except DunlinError as problem:
        with context.writing() as session:
            _failed(session, name, problem, context.now)
        raise
    with context.writing() as session:
        _finished(session, name, next_value, context.now)
    return count


def _finished(session: TenantSession, name: str, value: str, now: datetime) -> None:
    # The inbox has no rhythm of its own: a hint makes it due, and an hour's round catches what was left.
    every = EVERY.get(name, timedelta(hours=1))
    session.execute(
        update(Cursor)
        .where(Cursor.name == name)
        .values(value=value, next_at=now + every, failures=0, last_error="", ran_at=now)
    )


def _failed(session: TenantSession, name: str, problem: DunlinError, now: datetime) -> None:
    cursor = session.get_one(Cursor, (session.tenant_id, name))
    wait = BACK_OFF[min(cursor.failures, len(BACK_OFF) - 1)]
    if isinstance(problem, JiraLimited) and problem.retry_after is not None:
        wait = timedelta(seconds=problem.retry_after)
    cursor.failures += 1
    cursor.last_error = problem.sentence
    cursor.next_at = now + wait


def _issues(context: SyncContext, value: str) -> tuple[str, int]:
    since = datetime.fromisoformat(value) if value else None
    return context.now.isoformat(), sync_changed_issues(context, since)


def _projects(context: SyncContext, value: str) -> tuple[str, int]:
    return value, sync_projects(context)


def _inbox(context: SyncContext, value: str) -> tuple[str, int]:
    return value, work_inbox(context)


def _buckets(context: SyncContext, value: str) -> tuple[str, int]:
    """Once a civil day of the seller: an invoice that turned overdue shows it in Jira, and in JQL."""
    with context.writing() as session:
        today = civil_date(context.now, company_of(session).zone)
        if value == today.isoformat():
            return value, 0
        return today.isoformat(), refresh_buckets(session, now=context.now)


_READERS: dict[str, Callable[[SyncContext, str], tuple[str, int]]] = {
    "buckets": _buckets,
    "inbox": _inbox,
    "issues": _issues,
    "projects": _projects,
    "worklogs_deleted": sync_deleted_worklogs,
    "worklogs_updated": sync_updated_worklogs,
}
