"""Reads the issues of open calls: an outcome's name as status steers the ladder, done or gone asks for a record."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from plugin.domain.errors import DunlinError
from plugin.domain.reminders.policy import CallOutcome, Channel
from plugin.services.call_issues.create import status_of
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.jira_facts import Issue
from plugin.services.sync.context import SyncContext, in_batches
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

BATCH = 100
STATUSES: Mapping[str, CallOutcome] = {
    "answered": CallOutcome.ANSWERED,
    "reached": CallOutcome.ANSWERED,
    "voicemail": CallOutcome.VOICEMAIL,
    "no answer": CallOutcome.NO_ANSWER,
    "wrong contact": CallOutcome.WRONG_CONTACT,
    "promise": CallOutcome.PROMISE,
    "promised": CallOutcome.PROMISE,
    "promised to pay": CallOutcome.PROMISE,
    "dispute": CallOutcome.DISPUTE,
    "disputed": CallOutcome.DISPUTE,
    "refused": CallOutcome.REFUSED,
}
"""Names of statuses that say how a call ended, in small letters."""
GONE, DONE, NEEDS_DAY = "gone", "done", "needs_day"
"""What the task says of its issue, under ``detail["jira"]``."""


def steer_calls(context: SyncContext, issue_ids: Collection[str] | None = None) -> int:
    """Follows what people did with the issues of open calls, or with those named; gives how many tasks changed."""
    with context.writing() as session:
        is_call = Task.kind == Channel.CALL.value
        query = select(Task.issue_id, Task.id).where(Task.state == "open", Task.issue_id.is_not(None), is_call)
        tasks = {issue: task for issue, task in session.execute(query) if issue}
    wanted = sorted(tasks if issue_ids is None else set(tasks) & set(issue_ids))
    changed = 0
    for batch in in_batches(wanted, BATCH):
        found = {issue.id: issue for issue in context.jira.issues(batch, fields=("status", "duedate"))}
        for issue_id in batch:
            with context.writing() as session:
                changed += _follow(session, context, tasks[issue_id], found.get(issue_id))
    return changed


def _follow(session: TenantSession, context: SyncContext, task_id: str, issue: Issue | None) -> bool:
    row = session.execute(
        select(Task, Client)
        .join(Invoice, (Invoice.tenant_id == Task.tenant_id) & (Invoice.id == Task.invoice_id))
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(Task.id == task_id, Task.state == "open")
    ).one_or_none()
    if row is None:
        return False
    task, client = row
    if issue is None:
        return _note(task, GONE)
    status, is_done = status_of(issue.extra)
    outcome = STATUSES.get(status.casefold())
    if outcome is None:
        return _note(task, DONE if is_done else "")
    today = client_today(client, context.now)
    day = _promised_on(issue, task, today) if outcome is CallOutcome.PROMISE else None
    if outcome is CallOutcome.PROMISE and day is None:
        return _note(task, NEEDS_DAY)
    said = Outcome(outcome=outcome.value, notes=f"Moved to {status} in Jira ({issue.key}).", promised_on=day)
    try:
        close_task(session, task.id, said, today=today, now=context.now, actor="jira")
    except DunlinError:
        # What the form would refuse, a person enters there.
        return _note(task, DONE)
    return True


def _promised_on(issue: Issue, task: Task, today: date) -> date | None:
    """The issue's due date, where a person has set it to a day to come."""
    try:
        day = date.fromisoformat(str(issue.extra.get("duedate") or ""))
    except ValueError:
        return None
    return day if day >= today and day != task.due_on else None


def _note(task: Task, what: str) -> bool:
    """Says it on the task; gives whether that is news."""
    before = task.detail.get("jira", "")
    if before == what:
        return False
    task.detail = {**task.detail, "jira": what}
    return True
