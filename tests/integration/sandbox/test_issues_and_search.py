"""Issues by key, in bulk and by JQL with a cursor; what is removed answers 410."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import FrozenWorldClock, PretendJira
from sandbox.jira.model import Issue, Person, Project
from tests.integration.sandbox.conftest import Client


def search(client: Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/search/jql", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_issue_is_found_by_key_and_id_and_hidden_ones_are_not(
    jira: PretendJira, client: Client, project: Project, issue: Issue, alice: Person
) -> None:
    epic = jira.add_issue(project, "Relaunch", type_name="Epic")
    jira.edit_issue(
        issue, epic=epic.id, assignee=alice.account_id, components=["Web"], fields={"customfield_10050": "PO"}
    )
    told = client.get(f"/issue/{issue.id}").json()
    fields = told["fields"]
    assert (told["key"], fields["summary"], fields["project"]["key"]) == ("ACM-1", "Login page", "ACM")
    assert (fields["parent"]["key"], fields["assignee"]["displayName"]) == ("ACM-2", "Alice Berger")
    assert (fields["components"][0]["name"], fields["customfield_10050"]) == ("Web", "PO")
    jira.hide_project_from_app(project)
    assert client.get("/issue/ACM-1").status_code == 404


def test_only_the_fields_asked_for_come(client: Client, issue: Issue) -> None:
    assert set(client.get(f"/issue/{issue.key}?fields=summary,status").json()["fields"]) == {"summary", "status"}
    assert "worklog" not in client.get(f"/issue/{issue.key}?fields=*all,-worklog").json()["fields"]


def test_many_issues_come_by_ascending_id_with_the_missing_ones_beside(
    jira: PretendJira, client: Client, project: Project, issue: Issue
) -> None:
    second, other = jira.add_issue(project, "Second"), jira.add_project("OTH", "Other")
    jira.edit_issue(second, project=other)
    told = client.post("/issue/bulkfetch", {"issueIdsOrKeys": ["ACM-2", "ACM-1", "NO-1"], "fields": ["summary"]}).json()
    assert [each["key"] for each in told["issues"]] == ["ACM-1", "OTH-1"]
    assert [each["id"] for each in told["issueErrors"]] == ["NO-1"]
    too_many = client.post("/issue/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(101)]})
    assert too_many.status_code == 400


def test_a_search_without_fields_gives_ids_only(client: Client, issue: Issue) -> None:
    assert search(client, jql="project = ACM") == {"issues": [{"id": str(issue.id)}], "isLast": True}


def test_the_cursor_walks_through_all_pages_and_short_pages_do_not_end_it(
    jira: PretendJira, client: Client, project: Project
) -> None:
    made = [jira.add_issue(project, f"Issue {number}").key for number in range(250)]
    keys: list[str] = []
    body: dict[str, str] = {}
    pages, last = 0, False
    while not last:
        told = search(client, jql="project = ACM ORDER BY id ASC", fields=["summary"], maxResults=500, **body)
        keys += [each["key"] for each in told["issues"]]
        pages, last = pages + 1, told["isLast"]
        body = {} if last else {"nextPageToken": told["nextPageToken"]}
        assert "total" not in told
    assert (keys, pages) == (made, 3)


def test_properties_are_searched_by_the_aliases_of_the_descriptor(
    jira: PretendJira, client: Client, project: Project, issue: Issue
) -> None:
    jira.add_issue(project, "Nothing owed")
    value = {"invoices": [{"number": "2026-7", "state": "overdue"}]}
    assert client.put(f"/issue/{issue.key}/properties/dunlin", value).status_code == 201
    told = search(client, jql="invoiceState = overdue", fields=["key"], properties=["dunlin"])
    assert [(each["key"], each["properties"]["dunlin"]) for each in told["issues"]] == [("ACM-1", value)]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"jql": ""}, "Unbounded"),
        ({"jql": "project = NOPE"}, "does not exist"),
        ({"jql": "project = ACM", "startAt": 0}, "Unrecognized field"),
        ({"fields": ["id"]}, "'jql' is required"),
        ({"jql": "project = ACM", "nextPageToken": "stale"}, "invalid or has expired"),
        ({"jql": "project = ACM", "reconcileIssues": list(range(51))}, "50 issues"),
        ({"jql": "project = ACM", "maxResults": 0}, "positive"),
    ],
)
def test_searches_that_jira_refuses(client: Client, project: Project, body: dict[str, Any], sentence: str) -> None:
    answer = client.post("/search/jql", body)
    assert answer.status_code == 400
    assert sentence in answer.json()["errorMessages"][0]


def test_fresh_issues_are_missing_while_the_index_lags_unless_reconciled(
    jira: PretendJira, client: Client, clock: FrozenWorldClock, project: Project
) -> None:
    jira.search_lag = timedelta(seconds=30)
    fresh = jira.add_issue(project, "Fresh")
    assert search(client, jql="project = ACM")["issues"] == []
    assert len(search(client, jql="project = ACM", reconcileIssues=[fresh.id])["issues"]) == 1
    clock.advance(timedelta(seconds=31))
    assert len(search(client, jql="project = ACM")["issues"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/search?jql=project=ACM"), ("POST", "/search"), ("POST", "/search/id"), ("POST", "/expression/eval")],
)
def test_what_atlassian_removed_is_gone_and_on_record(
    jira: PretendJira, client: Client, method: str, path: str
) -> None:
    assert client.call(method, path, json={} if method == "POST" else None).status_code == 410
    assert [call.path for call in jira.removed_operations()] == [f"/rest/api/3{path.split('?', maxsplit=1)[0]}"]


def test_an_unknown_resource_is_not_found_and_on_record(jira: PretendJira, client: Client) -> None:
    assert client.get("/resolution").status_code == 404
    assert [call.path for call in jira.unknown_operations()] == ["/rest/api/3/resolution"]
