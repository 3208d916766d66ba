"""What is said to and read from Jira, as values.

Identifiers are Jira's numeric ids as text, instants are aware, times are whole seconds.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class ChangedWorklog(Struct, frozen=True, kw_only=True):
    """A line of the delta: which worklog changed when, in milliseconds since 1970."""

    worklog_id: str
    updated_ms: int


class WorklogDelta(Struct, frozen=True, kw_only=True):
    """One page of ``/worklog/updated`` or ``/worklog/deleted``. ``next_since`` is empty on the last page.

    ``until`` (milliseconds) is the next cursor; Jira leaves the last minute out, so overlap by some minutes.
    """

    changes: tuple[ChangedWorklog, ...]
    since: int
    until: int
    next_since: int | None


class Worklog(Struct, frozen=True, kw_only=True):
    """Logged time. ``restricted`` means that Jira shows it to a group or role only. ``comment`` is plain text."""

    id: str
    issue_id: str
    author_id: str | None
    started: datetime | None
    seconds: int
    created: datetime | None
    updated: datetime
    comment: str
    restricted: bool


class Issue(Struct, frozen=True, kw_only=True):
    """What billing needs of an issue. ``extra`` holds the other fields that were asked for, as Jira's JSON."""

    id: str
    key: str
    summary: str
    type_name: str
    project_id: str
    project_key: str
    parent_id: str | None
    parent_key: str | None
    parent_type: str | None
    components: tuple[str, ...]
    labels: tuple[str, ...]
    assignee_id: str | None
    updated: datetime | None
    extra: Mapping[str, object]


class IssuePage(Struct, frozen=True, kw_only=True):
    """A page of a search. Go on with ``cursor`` until it is empty; a short page is not the last."""

    issues: tuple[Issue, ...]
    cursor: str | None


class Project(Struct, frozen=True, kw_only=True):
    """A project. ``kind`` is software, business, service_desk or product_discovery."""

    id: str
    key: str
    name: str
    kind: str


class ProjectPage(Struct, frozen=True, kw_only=True):
    """A page of projects; ``next_start`` is empty on the last."""

    projects: tuple[Project, ...]
    next_start: int | None


class User(Struct, frozen=True, kw_only=True):
    """A person, looked up when shown; nothing of this is stored but ``account_id``."""

    account_id: str
    display_name: str
    active: bool
    time_zone: str | None
    locale: str | None


class Audience(StrEnum):
    """What a comment is restricted to."""

    GROUP = "group"
    ROLE = "role"


class CommentVisibility(Struct, frozen=True, kw_only=True):
    """Restricts a comment to a project role (``identifier`` is its name) or a group (its id, or only its ``name``).

    The app must be in it.
    """

    audience: Audience
    identifier: str = ""
    name: str = ""


class LozengeColour(StrEnum):
    """The colours a status in a Jira comment can have."""

    NEUTRAL = "neutral"
    PURPLE = "purple"
    BLUE = "blue"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Lozenge(Struct, frozen=True, kw_only=True):
    """A short coloured status."""

    text: str
    colour: LozengeColour


class Link(Struct, frozen=True, kw_only=True):
    """A text that leads to an http or https address."""

    text: str
    address: str


Cell = str | date | Lozenge | Link
"""What a cell of a comment's table shows; an empty text is an empty cell."""


class HistoryComment(Struct, frozen=True, kw_only=True):
    """The living comment, free of any markup: one line with the status, then a table, then a remark.

    ``lead`` is what stands before and after the status. Each row has as many cells as ``columns``. ``internal``: on a
    service desk it is a note of the agents, which customers do not see.
    """

    lead: tuple[str | Lozenge | Link, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remark: str = ""
    internal: bool = False


class Mention(Struct, frozen=True, kw_only=True):
    """Names a person, whom Jira tells about it."""

    account_id: str


class Note(Struct, frozen=True, kw_only=True):
    """Paragraphs of plain text with mentions and links; ``internal`` as in ``HistoryComment``."""

    paragraphs: tuple[tuple[str | Mention | Link | date, ...], ...]
    internal: bool = False


class Notification(Struct, frozen=True, kw_only=True):
    """What Jira mails to people of the site about an issue."""

    subject: str
    text: str
    account_ids: tuple[str, ...]


class Transition(Struct, frozen=True, kw_only=True):
    """A way out of the status that an issue is in; ``to`` is the name of the status it leads to, done or not."""

    id: str
    name: str
    to: str
    is_done: bool = False


class NewIssue(Struct, frozen=True, kw_only=True):
    """An issue to create. ``parent_id`` makes it a sub-task, where the type is one."""

    project_id: str
    type_name: str
    summary: str
    description: Note
    due_on: date
    assignee_id: str = ""
    parent_id: str = ""


class IssueRef(Struct, frozen=True, kw_only=True):
    """Names an issue."""

    id: str
    key: str


class Comment(Struct, frozen=True, kw_only=True):
    """A comment that Jira holds."""

    id: str
    author_id: str | None
    created: datetime | None


class ProjectPermission(Struct, frozen=True, kw_only=True):
    """A question: has the person this permission in these projects and on these issues?"""

    permission: str
    project_ids: tuple[str, ...] = ()
    issue_ids: tuple[str, ...] = ()


class Granted(Struct, frozen=True, kw_only=True):
    """What Jira granted of what was asked. Anything the answer lacks is denied: unknown ids are silently dropped."""

    site: frozenset[str]
    projects: frozenset[tuple[str, str]]
    issues: frozenset[tuple[str, str]]


class FailedWebhook(Struct, frozen=True, kw_only=True):
    """A webhook that Jira gave up delivering; ``id`` equals the identifier header, ``body`` is a hint."""

    id: str
    path: str
    body: str
    failed_ms: int


class FailedWebhookPage(Struct, frozen=True, kw_only=True):
    """A page of lost webhooks; ``next_after`` (milliseconds) is empty on the last."""

    failures: tuple[FailedWebhook, ...]
    next_after: int | None
