"""What all issues that are made of a task share: created with a marker, found again by it, known to the task."""

from datetime import datetime

from sqlalchemy import select

from plugin.services.call_issues.linked import create_linked, look_for_linked
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import Words
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice


class IssueOfTask:
    """``JiraOnce`` without ``prepare``, which says what the issue is about; the subject is a task."""

    def act(self, jira: JiraGateway, words: Words, *, marker: str) -> Words:
        """Creates it, and relates it to the home issue unless it is a sub-task of that."""
        return create_linked(jira, words, marker=marker)

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """The task knows its issue."""
        _, task = locked(session, subject_id)
        task.issue_id, task.issue_key = str(came["issue_id"]), str(came["issue_key"])
        session.flush()

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
