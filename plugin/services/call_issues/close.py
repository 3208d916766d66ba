"""Ends the issue of a call whose task is over: a comment that says how it ended, and the way to a status of done."""

from datetime import datetime

from plugin.domain.reminders.policy import Channel
from plugin.services.call_issues.create import status_of
from plugin.services.call_issues.issue_of_task import locked
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import Needless, Words
from plugin.services.follow_ups.task_words import OUTCOMES
from plugin.services.history.audience import readers_of
from plugin.services.jira_facts import Note
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project

CALLED_OFF = "The call is not needed any more."


class CloseCallIssue:
    """Satisfies ``JiraOnce``; the subject is a task."""

    def prepare(self, session: TenantSession, subject_id: str, *, now: datetime) -> Words | Needless:  # noqa: ARG002
        """How the task ended, without its notes: those stay in the panel."""
        invoice, task = locked(session, subject_id)
        if task.state == "open" or not task.issue_id:
            return Needless(sentence="The call was taken up again.")
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        readers = readers_of(session, project)
        text = OUTCOMES[Channel.CALL].get(task.outcome, CALLED_OFF)
        return {"issue_id": task.issue_id, "text": text, "internal": readers is not None and readers.internal}

    def act(self, jira: JiraGateway, words: Words, *, marker: str) -> Words:
        """The comment once, then the move, unless somebody has moved it already."""
        issue = str(words["issue_id"])
        if jira.find_comment(issue, marker=marker) is None:
            note = Note(paragraphs=((str(words["text"]),),), internal=words["internal"] is True)
            jira.add_note(issue, note, marker=marker, visibility=None)
        if _is_done(jira, issue):
            return {"moved": False}
        ways = [way for way in jira.transitions(issue) if way.is_done]
        if ways:
            jira.move_issue(issue, ways[0].id)
        return {"moved": bool(ways)}

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """Nothing more is to be known."""

    def look(self, jira: JiraGateway, words: Words, doubt: Doubt, *, now: datetime) -> Words | Finding:  # noqa: ARG002
        """An issue that is done needs no second try; a comment that stands is not written again anyway."""
        return {"moved": True} if _is_done(jira, str(words["issue_id"])) else Finding.ABSENT


def _is_done(jira: JiraGateway, issue: str) -> bool:
    found = jira.issues([issue], fields=("status",))
    return bool(found) and status_of(found[0].extra)[1]
