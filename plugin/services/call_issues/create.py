"""Creates the issue of a call, at most once: it carries the effect's id, by which it is found after a doubt."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from plugin.services.call_issues.linked import create_linked, linked_issue, look_for_linked
from plugin.services.call_issues.queue import queue_close
from plugin.services.call_issues.script import call_paragraphs
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import Needless, Words
from plugin.services.history.issues import commented_issues
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice


class CreateCallIssue:
    """Satisfies ``JiraOnce``; the subject is a task."""

    def prepare(self, session: TenantSession, subject_id: str, *, now: datetime) -> Words | Needless:  # noqa: ARG002
        """The issue as it is to be created, while the task is open."""
        invoice, task = locked(session, subject_id)
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        if task.state != "open":
            return Needless(sentence="The call is not asked for any more.")
        if not project.call_issues:
            return Needless(sentence="The project does not want issues for calls any more.")
        client = session.get_one(Client, (session.tenant_id, invoice.client_id))
        return linked_issue(
            project_id=project.id,
            type_name=project.call_issue_type,
            summary=f"Call {client.name} about invoice {invoice.number}",
            lines=call_paragraphs(session, invoice, client, project),
            due_on=task.due_on,
            assignee_id=task.assignee or project.owner_account_id,
            home_id=next(iter(commented_issues(session, invoice)), ""),
        )

    def act(self, jira: JiraGateway, words: Words, *, marker: str) -> Words:
        """Creates it, and relates it to the home issue unless it is a sub-task of that."""
        return create_linked(jira, words, marker=marker)

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """The task knows its issue; one that was closed meanwhile closes it."""
        _, task = locked(session, subject_id)
        task.issue_id, task.issue_key = str(came["issue_id"]), str(came["issue_key"])
        session.flush()
        if task.state != "open":
            queue_close(session, task, now=task.done_at or task.created_at)

    def look(self, jira: JiraGateway, words: Words, doubt: Doubt, *, now: datetime) -> Words | Finding:
        """By the marker."""
        return look_for_linked(jira, words, doubt, now=now)


def locked(session: TenantSession, task_id: str) -> tuple[Invoice, Task]:
    """A task and its invoice, locked in everybody's order."""
    invoice_id = session.scalars(select(Task.invoice_id).where(Task.id == task_id)).one()
    fresh = {"populate_existing": True}
    own = select(Invoice).where(Invoice.id == invoice_id).with_for_update(key_share=True)
    invoice = session.scalars(own, execution_options=fresh).one()
    task = session.scalars(select(Task).where(Task.id == task_id).with_for_update(), execution_options=fresh).one()
    return invoice, task


def status_of(fields: Mapping[str, object]) -> tuple[str, bool]:
    """The name of an issue's status, and whether Jira counts it as done."""
    status = fields.get("status")
    if not isinstance(status, Mapping):
        return "", False
    category = status.get("statusCategory")
    return str(status.get("name", "")), isinstance(category, Mapping) and category.get("key") == "done"
