"""Issues by search and by id, projects, and the issue property."""

import pytest

from plugin.domain.errors import InvalidInput
from plugin.services.jira_errors import JiraUnavailable
from tests.unit.jira.wire import Answer, Sent, Wire, site_on

FIELDS = ["summary", "issuetype", "project", "parent", "components", "labels", "assignee", "updated"]


def issue(number: int, **fields: object) -> dict[str, object]:
    known = {
        "summary": f"Issue {number}",
        "issuetype": {"id": "1", "name": "Task", "subtask": False},
        "project": {"id": "10", "key": "ABC", "name": "Alphabet"},
        "updated": "2026-02-01T08:00:00.000+0000",
    }
    return {"id": str(number), "key": f"ABC-{number}", "fields": known | fields}


def test_search_asks_for_explicit_fields_and_goes_on_by_cursor_until_the_last_page() -> None:
    wire = Wire(
        Answer({"issues": [issue(1)], "nextPageToken": "t1", "isLast": False}),
        Answer({"issues": [], "nextPageToken": "t2", "isLast": False}),
        Answer({"issues": [issue(2)], "isLast": True}),
    )
    site, found, cursor, first = site_on(wire), [], None, True
    while first or cursor:
        page = site.search('project = "ABC"', fields=("customfield_1",), cursor=cursor, reconcile=["2"])
        found += [one.key for one in page.issues]
        cursor, first = page.cursor, False
    assert found == ["ABC-1", "ABC-2"]  # a short page is not the last one
    asked = {"jql": 'project = "ABC"', "fields": [*FIELDS, "customfield_1"], "maxResults": 100, "reconcileIssues": [2]}
    assert [one.body for one in wire.sent] == [asked, asked | {"nextPageToken": "t1"}, asked | {"nextPageToken": "t2"}]
    assert {(one.method, one.path) for one in wire.sent} == {("POST", "/rest/api/3/search/jql")}


def test_an_issue_is_read_with_its_parent_and_the_fields_asked_for() -> None:
    rich = issue(
        3,
        parent={"id": "9", "key": "ABC-9", "fields": {"issuetype": {"name": "Epic"}}},
        components=[{"id": "5", "name": "Web"}],
        labels=["vip"],
        assignee={"accountId": "ann", "displayName": "Ann"},
        customfield_1={"value": "Acme"},
        customfield_2="not asked for",
    )
    (found,) = site_on(Wire(Answer({"issues": [rich], "issueErrors": []}))).issues(["3"], fields=("customfield_1",))
    assert (found.id, found.key, found.summary, found.type_name) == ("3", "ABC-3", "Issue 3", "Task")
    assert (found.project_id, found.project_key) == ("10", "ABC")
    assert (found.parent_id, found.parent_key, found.parent_type) == ("9", "ABC-9", "Epic")
    assert (found.components, found.labels, found.assignee_id) == (("Web",), ("vip",), "ann")
    assert found.extra == {"customfield_1": {"value": "Acme"}}


def test_bare_issue_fields_may_be_null() -> None:
    bare = issue(
        4, summary=None, issuetype=None, components=None, labels=None, assignee=None, parent=None, updated=None
    )
    (found,) = site_on(Wire(Answer({"issues": [bare]}))).issues(["ABC-4"])
    assert (found.summary, found.type_name, found.components, found.updated) == ("", "", (), None)


@pytest.mark.parametrize(
    "answer",
    [
        {"issues": [issue(1)], "isLast": False},
        {"issues": [{"id": "1", "key": "ABC-1", "fields": {"summary": "no project"}}], "isLast": True},
        {"issues": [{"id": "1"}], "isLast": True},
        {"isLast": True},
        {"errorMessages": ["?"]},
    ],
)
def test_fault_F31_a_page_that_is_not_as_documented_imports_nothing(answer: object) -> None:
    with pytest.raises(JiraUnavailable):
        site_on(Wire(Answer(answer))).search("project = ABC")


def test_limits_of_search_and_bulk_are_refused_before_a_call() -> None:
    wire = Wire(Answer({}))
    with pytest.raises(InvalidInput):
        site_on(wire).search("project = ABC", reconcile=[str(one) for one in range(51)])
    with pytest.raises(InvalidInput):
        site_on(wire).issues([str(one) for one in range(101)])
    assert site_on(wire).issues([]) == []
    assert wire.sent == []


def test_projects_are_paged_to_the_end() -> None:
    def page(sent: Sent) -> Answer:
        start, size = int(sent.query["startAt"][0]), int(sent.query["maxResults"][0])
        end = min(start + size, 120)
        values = [
            {"id": str(one), "key": f"P{one}", "name": "N", "projectTypeKey": "software"} for one in range(start, end)
        ]
        return Answer({"startAt": start, "maxResults": size, "total": 120, "isLast": end == 120, "values": values})

    wire = Wire(page)
    site, keys, start = site_on(wire), [], 0
    while True:
        found = site.projects(start_at=start)
        keys += [one.key for one in found.projects]
        if found.next_start is None:
            break
        start = found.next_start
    assert keys == [f"P{one}" for one in range(120)]


def test_the_property_is_put_whole_and_its_size_is_checked_first() -> None:
    wire = Wire(Answer(None, status=201))
    site = site_on(wire)
    site.put_issue_property("ABC-1", "dunlin", {"unbilledHours": 1.5, "invoices": []})
    (sent,) = wire.sent
    assert (sent.method, sent.path) == ("PUT", "/rest/api/3/issue/ABC-1/properties/dunlin")
    assert sent.body == {"unbilledHours": 1.5, "invoices": []}
    for value in ({}, {"text": "x" * 32_768}):
        with pytest.raises(InvalidInput):
            site.put_issue_property("ABC-1", "dunlin", value)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_cannot_climb_to_another_resource(key: str) -> None:
    wire = Wire(Answer(None))
    with pytest.raises(InvalidInput):
        site_on(wire).put_issue_property(key, "dunlin", {"a": 1})
    site_on(wire).put_issue_property("../../x?y", "dunlin", {"a": 1})
    assert [one.path for one in wire.sent] == ["/rest/api/3/issue/..%2F..%2Fx%3Fy/properties/dunlin"]
