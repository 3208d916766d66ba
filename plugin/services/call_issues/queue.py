"""Asks for the issue of a call, and for its end, in the transaction that opens or closes the task."""

from datetime import datetime

from plugin.domain.reminders.policy import Channel
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

CREATE, CLOSE = "jira_call", "jira_call_done"
"""The kinds of effect; their subject is the task."""


def queue_call_issue(session: TenantSession, invoice: Invoice, task: Task, *, now: datetime) -> None:
    """A call of a project that wants issues for them gets one; a task that opens again gets another."""
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    if task.kind != Channel.CALL or not project.call_issues:
        return
    task.issue_id, task.issue_key = None, ""
    task.detail = {name: value for name, value in task.detail.items() if name != "jira"}
    add_effect(session, kind=CREATE, key=f"{CREATE}:{task.id}:{task.row_version}", subject_id=task.id, now=now)


def queue_close(session: TenantSession, task: Task, *, now: datetime) -> None:
    """The call is over, so its issue is; the issue of a question lives on with whoever works on it."""
    if task.issue_id and task.kind == Channel.CALL:
        payload = {"issue_id": task.issue_id}
        key = f"{CLOSE}:{task.id}:{task.row_version}"
        add_effect(session, kind=CLOSE, key=key, subject_id=task.id, now=now, payload=payload)
