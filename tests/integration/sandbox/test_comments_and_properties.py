"""Comments with visibility and marker, and entity properties."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import FrozenWorldClock, PretendJira
from sandbox.jira.model import APP_ROLE, Issue, Person, Project, adf
from tests.integration.sandbox.conftest import Client

MARKER = "com.example.stub.effect"


def commented(client: Client, issue: Issue, text: str = "Hello", **more: object) -> dict[str, Any]:
    answer = client.post(f"/issue/{issue.key}/comment", {"body": adf(text), **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_comment_is_made_as_the_app_with_its_marker(jira: PretendJira, client: Client, issue: Issue) -> None:
    made = commented(client, issue, properties=[{"key": MARKER, "value": {"id": "e1"}}])
    assert made["author"]["accountId"] == jira.installation.account_id
    assert made["author"]["accountType"] == "app"
    kept = jira.comments(issue)[0]
    assert (kept.properties, kept.notified) == ({MARKER: {"id": "e1"}}, 1)


def test_the_marker_is_found_only_by_the_list_of_ids(client: Client, issue: Issue) -> None:
    made = commented(client, issue, properties=[{"key": MARKER, "value": {"id": "e1"}}])
    listed = client.get(f"/issue/{issue.key}/comment?orderBy=-created&expand=properties").json()
    assert "properties" not in listed["comments"][0]
    found = client.call("POST", "/comment/list?expand=properties", json={"ids": [int(made["id"])]}).json()
    assert found["values"][0]["properties"] == [{"key": MARKER, "value": {"id": "e1"}}]


def test_comments_come_in_pages_of_100_newest_first_on_demand(
    client: Client, clock: FrozenWorldClock, issue: Issue
) -> None:
    for number in range(105):
        commented(client, issue, f"Comment {number}")
        clock.advance(timedelta(seconds=1))
    first = client.get(f"/issue/{issue.key}/comment?orderBy=-created&maxResults=500").json()
    assert (len(first["comments"]), first["total"], first["maxResults"]) == (100, 105, 100)
    assert first["comments"][0]["body"] == adf("Comment 104")
    rest = client.get(f"/issue/{issue.key}/comment?startAt=100").json()
    assert [each["body"] for each in rest["comments"]] == [adf(f"Comment {number}") for number in range(100, 105)]


def test_an_edit_in_place_tells_nobody_when_asked_not_to(jira: PretendJira, client: Client, issue: Issue) -> None:
    made = commented(client, issue)
    path = f"/issue/{issue.key}/comment/{made['id']}"
    assert client.put(f"{path}?notifyUsers=false", {"body": adf("Quietly")}).status_code == 200
    kept = jira.comments(issue)[0]
    assert (kept.body, kept.edits, kept.notified) == (adf("Quietly"), 1, 1)
    client.put(path, {"body": adf("Loudly")})
    assert (kept.edits, kept.notified) == (2, 2)


def test_a_comment_that_a_person_deleted_is_gone(jira: PretendJira, client: Client, issue: Issue) -> None:
    made = commented(client, issue)
    jira.delete_comment(jira.comments(issue)[0])
    assert client.put(f"/issue/{issue.key}/comment/{made['id']}", {"body": adf("Again")}).status_code == 404
    assert client.call("POST", "/comment/list", json={"ids": [int(made["id"])]}).json()["values"] == []


def test_visibility_is_a_role_or_a_group_that_exists_and_that_the_writer_is_in(
    jira: PretendJira, client: Client, issue: Issue, alice: Person
) -> None:
    jira.add_group("billers", members=[alice, jira.app_person])
    jira.add_group("managers", members=[alice])
    role = commented(client, issue, visibility={"type": "role", "value": APP_ROLE})
    assert role["visibility"] == {"type": "role", "value": APP_ROLE, "identifier": APP_ROLE}
    group_id = jira.world.groups["billers"].group_id
    group = commented(client, issue, visibility={"type": "group", "identifier": group_id})
    assert group["visibility"]["value"] == "billers"
    others = ({"type": "group", "value": "managers"}, {"type": "role", "value": "Administrators"})
    unknown = ({"type": "group", "value": "nobody"}, {"type": "role", "value": "Kings"}, {"type": "planet"})
    for wrong in (*others, *unknown):
        assert client.post(f"/issue/{issue.key}/comment", {"body": adf("x"), "visibility": wrong}).status_code == 400


def test_a_comment_hidden_from_the_app_is_not_there_for_it(
    jira: PretendJira, client: Client, issue: Issue, alice: Person
) -> None:
    made = jira.add_comment(issue, "Among us", author=alice)
    jira.restrict(made, role="Administrators")
    assert client.get(f"/issue/{issue.key}/comment").json()["total"] == 0
    assert client.get(f"/issue/{issue.key}/comment/{made.id}").status_code == 404


def test_a_comment_of_a_service_desk_is_public_unless_it_is_marked_as_internal(client: Client, issue: Issue) -> None:
    internal = [{"key": "sd.public.comment", "value": {"internal": True}}]
    assert commented(client, issue)["jsdPublic"] is True
    assert commented(client, issue, properties=internal)["jsdPublic"] is False


@pytest.mark.parametrize("body", ["plain text", {"type": "doc"}, None])
def test_a_body_that_is_no_document_is_refused(client: Client, issue: Issue, body: object) -> None:
    assert client.post(f"/issue/{issue.key}/comment", {"body": body}).status_code == 400


def test_without_permission_or_issue_nothing_is_written(
    jira: PretendJira, client: Client, project: Project, issue: Issue
) -> None:
    jira.deny(jira.installation.account_id, "ADD_COMMENTS", project)
    assert client.post(f"/issue/{issue.key}/comment", {"body": adf("x")}).status_code == 403
    assert client.post("/issue/ACM-99/comment", {"body": adf("x")}).status_code == 404
    assert jira.comments() == []


def test_an_issue_property_is_made_then_changed(jira: PretendJira, client: Client, issue: Issue) -> None:
    path = f"/issue/{issue.key}/properties/dunlin"
    assert client.get(path).status_code == 404
    assert [client.put(path, {"unbilledHours": hours}).status_code for hours in (1, 2)] == [201, 200]
    assert client.get(path).json() == {"key": "dunlin", "value": {"unbilledHours": 2}}
    assert jira.property(issue, "dunlin") == {"unbilledHours": 2}
    assert client.call("DELETE", path).status_code == 204
    assert client.get(path).status_code == 404


def test_a_property_has_limits(client: Client, issue: Issue) -> None:
    path = f"/issue/{issue.key}/properties"
    assert client.put(f"{path}/dunlin", "x" * 32_766).status_code == 201
    assert client.put(f"{path}/dunlin", "x" * 32_767).status_code == 400
    assert client.put(f"{path}/{'k' * 256}", {"a": 1}).status_code == 400


def test_a_comment_property_is_put_and_read(client: Client, issue: Issue) -> None:
    made = commented(client, issue)
    path = f"/comment/{made['id']}/properties/{MARKER}"
    assert [client.put(path, {"id": number}).status_code for number in (1, 2)] == [201, 200]
    assert client.get(path).json() == {"key": MARKER, "value": {"id": 2}}
    keys = client.get(f"/comment/{made['id']}/properties").json()["keys"]
    assert [each["key"] for each in keys] == [MARKER]


def test_app_properties_are_kept_per_app(client: Client) -> None:
    root = "/rest/atlassian-connect/1/addons/com.example.stub/properties"
    assert [client.put(f"{root}/plan", {"paid": yes}).status_code for yes in (False, True)] == [201, 200]
    assert client.get(f"{root}/plan").json() == {"key": "plan", "value": {"paid": True}}
    assert client.get(f"{root}/other").status_code == 404
    assert client.put("/rest/atlassian-connect/1/addons/com.other/properties/plan", {}).status_code == 401
