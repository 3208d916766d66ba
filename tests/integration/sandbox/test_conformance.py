"""The pretend Jira's answers and scopes against Atlassian's official OpenAPI; a loud skip where that is missing."""

import re

import pytest

from sandbox import Fault, PretendJira
from sandbox.jira.model import Issue, Person, Project, adf
from sandbox.jira.render import Renderer
from sandbox.jira.rest.gone import REMOVED, UNKNOWN
from sandbox.jira.rest.protocol import OPERATIONS, Operation
from tests.conformance.openapi import openapi_observer
from tests.conformance.specification import official_specification
from tests.integration.sandbox.conftest import Client

ANONYMOUS = {"getServerInfo"}


def served() -> list[Operation]:
    return [each for each in OPERATIONS if each.id not in (REMOVED, UNKNOWN)]


def test_every_operation_stands_in_the_specification_with_its_scope() -> None:
    specification = official_specification()
    for operation in served():
        path = re.sub(r"<[^>]+>", "1", operation.rule)
        found = specification.operation(operation.method, path)
        assert found is not None, operation.rule
        assert not found.is_removed, operation.id
        assert found.id == operation.id
        if operation.id not in ANONYMOUS:
            assert found.connect_scope == operation.scope, operation.id


def test_every_answer_is_valid(
    jira: PretendJira, client: Client, issue: Issue, project: Project, alice: Person
) -> None:
    observer = openapi_observer([jira.base_url])
    observer.watch(client.session)
    project.category = "Clients"
    epic = jira.add_issue(project, "Epic", type_name="Epic")
    jira.edit_issue(issue, epic=epic.id, assignee=alice.account_id, components=["Web"], description=adf("Text"))
    log = jira.add_worklog(issue, seconds=5400, author=alice, comment="Text", visibility=("role", "Members"))
    jira.restrict(log, role="atlassian-addons-project-access")
    bare = jira.add_worklog(issue, seconds=60)
    use_issues(client)
    use_comments(client)
    use_people(client, alice, project)
    use_actions(client, alice)
    client.get("/worklog/updated?since=0")
    client.get("/worklog/deleted?since=0")
    assert len(client.post("/worklog/list", {"ids": [log.id, bare.id]}).json()) == 2
    client.get("/issue/ACM-1/worklog")
    client.get(f"/issue/ACM-1/worklog/{log.id}")
    use_the_site(client)
    client.get("/issue/NOPE-1")
    client.get("/user?accountId=nobody")
    observer.assert_clean()
    assert observer.operations == {each.id for each in served()}


def test_a_witness_finds_what_is_wrong_with_a_request_and_with_an_answer(
    jira: PretendJira, client: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    observer = openapi_observer()
    jira.site.witnesses.append(observer.witness)
    client.get("/issue/ACM-1")
    assert observer.take_problems() == []
    client.get("/issue/ACM-1?limit=5")
    client.post("/worklog/list", {"ids": ["one"]})
    assert observer.take_problems() == [
        "GET /rest/api/3/issue/ACM-1: unknown query parameter limit",
        "POST /rest/api/3/worklog/list: 'one' is not of type 'integer'",
    ]
    monkeypatch.setattr(Renderer, "issue", lambda *_arguments: {"id": issue.id})
    client.get("/issue/ACM-1")
    assert observer.take_problems() == [f"getIssue 200: {issue.id} is not of type 'string'"]


def test_a_witness_sees_the_answer_that_a_fault_spoils_and_none_that_a_fault_invents(
    jira: PretendJira, client: Client, issue: Issue
) -> None:
    observer = openapi_observer()
    jira.site.witnesses.append(observer.witness)
    jira.faults.add("getIssue", Fault.truncated(), times=1)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        client.get(f"/issue/{issue.key}").json()
    jira.faults.add("getIssue", Fault.html(), times=1)
    assert client.get(f"/issue/{issue.key}").text.startswith("<!doctype html>")
    assert (observer.seen, observer.take_problems()) == (2, [])


def use_actions(client: Client, alice: Person) -> None:
    fields: dict[str, object] = {
        "project": {"id": "10000"},
        "issuetype": {"name": "Sub-task"},
        "summary": "Call Acme",
        "description": adf("Script"),
        "duedate": "2026-02-01",
        "assignee": {"accountId": alice.account_id},
        "parent": {"key": "ACM-1"},
    }
    made = client.post("/issue", {"fields": fields, "properties": [{"key": "dunlin-call", "value": {"effect": "e"}}]})
    assert made.status_code == 201
    assert client.post("/issue", {"fields": {**fields, "assignee": {"accountId": "nobody"}}}).status_code == 400
    assert client.post("/issue", {"fields": {**fields, "wrong": 1}}).status_code == 400
    new = made.json()["key"]
    shown = client.get(f"/issue/{new}").json()["fields"]
    assert (shown["duedate"], shown["status"]["name"], shown["issuetype"]["subtask"]) == ("2026-02-01", "To Do", True)
    ways = client.get(f"/issue/{new}/transitions").json()["transitions"]
    assert [way["to"]["name"] for way in ways] == ["In Progress", "Done"]
    assert client.post(f"/issue/{new}/transitions", {"transition": {"id": ways[1]["id"]}}).status_code == 204
    assert client.post(f"/issue/{new}/transitions", {"transition": {"id": ways[1]["id"]}}).status_code == 400
    assert [status["name"] for status in client.get("/status").json()] == ["To Do", "In Progress", "Done"]
    note = {"subject": "s", "textBody": "t", "to": {"users": [{"accountId": alice.account_id}]}}
    assert client.post(f"/issue/{new}/notify", note).status_code == 204
    assert client.post(f"/issue/{new}/notify", {**note, "to": {"users": []}}).status_code == 400
    link = {"type": {"name": "Relates"}, "inwardIssue": {"key": new}, "outwardIssue": {"key": "ACM-1"}}
    for _ in range(2):
        assert client.post("/issueLink", link).status_code == 201
    assert len(client.get(f"/issue/{new}").json()["fields"]["issuelinks"]) == 1


def use_issues(client: Client) -> None:
    client.get("/issue/ACM-1")
    client.post(
        "/issue/bulkfetch", {"issueIdsOrKeys": ["ACM-1", "NOPE-1"], "fields": ["*all"], "properties": ["dunlin"]}
    )
    client.put("/issue/ACM-1/properties/dunlin", {"unbilledHours": 1.5})
    client.put("/issue/ACM-1/properties/dunlin", {"unbilledHours": 2})
    client.get("/issue/ACM-1/properties")
    client.get("/issue/ACM-1/properties/dunlin")
    client.call("DELETE", "/issue/ACM-1/properties/dunlin")
    client.post("/search/jql", {"jql": "project = ACM", "fields": ["summary"], "maxResults": 1, "properties": ["x"]})
    client.post("/search/approximate-count", {"jql": "project = ACM"})


def use_comments(client: Client) -> None:
    marker = [{"key": "effect", "value": {"id": "e1"}}]
    made = client.post("/issue/ACM-1/comment", {"body": adf("Text"), "properties": marker}).json()
    path = f"/issue/ACM-1/comment/{made['id']}"
    client.get("/issue/ACM-1/comment?orderBy=-created")
    client.get(path)
    client.put(f"{path}?notifyUsers=false", {"body": adf("Other")})
    client.call("POST", "/comment/list?expand=properties", json={"ids": [int(made["id"])]})
    properties = f"/comment/{made['id']}/properties"
    client.put(f"{properties}/other", {"a": 1})
    client.get(properties)
    client.get(f"{properties}/other")
    client.call("DELETE", path)


def use_people(client: Client, person: Person, project: Project) -> None:
    client.get(f"/user?accountId={person.account_id}")
    client.get(f"/user/bulk?accountId={person.account_id}&maxResults=200")
    client.get("/user/search?query=ali")
    client.get(f"/user/groups?accountId={person.account_id}")
    client.get("/groups/picker?query=a")
    client.get("/myself")
    asked = [{"permissions": ["BROWSE_PROJECTS"], "projects": [project.id]}]
    client.post("/permissions/check", {"accountId": person.account_id, "projectPermissions": asked})
    client.get("/mypermissions?permissions=ADMINISTER,EDIT_ISSUES")
    client.get("/project/search")
    client.get("/project/ACM")
    roles = client.get("/project/ACM/role").json()
    client.get(f"/project/ACM/role/{roles['Members'].rsplit('/', 1)[1]}")


def use_the_site(client: Client) -> None:
    client.get("/serverInfo")
    client.get("/field")
    client.get("/configuration")
    client.get("/webhook/failed")
    root = "/rest/atlassian-connect/1/addons/com.example.stub/properties"
    client.put(f"{root}/plan", {"a": 1})
    client.put(f"{root}/plan", {"a": 2})
    client.get(f"{root}/plan")
    client.get(root)
    client.call("DELETE", f"{root}/plan")
