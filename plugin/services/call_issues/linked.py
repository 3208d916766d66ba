"""An issue that is related to the home issue of an invoice: created with a marker, found again by it after a doubt."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from plugin.domain.errors import DunlinError
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import Words
from plugin.services.jira_facts import NewIssue, Note
from plugin.services.jira_gateway import JiraGateway

SUB_TASKS = ("sub-task", "subtask")
"""Jira's own names of the type that needs a parent: the invoice's home issue."""
INDEXED_AFTER = timedelta(minutes=8)
"""Jira's index lags behind; an issue that is not found so long after it was asked for does not exist."""


def linked_issue(
    *, project_id: str, type_name: str, summary: str, lines: Sequence[str], due_on: date, assignee_id: str, home_id: str
) -> Words:
    """The issue as it is to be created, as JSON; ``lines`` are paragraphs, ``home_id`` empty where there is none."""
    return {
        "project_id": project_id,
        "type_name": type_name,
        "summary": summary,
        "paragraphs": list(lines),
        "due_on": due_on.isoformat(),
        "assignee_id": assignee_id,
        "home_id": home_id,
    }


def create_linked(jira: JiraGateway, words: Words, *, marker: str) -> Words:
    """Creates it, and relates it to the home issue unless it is a sub-task of that."""
    type_name, home = str(words["type_name"]), str(words["home_id"])
    is_sub_task = type_name.casefold() in SUB_TASKS
    made = jira.create_issue(
        NewIssue(
            project_id=str(words["project_id"]),
            type_name=type_name,
            summary=str(words["summary"]),
            description=Note(paragraphs=tuple((line,) for line in _lines(words))),
            due_on=date.fromisoformat(str(words["due_on"])),
            assignee_id=str(words["assignee_id"]),
            parent_id=home if is_sub_task else "",
        ),
        marker=marker,
    )
    linked = False if is_sub_task or not home else _link(jira, made.id, home)
    return {"issue_id": made.id, "issue_key": made.key, "linked": linked}


def look_for_linked(jira: JiraGateway, words: Words, doubt: Doubt, *, now: datetime) -> Words | Finding:
    """By the marker; not found means absent only once the index must know it."""
    found = jira.find_issue(str(words["project_id"]), marker=doubt.effect_id)
    if found is not None:
        return {"issue_id": found.id, "issue_key": found.key}
    is_early = doubt.sending_at is not None and now < doubt.sending_at + INDEXED_AFTER
    return Finding.UNOBTAINABLE if is_early else Finding.ABSENT


def _lines(words: Words) -> list[str]:
    lines = words["paragraphs"]
    return [str(line) for line in lines] if isinstance(lines, list | tuple) else []


def _link(jira: JiraGateway, issue_id: str, home: str) -> bool:
    """A missing link costs nothing but a click, so it never fails the issue."""
    try:
        jira.link_issues(issue_id, home)
    except DunlinError:
        return False
    return True
