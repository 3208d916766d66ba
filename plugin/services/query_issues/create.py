"""Creates the issue of a client's question, at most once, linked to the home issue."""

from datetime import datetime

from plugin.domain.money import Money
from plugin.domain.reminders.sentences import amount_in_words
from plugin.services.call_issues.issue_of_task import IssueOfTask, locked
from plugin.services.call_issues.linked import linked_issue
from plugin.services.currencies import currency_of
from plugin.services.effects.jira_once import Needless, Words
from plugin.services.history.issues import commented_issues
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

READ_IT = "What the client said stands on the invoice's page in Dunlin."
ANSWER_IT = "When the client has its answer, record that on the task in Dunlin: what is held goes on then."


class CreateQueryIssue(IssueOfTask):
    """Satisfies ``JiraOnce``."""

    def prepare(self, session: TenantSession, subject_id: str, *, now: datetime) -> Words | Needless:  # noqa: ARG002
        """The issue as it is to be created, in the project that the settings name, while the question is open."""
        invoice, task = locked(session, subject_id)
        if task.state != "open":
            return Needless(sentence="The question was answered meanwhile.")
        if task.issue_id:
            return Needless(sentence="Its issue stands already.")
        client = session.get_one(Client, (session.tenant_id, invoice.client_id))
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        target = session.get(Project, (session.tenant_id, project.query_project_id)) or project
        return linked_issue(
            project_id=target.id,
            type_name=project.query_issue_type,
            summary=f"{client.name} asks about invoice {invoice.number}",
            lines=_lines(session, invoice, task, project, target),
            due_on=task.due_on,
            assignee_id=task.assignee or project.owner_account_id,
            home_id=next(iter(commented_issues(session, invoice)), ""),
        )


def _lines(session: TenantSession, invoice: Invoice, task: Task, project: Project, target: Project) -> list[str]:
    """The client's own words and the amount stay out of a service desk, where customers may read along (F50)."""
    found = [f"About invoice {invoice.number}."]
    if target.service_desk or project.service_desk:
        return [*found, READ_IT, ANSWER_IT]
    return [*found, *_said(session, invoice, task, shows_amounts=project.comment_amounts), ANSWER_IT]


def _said(session: TenantSession, invoice: Invoice, task: Task, *, shows_amounts: bool) -> list[str]:
    source, _, voice_id = task.step_key.partition(":")
    if source == "mail":
        mail = session.get(InboundMail, (session.tenant_id, voice_id))
        return _paragraphs(mail.text or mail.subject) if mail is not None else []
    answer = session.get(ClientAnswer, (session.tenant_id, voice_id))
    if answer is None:
        return []
    line, minor = answer.detail.get("line"), answer.detail.get("amount_minor")
    about = [f"It concerns line {line}."] if line else []
    if isinstance(minor, int) and shows_amounts:
        about.append(f"Contested: {amount_in_words(Money(minor, currency_of(invoice.currency)))}.")
    return [*about, *_paragraphs(answer.text)]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
