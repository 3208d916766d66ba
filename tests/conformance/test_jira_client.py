"""Every request that the Jira client makes fits Atlassian's OpenAPI, is not removed, and is covered by our scopes."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import requests

from plugin.jira.operations import OPERATIONS, Operation
from plugin.jira.site import JiraSite
from plugin.services.jira_facts import (
    Audience,
    CommentVisibility,
    HistoryComment,
    Link,
    Lozenge,
    LozengeColour,
    Mention,
    NewIssue,
    Note,
    Notification,
    ProjectPermission,
)
from tests.conformance.openapi import openapi_observer
from tests.conformance.specification import SeenAnswer, official_specification
from tests.unit.jira.wire import BASE, Answer, Sent, Wire, site_on

DESCRIPTOR = Path(__file__).parents[2] / "atlassian-connect.json"
SCOPES_WITHIN = {"READ": {"READ"}, "WRITE": {"READ", "WRITE"}}

COMMENT = {"id": "7", "self": f"{BASE}/c", "author": {"accountId": "app"}, "created": "2026-02-01T08:00:00.000+0000"}
WORKLOG = {
    "id": "1",
    "issueId": "2",
    "started": "2026-02-01T08:00:00.000+0000",
    "updated": "2026-02-01T08:00:00.000+0000",
    "timeSpentSeconds": 60,
}
ISSUE = {"id": "2", "key": "ABC-2", "fields": {"summary": "x", "project": {"id": "1", "key": "ABC"}}}
HISTORY = HistoryComment(
    lead=("Invoice", Link(text="7", address="https://acme.test"), Lozenge(text="Due", colour=LozengeColour.BLUE)),
    columns=("Date",),
    rows=((date(2026, 1, 31),),),
)
NOTE = Note(paragraphs=((Mention(account_id="712020:a-b"), "please look", date(2026, 1, 31)),), internal=True)
CALL_ISSUE = NewIssue(
    project_id="10000",
    type_name="Task",
    summary="Call Acme",
    description=NOTE,
    due_on=date(2026, 1, 31),
    assignee_id="712020:a-b",
    parent_id="2",
)
ANSWERS: dict[tuple[str, str], Answer] = {
    ("GET", "/worklog/updated"): Answer({"values": [], "since": 1, "until": 2, "lastPage": True}),
    ("GET", "/worklog/deleted"): Answer({"values": [], "since": 1, "until": 2, "lastPage": True}),
    ("POST", "/worklog/list"): Answer([WORKLOG]),
    ("POST", "/search/jql"): Answer({"issues": [ISSUE], "isLast": True}),
    ("POST", "/issue/bulkfetch"): Answer({"issues": [ISSUE], "issueErrors": []}),
    ("GET", "/project/search"): Answer({"startAt": 0, "isLast": True, "values": [{"id": "1", "key": "ABC"}]}),
    ("GET", "/user/bulk"): Answer(
        {"startAt": 0, "maxResults": 9, "total": 1, "isLast": True, "values": [{"accountId": "a"}]}
    ),
    ("GET", "/user/groups"): Answer([{"name": "billing", "groupId": "g"}]),
    ("POST", "/issue/ABC-2/comment"): Answer(COMMENT, status=201),
    ("PUT", "/issue/ABC-2/comment/7"): Answer(COMMENT),
    ("GET", "/issue/ABC-2/comment"): Answer({"startAt": 0, "maxResults": 9, "total": 1, "comments": [COMMENT]}),
    ("POST", "/comment/list"): Answer({"values": [COMMENT]}),
    ("PUT", "/issue/ABC-2/properties/dunlin"): Answer({}),
    ("POST", "/permissions/check"): Answer({"globalPermissions": [], "projectPermissions": []}),
    ("GET", "/myself"): Answer({"accountId": "app"}),
    ("GET", "/project/10000/role"): Answer({"Billing": "https://x.atlassian.net/rest/api/3/project/10000/role/1"}),
    ("POST", "/issue/ABC-2/notify"): Answer(None, status=204),
    ("GET", "/issue/ABC-2/transitions"): Answer(
        {"transitions": [{"id": "31", "name": "Done", "to": {"name": "Done"}}]}
    ),
    ("POST", "/issue/ABC-2/transitions"): Answer(None, status=204),
    ("GET", "/status"): Answer([{"id": "3", "name": "Done"}]),
    ("POST", "/issue"): Answer({"id": "3", "key": "ABC-3", "self": f"{BASE}/issue/3"}, status=201),
    ("POST", "/issueLink"): Answer({}, status=201),
    ("GET", "/webhook/failed"): Answer({"maxResults": 9, "values": []}),
}
GROUP = CommentVisibility(audience=Audience.GROUP, identifier="0f")
RIGHT = ProjectPermission(permission="BROWSE_PROJECTS", project_ids=("1",), issue_ids=("2",))
CALLS: list[Callable[[JiraSite], object]] = [
    lambda site: site.worklogs_updated(since_ms=1),
    lambda site: site.worklogs_deleted(since_ms=1),
    lambda site: site.worklogs(["1", "2"]),
    lambda site: site.search("project = ABC", fields=("customfield_1",), cursor="t", reconcile=["2"]),
    lambda site: site.issues(["2", "ABC-3"]),
    lambda site: site.projects(start_at=50),
    lambda site: site.users(["a", "b"]),
    lambda site: site.groups_of("a"),
    lambda site: site.roles_of("10000"),
    lambda site: site.add_comment("ABC-2", HISTORY, marker="m", visibility=GROUP),
    lambda site: site.update_comment("ABC-2", "7", HISTORY, visibility=GROUP),
    lambda site: site.find_comment("ABC-2", marker="m"),
    lambda site: site.put_issue_property("ABC-2", "dunlin", {"unbilledHours": 1.5, "invoices": []}),
    lambda site: site.add_note("ABC-2", NOTE, marker="m", visibility=GROUP),
    lambda site: site.notify("ABC-2", Notification(subject="s", text="t", account_ids=("a",))),
    lambda site: site.transitions("ABC-2"),
    lambda site: site.statuses(),
    lambda site: site.move_issue("ABC-2", "31"),
    lambda site: site.create_issue(CALL_ISSUE, marker="m"),
    lambda site: site.find_issue("10000", marker="m"),
    lambda site: site.link_issues("2", "3"),
    lambda site: site.granted("a", site=("ADMINISTER",), projects=(RIGHT,)),
    lambda site: site.myself(),
    lambda site: site.failed_webhooks(after_ms=1),
]


def answer(sent: Sent) -> Answer:
    return ANSWERS[sent.method, sent.path.removeprefix("/rest/api/3")]


def test_every_request_of_the_client_is_one_that_jira_documents() -> None:
    observer = openapi_observer([BASE])
    site = site_on(Wire(answer))
    observer.watch(site.session)
    for call in CALLS:
        call(site)
    observer.assert_clean()
    assert observer.operations == {operation.id for operation in OPERATIONS}
    assert observer.removed_operations == 0


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_each_operation_is_named_as_in_the_specification_and_within_our_scopes(operation: Operation) -> None:
    specified = next(one for one in official_specification().operations if one.id == operation.id)
    names = [part if "{" not in part else "{}" for part in specified.path.split("/")]
    ours = [part if "{" not in part else "{}" for part in f"/rest/api/3/{operation.path}".split("/")]
    assert (operation.method, ours) == (specified.method, names)
    assert not specified.is_removed
    scopes = set(json.loads(DESCRIPTOR.read_text(encoding="utf-8"))["scopes"])
    assert specified.connect_scope == "NONE" or SCOPES_WITHIN[specified.connect_scope] <= scopes


@pytest.mark.parametrize(
    ("method", "path", "body", "complaint"),
    [
        ("POST", "/rest/api/3/worklog/list", {"ids": ["one"]}, "not of type 'integer'"),
        ("POST", "/rest/api/3/worklog/list", {"idz": [1]}, "'idz' was unexpected"),
        ("POST", "/rest/api/3/issue/ABC-1/comment", {"properties": "x"}, "not of type 'array'"),
        ("GET", "/rest/api/3/user/bulk?accountId=a&limit=9", None, "unknown query parameter limit"),
        ("GET", "/rest/api/3/user/bulk?accountId=a&maxResults=many", None, "maxResults"),
        ("GET", "/rest/api/3/search?jql=x", None, "removed"),
        ("POST", "/rest/api/3/expression/eval", {"expression": "1"}, "removed"),
        ("GET", "/rest/api/3/project", None, "removed or deprecated"),
        ("POST", "/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ["1"]}, "closed to Connect"),
        ("GET", "/rest/api/2/myself", None, "allowed roots"),
        ("GET", "/rest/api/3/nothing", None, "no such operation"),
        ("GET", "/rest/api/3/myself", {"a": 1}, "body with GET"),
    ],
)
def test_the_observer_finds_what_is_wrong(method: str, path: str, body: object, complaint: str) -> None:
    observer = openapi_observer([BASE])
    request = requests.Request(method, BASE + path, json=body, headers={"Authorization": "JWT x"}).prepare()
    observer.see_request(observer.seen_of(request))
    assert any(complaint in problem for problem in observer.invalid), observer.invalid
    with pytest.raises(AssertionError):
        observer.assert_clean()


def test_the_observer_finds_a_missing_token_and_an_answer_that_jira_would_not_give() -> None:
    observer = openapi_observer([BASE])
    request = requests.Request("GET", f"{BASE}/rest/api/3/myself").prepare()
    seen = observer.seen_of(request)
    observer.see_request(seen)
    assert observer.invalid == ["GET /rest/api/3/myself: no token"]
    observer.see_answer(seen, SeenAnswer(200, "application/json", b'{"accountId": 7}'))
    assert len(observer.invalid_answers) == 1


def test_an_observer_that_saw_nothing_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="no request"):
        openapi_observer([BASE]).assert_clean()


def test_the_observer_finds_a_request_that_leaves_for_another_host() -> None:
    observer = openapi_observer([BASE])
    token = {"Authorization": "JWT x"}
    observer.seen_of(requests.Request("GET", f"{BASE}.evil.test/rest/api/3/myself", headers=token).prepare())
    assert observer.invalid == ["GET acme.atlassian.net.evil.test/rest/api/3/myself: not an address of the site"]
