"""What the pretend Jira knows: people, projects, issues, worklogs, comments, and the app installed on the site."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Json = object
JsonObject = dict[str, object]

APP_ROLE = "atlassian-addons-project-access"
ADMINISTRATORS = "Administrators"
MANAGERS = "Project managers"
MEMBERS = "Members"
ROLE_IDS = {ADMINISTRATORS: 10002, MANAGERS: 10003, MEMBERS: 10004, APP_ROLE: 10005}
ADMIN_GROUP = "site-admins"
USER_GROUP = "jira-users"


@dataclass(slots=True)
class Person:
    """A user of the site; ``account_type`` is ``app`` for the user under which the app acts."""

    account_id: str
    name: str
    email: str = ""
    email_visible: bool = False
    time_zone: str = "Europe/Berlin"
    locale: str = "en_US"
    active: bool = True
    account_type: Literal["atlassian", "app", "customer"] = "atlassian"


@dataclass(slots=True)
class Group:
    """A named set of account ids."""

    name: str
    group_id: str
    members: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Project:
    """A project with its roles (role name -> account ids). ``denied`` takes single permissions from single people."""

    id: int
    key: str
    name: str
    lead: str | None
    type_key: Literal["software", "service_desk", "business"] = "software"
    description: str = ""
    roles: dict[str, set[str]] = field(default_factory=dict)
    app_access: bool = True
    denied: dict[str, set[str]] = field(default_factory=dict)
    category: str | None = None
    components: dict[str, int] = field(default_factory=dict)
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may see a comment or worklog: the members of one group or of one project role."""

    kind: Literal["group", "role"]
    name: str


@dataclass(slots=True)
class Issue:
    """An issue; ``fields`` holds custom fields, ``properties`` the entity properties."""

    id: int
    key: str
    project_id: int
    summary: str
    created: datetime
    updated: datetime
    type_name: str = "Task"
    status: str = "In Progress"
    assignee: str | None = None
    reporter: str | None = None
    components: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    epic: int | None = None
    description: JsonObject | None = None
    fields: JsonObject = field(default_factory=dict)
    properties: JsonObject = field(default_factory=dict)
    comment_ids: list[int] = field(default_factory=list)
    worklog_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Worklog:
    """Logged time. No ``author``: the account is gone. No ``started``: a row of an import that never had one."""

    id: int
    issue_id: int
    author: str | None
    started: datetime | None
    seconds: int
    created: datetime
    updated: datetime
    comment: JsonObject | None = None
    visibility: Visibility | None = None


@dataclass(slots=True)
class Comment:
    """A comment. ``edits`` counts changes, ``notified`` the changes of which watchers were told."""

    id: int
    issue_id: int
    author: str
    body: JsonObject
    created: datetime
    updated: datetime
    update_author: str
    visibility: Visibility | None = None
    properties: JsonObject = field(default_factory=dict)
    edits: int = 0
    notified: int = 0


@dataclass(frozen=True, slots=True)
class Notification:
    """A mail that Jira sent to people of the site about an issue, for the app."""

    issue_id: int
    account_ids: tuple[str, ...]
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What ``/worklog/deleted`` tells about a worklog that is gone."""

    worklog_id: int
    deleted_at: datetime


@dataclass(slots=True)
class Installation:
    """The app as this site knows it. ``secret`` is the HS256 key of both directions."""

    app_key: str
    client_key: str
    secret: str
    descriptor: JsonObject
    app_url: str
    account_id: str
    enabled: bool = False
    app_properties: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the world, under the name a webhook subscribes to, with the thing as it was then."""

    name: str
    at: datetime
    actor: str | None
    issue: Issue | None = None
    worklog: Worklog | None = None
    comment: Comment | None = None
    project: Project | None = None
    property_key: str | None = None


def adf(text: str) -> JsonObject:
    """A paragraph document of Atlassian's format; one paragraph a line."""
    lines = [line for line in text.split("\n") if line] or [" "]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
    return {"type": "doc", "version": 1, "content": paragraphs}


def adf_text(node: Json) -> str:
    """The plain text of an ADF tree."""
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "hardBreak":
        return "\n"
    text = node.get("text")
    if isinstance(text, str):
        return text
    children = node.get("content")
    joined = [adf_text(child) for child in children] if isinstance(children, list) else []
    return ("\n" if node.get("type") in ("doc", "bulletList", "orderedList", "table") else "").join(joined)
