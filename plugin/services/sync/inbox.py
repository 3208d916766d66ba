"""Webhooks: a hint is stored under its identifier, and later makes us read Jira again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, Table, select, update

from plugin.services.call_issues.steer import steer_calls
from plugin.services.sync.context import SyncContext
from plugin.services.sync.hints import Hint
from plugin.services.sync.issues import forget_deleted_issues, read_issues
from plugin.services.sync.worklogs import read_worklogs
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.jira_facts import JiraIssue
from plugin.store.tables.outbox import Cursor, Inbox
from plugin.store.upsert import insert_new

BATCH = 500
DELETED_LAG = timedelta(seconds=65)
"""``/worklog/deleted`` leaves the last minute out."""


def take_hint(session: TenantSession, hint: Hint, *, now: datetime) -> bool:
    """Stores a hint once, and makes the inbox due. Gives whether it was new."""
    row = {
        "id": new_id(),
        "source": "webhook",
        "event_id": hint.identifier,
        "kind": hint.kind,
        "worklog_id": hint.worklog_id,
        "issue_id": hint.issue_id,
        "state": "new",
        "received_at": now,
    }
    # The same webhook may arrive twice at one instant; the database says which one was first.
    if not insert_new(session, cast(Table, Inbox.__table__), row, unique=("source", "event_id")):
        return False
    session.execute(update(Cursor).where(Cursor.name == "inbox").values(next_at=now))
    if hint.kind == "worklog_deleted":
        due = now + DELETED_LAG
        session.execute(
            update(Cursor).where(Cursor.name == "worklogs_deleted", Cursor.next_at > due).values(next_at=due)
        )
    return True


def work_inbox(context: SyncContext) -> int:
    """Reads again what the open hints name, marks them done, and gives their number."""
    done = 0
    while True:
        with context.writing() as session:
            hints = session.scalars(_open_hints().order_by(Inbox.received_at, Inbox.id).limit(BATCH)).all()
        if hints:
            _work_off(context, hints)
        done += len(hints)
        if len(hints) < BATCH:
            return done


def has_open_hints(session: TenantSession) -> bool:
    """Whether a hint waits."""
    return session.scalars(_open_hints().limit(1)).first() is not None


def _work_off(context: SyncContext, hints: Sequence[Inbox]) -> None:
    with context.writing() as session:
        known_issues = set(session.scalars(select(JiraIssue.id)))
    worklogs = [hint.worklog_id for hint in hints if hint.worklog_id and hint.kind != "worklog_deleted"]
    issues = {hint.issue_id for hint in hints if hint.issue_id and hint.kind.startswith("issue_")}
    deleted = {hint.issue_id for hint in hints if hint.kind == "issue_deleted" and hint.issue_id}
    read_worklogs(context, worklogs)
    steer_calls(context, issues)
    missing = read_issues(context, sorted(issues & known_issues))
    forget_deleted_issues(context, missing & deleted)
    with context.writing() as session:
        session.execute(update(Inbox).where(Inbox.id.in_([hint.id for hint in hints])).values(state="done"))


def _open_hints() -> Select[Inbox]:
    return select(Inbox).where(Inbox.state == "new")
