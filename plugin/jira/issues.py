"""Issues by JQL and by id, with explicit fields; projects; and the issue property that JQL finds invoices by."""

from collections.abc import Mapping, Sequence
from types import NoneType

import msgspec
from msgspec import Struct, field

from plugin.domain.errors import InvalidInput
from plugin.jira.client import JiraClient
from plugin.jira.errors import unreadable
from plugin.jira.operations import ISSUES_BY_ID, PROJECTS, SEARCH, SET_ISSUE_PROPERTY, Operation
from plugin.jira.reading import Account, instant, numbers
from plugin.services.jira_facts import Issue, IssuePage, Project, ProjectPage

FIELDS = ("summary", "issuetype", "project", "parent", "components", "labels", "assignee", "updated")
IDS_A_CALL = 100
RECONCILED = 50
SEARCH_PAGE = 5_000
PROJECT_PAGE = 50
PROPERTY_CHARACTERS = 32_768


class _Named(Struct):
    name: str = ""


class _Project(Struct, rename="camel"):
    id: str
    key: str
    name: str = ""
    project_type_key: str = ""


class _ParentFields(Struct):
    issuetype: _Named | None = None


class _Parent(Struct):
    id: str
    key: str
    fields: _ParentFields | None = None


class _Fields(Struct):
    project: _Project
    summary: str | None = None
    issuetype: _Named | None = None
    parent: _Parent | None = None
    components: list[_Named] | None = None
    labels: list[str] | None = None
    assignee: Account | None = None
    updated: str | None = None


class _Issue(Struct):
    id: str
    key: str
    fields: dict[str, object]


class _SearchPage(Struct, rename="camel"):
    issues: list[_Issue]
    is_last: bool | None = None
    next_page_token: str | None = None


class _Bulk(Struct):
    issues: list[_Issue] = field(default_factory=list)


class _ProjectPage(Struct, rename="camel"):
    start_at: int
    is_last: bool
    values: list[_Project]


def search(
    client: JiraClient,
    jql: str,
    *,
    fields: Sequence[str],
    cursor: str | None,
    page_size: int,
    reconcile: Sequence[str],
) -> IssuePage:
    """One page of a search; the index lags behind, so ids that we just wrote go into ``reconcile`` on every page."""
    if len(reconcile) > RECONCILED or not 1 <= page_size <= SEARCH_PAGE:
        raise InvalidInput(f"A search takes at most {RECONCILED} fresh issues and a page of 1 to {SEARCH_PAGE}.")
    body: dict[str, object] = {"jql": jql, "fields": [*FIELDS, *fields], "maxResults": page_size}
    if reconcile:
        body["reconcileIssues"] = numbers(reconcile)
    if cursor is not None:
        body["nextPageToken"] = cursor
    page = client.call(SEARCH, _SearchPage, body=body, at_most=page_size, count=lambda page: len(page.issues))
    if page.is_last is False and not page.next_page_token:
        raise unreadable(SEARCH, SEARCH.thing, "a page that is neither the last nor leads on")
    following = None if page.is_last else page.next_page_token
    return IssuePage(issues=tuple(_fact(one, fields, SEARCH) for one in page.issues), cursor=following)


def by_ids(client: JiraClient, ids_or_keys: Sequence[str], *, fields: Sequence[str]) -> list[Issue]:
    """At most 100 issues by id or key. Jira answers in the order of ids and leaves out what it cannot show."""
    if len(ids_or_keys) > IDS_A_CALL:
        raise InvalidInput(f"{len(ids_or_keys)} issues were asked for at once; Jira gives at most {IDS_A_CALL}.")
    if not ids_or_keys:
        return []
    body = {"issueIdsOrKeys": list(ids_or_keys), "fields": [*FIELDS, *fields]}
    answer = client.call(ISSUES_BY_ID, _Bulk, body=body, at_most=len(ids_or_keys), count=lambda bulk: len(bulk.issues))
    return [_fact(one, fields, ISSUES_BY_ID) for one in answer.issues]


def projects(client: JiraClient, *, start_at: int) -> ProjectPage:
    """A page of the projects that the app sees."""
    page = client.call(
        PROJECTS,
        _ProjectPage,
        query={"startAt": start_at, "maxResults": PROJECT_PAGE, "orderBy": "key"},
        at_most=PROJECT_PAGE,
        count=lambda page: len(page.values),
    )
    found = tuple(Project(id=one.id, key=one.key, name=one.name, kind=one.project_type_key) for one in page.values)
    more = found and not page.is_last
    return ProjectPage(projects=found, next_start=page.start_at + len(found) if more else None)


def put_property(client: JiraClient, issue: str, key: str, value: Mapping[str, object]) -> None:
    """Sets one property of an issue whole."""
    if not value or len(msgspec.json.encode(value)) > PROPERTY_CHARACTERS:
        raise InvalidInput(f"The property {key} of issue {issue} is empty or over {PROPERTY_CHARACTERS} characters.")
    client.call(SET_ISSUE_PROPERTY, NoneType, path={"issue": issue, "property": key}, body=value)


def _fact(wire: _Issue, extra: Sequence[str], operation: Operation) -> Issue:
    try:
        known = msgspec.convert(wire.fields, _Fields)
    except msgspec.ValidationError as error:
        raise unreadable(operation, operation.thing, f"an issue that misses fields ({error})") from None
    parent = known.parent
    return Issue(
        id=wire.id,
        key=wire.key,
        summary=known.summary or "",
        type_name=known.issuetype.name if known.issuetype else "",
        project_id=known.project.id,
        project_key=known.project.key,
        parent_id=parent.id if parent else None,
        parent_key=parent.key if parent else None,
        parent_type=parent.fields.issuetype.name if parent and parent.fields and parent.fields.issuetype else None,
        components=tuple(one.name for one in known.components or ()),
        labels=tuple(known.labels or ()),
        assignee_id=known.assignee.account_id if known.assignee else None,
        updated=instant(known.updated, operation) if known.updated else None,
        extra={name: wire.fields.get(name) for name in extra},
    )
