"""Creates the issue of a call, at most once: it carries the effect's id, by which it is found after a doubt."""

from collections.abc import Mapping
from datetime import datetime

from plugin.services.call_issues.issue_of_task import IssueOfTask, locked
from plugin.services.call_issues.linked import linked_issue
from plugin.services.call_issues.queue import queue_close
from plugin.services.call_issues.script import call_paragraphs
from plugin.services.effects.jira_once import Needless, Words
from plugin.services.history.issues import commented_issues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project


class CreateCallIssue(IssueOfTask):
    """Satisfies ``JiraOnce``."""

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

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """One that was closed meanwhile closes its issue."""
        super().done(session, subject_id, came)
        _, task = locked(session, subject_id)
        if task.state != "open":
            queue_close(session, task, now=task.done_at or task.created_at)


def status_of(fields: Mapping[str, object]) -> tuple[str, bool]:
    """The name of an issue's status, and whether Jira counts it as done."""
    status = fields.get("status")
    if not isinstance(status, Mapping):
        return "", False
    category = status.get("statusCategory")
    return str(status.get("name", "")), isinstance(category, Mapping) and category.get("key") == "done"
