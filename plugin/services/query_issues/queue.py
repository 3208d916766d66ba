"""Asks for the issue of a client's question: a person by a click, or the project's setting by itself."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotFound
from plugin.services.follow_ups.task_words import REPLY
from plugin.store.audit import record_audit
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

QUERY_ISSUE = "jira_query"
"""The kind of effect; its subject is the task."""
ENDED = ("failed", "skipped", "cancelled")
AGAIN = "The issue is being made already; it appears here within a minute."


def ask_for_issue(session: TenantSession, task_id: str, *, now: datetime, actor: str) -> None:
    """A person wants the issue. Conflict where it stands or is on its way; one that Jira refused is tried again."""
    task = session.scalars(select(Task).where(Task.id == task_id).with_for_update()).one_or_none()
    if task is None:
        raise NotFound("There is no such task here; reload the page.")
    if task.kind != REPLY:
        raise Conflict("Only what a client asks or contests becomes an issue.")
    if task.issue_key:
        raise Conflict(f"Its issue is {task.issue_key} already.")
    made = select(Effect.state).where(Effect.kind == QUERY_ISSUE, Effect.subject_id == task.id)
    tries = list(session.scalars(made))
    if any(state not in ENDED for state in tries):
        raise Conflict(AGAIN)
    _add(session, task, attempt=len(tries), now=now)
    record_audit(session, actor=actor, action="task.issue", subject=task.id, now=now)


def queue_by_itself(session: TenantSession, invoice: Invoice, task: Task, *, now: datetime) -> None:
    """The project wants an issue of each question: it is asked for once, with the task."""
    if session.get_one(Project, (session.tenant_id, invoice.project_id)).query_issues and not task.issue_key:
        _add(session, task, attempt=0, now=now)


def _add(session: TenantSession, task: Task, *, attempt: int, now: datetime) -> None:
    key = f"{QUERY_ISSUE}:{task.id}:{attempt}"
    add_effect(session, kind=QUERY_ISSUE, key=key, subject_id=task.id, now=now)
