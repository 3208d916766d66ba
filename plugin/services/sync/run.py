"""One round of a recurring read: take its lease, read, keep the cursor, say when the next round is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from plugin.domain.errors import DunlinError
from plugin.services.call_issues.steer import steer_calls
from plugin.services.history.refresh import refresh_jira
from plugin.services.inbound.poll import read_folder
from plugin.services.jira_errors import JiraLimited
from plugin.services.sync.context import SyncContext
from plugin.services.sync.failed_webhooks import read_failed_webhooks
from plugin.services.sync.inbox import has_open_hints, work_inbox
from plugin.services.sync.issues import sync_changed_issues
from plugin.services.sync.projects import sync_projects
from plugin.services.sync.worklogs import sweep_worklogs, sync_deleted_worklogs, sync_updated_worklogs
from plugin.store.leases import lease_end, lease_now
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Cursor

EVERY = {
    "worklogs_updated": timedelta(minutes=10),
    "worklogs_deleted": timedelta(minutes=10),
    "issues": timedelta(minutes=30),
    "projects": timedelta(hours=6),
    "buckets": timedelta(hours=1),
    "control": timedelta(minutes=10),
    "failed_webhooks": timedelta(hours=1),
    "imap": timedelta(minutes=2),
    "sweep": timedelta(days=1),
}
LEASE = timedelta(minutes=5)
"""A reader that was killed is followed by another after this; two at once would only do the same twice."""
OUR_ERROR = "An error of Dunlin's own: "
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))


def run_cursor(context: SyncContext, name: str) -> int:
    """Reads what the cursor ``name`` stands for; gives how many rows were read, 0 where another worker is at it.

    A failure keeps the cursor where the last whole page left it, and sets the time of the next try (Jira's own
    ``Retry-After`` where it gave one).
    """
    with context.writing() as session:
        value = _take(session, name)
    if value is None:
        return 0
    context = replace(context, keep=lambda reached: _keep(context, name, reached))
    try:
        next_value, count = _READERS[name](context, value)
    except Exception as problem:
        with context.writing() as session:
            _failed(session, name, problem, context.now)
        raise
    with context.writing() as session:
        _finished(session, name, next_value, context.now)
    return count


def _take(session: TenantSession, name: str) -> str | None:
    """The cursor's value, with its lease; None where reading is stopped or somebody else holds the lease."""
    now = lease_now(session)
    return session.scalars(
        update(Cursor)
        .where(
            Cursor.tenant_id == session.tenant_id,
            Cursor.name == name,
            Cursor.next_at.is_not(None),
            (Cursor.lease_until.is_(None)) | (Cursor.lease_until <= now),
        )
        .values(lease_until=lease_end(session, LEASE))
        .returning(Cursor.value)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def _keep(context: SyncContext, name: str, value: str) -> None:
    """A long read goes on under its lease, and begins here if it is cut off."""
    with context.writing() as session:
        cursor = session.scalars(select(Cursor).where(Cursor.name == name).with_for_update()).one()
        cursor.value, cursor.lease_until = value, lease_end(session, LEASE)


def _finished(session: TenantSession, name: str, value: str, now: datetime) -> None:
    """Keeps what was read; a cursor that was stopped meanwhile stays stopped."""
    cursor = session.scalars(select(Cursor).where(Cursor.name == name).with_for_update()).one()
    cursor.value, cursor.ran_at, cursor.lease_until = value, now, None
    cursor.failures, cursor.last_error = 0, ""
    if cursor.next_at is not None:
        # The inbox has no rhythm of its own: a hint makes it due. One that came meanwhile is not put off.
        waiting = name == "inbox" and has_open_hints(session)
        cursor.next_at = now if waiting else now + EVERY.get(name, timedelta(hours=1))


def _failed(session: TenantSession, name: str, problem: Exception, now: datetime) -> None:
    cursor = session.scalars(select(Cursor).where(Cursor.name == name).with_for_update()).one()
    wait = BACK_OFF[min(cursor.failures, len(BACK_OFF) - 1)]
    again = problem.again_at(now, otherwise=wait) if isinstance(problem, JiraLimited) else now + wait
    cursor.failures += 1
    cursor.lease_until = None
    cursor.last_error = (
        problem.sentence if isinstance(problem, DunlinError) else f"{OUR_ERROR}{type(problem).__name__}."
    )
    if cursor.next_at is not None:
        cursor.next_at = again


def _issues(context: SyncContext, value: str) -> tuple[str, int]:
    since = datetime.fromisoformat(value) if value else None
    return context.now.isoformat(), sync_changed_issues(context, since) + steer_calls(context)


def _projects(context: SyncContext, value: str) -> tuple[str, int]:
    return value, sync_projects(context)


def _inbox(context: SyncContext, value: str) -> tuple[str, int]:
    return value, work_inbox(context)


def _sweep(context: SyncContext, value: str) -> tuple[str, int]:
    return value, sweep_worklogs(context)


def _buckets(context: SyncContext, value: str) -> tuple[str, int]:
    """An invoice that turned overdue shows it in Jira, and in JQL; so does time that was logged or put on a draft."""
    return value, refresh_jira(context.writing, now=context.now)


def _control(context: SyncContext, value: str) -> tuple[str, int]:
    return context.look_after(value)


_READERS: dict[str, Callable[[SyncContext, str], tuple[str, int]]] = {
    "buckets": _buckets,
    "control": _control,
    "failed_webhooks": read_failed_webhooks,
    "imap": read_folder,
    "inbox": _inbox,
    "issues": _issues,
    "projects": _projects,
    "sweep": _sweep,
    "worklogs_deleted": sync_deleted_worklogs,
    "worklogs_updated": sync_updated_worklogs,
}
