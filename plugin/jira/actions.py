"""What Dunlin does to an issue beside writing its history: notify people, move it, create one of its own, link two."""

from types import NoneType

from msgspec import Struct, field

from plugin.jira.client import JiraClient
from plugin.jira.note import note_document
from plugin.jira.operations import CREATE_ISSUE, LINK_ISSUES, MOVE_ISSUE, NOTIFY, SEARCH, STATUSES, TRANSITIONS
from plugin.services.jira_facts import IssueRef, NewIssue, Notification, Transition

CALL_PROPERTY = "dunlin-call"
"""Marks an issue that Dunlin created; ``effect`` in it is indexed for JQL by the descriptor."""
LINK_TYPE = "Relates"
LONGEST_SUMMARY = 255
MOST_TRANSITIONS = 50
MOST_STATUSES = 500


class _Category(Struct):
    key: str = ""


class _Status(Struct, rename="camel"):
    name: str = ""
    status_category: _Category | None = None


class _Transition(Struct):
    id: str
    name: str = ""
    to: _Status | None = None


class _Transitions(Struct):
    transitions: list[_Transition] = field(default_factory=list)


class _Named(Struct):
    id: str
    key: str


class _Found(Struct):
    issues: list[_Named] = field(default_factory=list)


def notify(client: JiraClient, issue: str, notification: Notification) -> None:
    """Has Jira mail these people; Jira keeps no record that could be asked."""
    body = {
        "subject": notification.subject[:LONGEST_SUMMARY],
        "textBody": notification.text,
        "to": {"users": [{"accountId": account_id} for account_id in notification.account_ids]},
    }
    client.call(NOTIFY, NoneType, path={"issue": issue}, body=body)


def transitions(client: JiraClient, issue: str) -> list[Transition]:
    """The ways out of the issue's status."""
    answer = client.call(
        TRANSITIONS,
        _Transitions,
        path={"issue": issue},
        at_most=MOST_TRANSITIONS,
        count=lambda found: len(found.transitions),
    )
    return [_fact(one) for one in answer.transitions]


def _fact(way: _Transition) -> Transition:
    if way.to is None:
        return Transition(id=way.id, name=way.name, to="")
    category = way.to.status_category
    is_done = category is not None and category.key == "done"
    return Transition(id=way.id, name=way.name, to=way.to.name, is_done=is_done)


def statuses(client: JiraClient) -> list[str]:
    """The names of all statuses that workflows of the site use; a name may come more than once."""
    found = client.call(STATUSES, list[_Status], at_most=MOST_STATUSES, count=len)
    return [status.name for status in found]


def move(client: JiraClient, issue: str, transition_id: str) -> None:
    """Takes one of them."""
    client.call(MOVE_ISSUE, NoneType, path={"issue": issue}, body={"transition": {"id": transition_id}})


def create(client: JiraClient, new: NewIssue, *, marker: str) -> IssueRef:
    """Creates an issue that is found again by ``marker``."""
    fields: dict[str, object] = {
        "project": {"id": new.project_id},
        "issuetype": {"name": new.type_name},
        "summary": " ".join(new.summary.split())[:LONGEST_SUMMARY],
        "description": note_document(new.description),
        "duedate": new.due_on.isoformat(),
    }
    if new.assignee_id:
        fields["assignee"] = {"accountId": new.assignee_id}
    if new.parent_id:
        fields["parent"] = {"id": new.parent_id}
    properties = [{"key": CALL_PROPERTY, "value": {"effect": marker}}]
    made = client.call(CREATE_ISSUE, _Named, body={"fields": fields, "properties": properties})
    return IssueRef(id=made.id, key=made.key)


def find(client: JiraClient, project_id: str, *, marker: str) -> IssueRef | None:
    """The issue with this marker, as the index knows it."""
    jql = f'project = {int(project_id)} AND issue.property[{CALL_PROPERTY}].effect = "{marker}" ORDER BY created DESC'
    body = {"jql": jql, "fields": ["summary"], "maxResults": 1}
    page = client.call(SEARCH, _Found, body=body, at_most=1, count=lambda found: len(found.issues))
    return IssueRef(id=page.issues[0].id, key=page.issues[0].key) if page.issues else None


def link(client: JiraClient, issue: str, other: str) -> None:
    """Relates two issues to each other."""
    body = {"type": {"name": LINK_TYPE}, "inwardIssue": {"id": issue}, "outwardIssue": {"id": other}}
    client.call(LINK_ISSUES, NoneType, body=body)
