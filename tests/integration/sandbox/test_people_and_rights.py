"""People, groups, projects, and the question who may do what."""

from typing import Any

import pytest

from sandbox import PretendJira
from sandbox.jira.model import Issue, Person, Project
from tests.integration.sandbox.conftest import Client


def test_people_in_bulk_come_ten_a_page_unless_more_are_asked_for(jira: PretendJira, client: Client) -> None:
    people = [jira.add_person(f"Person {number}").account_id for number in range(40)]
    query = "&".join(f"accountId={each}" for each in [*people, "nobody"])
    short = client.get(f"/user/bulk?{query}").json()
    assert (len(short["values"]), short["total"], short["isLast"]) == (10, 40, False)
    assert len(client.get(short["nextPage"].removeprefix(jira.base_url)).json()["values"]) == 10
    whole = client.get(f"/user/bulk?{query}&maxResults=200").json()
    assert ([each["accountId"] for each in whole["values"]], whole["isLast"]) == (people, True)
    assert client.get("/user/bulk").status_code == 400


def test_an_address_is_hidden_unless_its_owner_shows_it(jira: PretendJira, client: Client) -> None:
    shy = jira.add_person("Shy")
    open_person = jira.add_person("Open", email="open@people.example", email_visible=True)
    told = [client.get(f"/user?accountId={each.account_id}").json() for each in (shy, open_person)]
    assert [each.get("emailAddress") for each in told] == [None, "open@people.example"]
    assert client.get("/user?accountId=nobody").status_code == 404


def test_groups_of_a_person(jira: PretendJira, client: Client, alice: Person) -> None:
    jira.add_group("billers", members=[alice])
    told = client.get(f"/user/groups?accountId={alice.account_id}").json()
    assert {each["name"] for each in told} == {"jira-users", "site-admins", "billers"}
    assert all(each["groupId"] for each in told)
    assert [each["name"] for each in client.get("/groups/picker?query=bill").json()["groups"]] == ["billers"]


def test_myself_is_the_app(jira: PretendJira, client: Client) -> None:
    assert client.get("/myself").json()["accountId"] == jira.app_person.account_id


def test_projects_come_by_key_in_pages(jira: PretendJira, client: Client) -> None:
    for number in range(120):
        jira.add_project(f"P{number:03}", f"Project {number}")
    jira.hide_project_from_app(jira.add_project("SECRET", "Secret"))
    first = client.get("/project/search?maxResults=500").json()
    assert (len(first["values"]), first["total"], first["isLast"]) == (100, 120, False)
    last = client.get(first["nextPage"].removeprefix(jira.base_url)).json()
    assert (last["values"][0]["key"], last["isLast"]) == ("P100", True)
    assert client.get("/project/SECRET").status_code == 404


def test_a_project_tells_its_lead_roles_and_components(
    jira: PretendJira, client: Client, project: Project, alice: Person
) -> None:
    jira.add_issue(project, "One", components=["Web"])
    told = client.get("/project/ACM").json()
    assert (told["lead"]["accountId"], told["components"][0]["name"]) == (alice.account_id, "Web")
    roles = client.get("/project/ACM/role").json()
    members = client.get(roles["Members"].removeprefix(jira.base_url)).json()
    assert [each["actorUser"]["accountId"] for each in members["actors"]] == [alice.account_id]


def check(client: Client, person: Person, **asked: Any) -> dict[str, Any]:
    answer = client.post("/permissions/check", {"accountId": person.account_id, **asked})
    assert answer.status_code == 200, answer.text
    granted: dict[str, Any] = answer.json()
    return granted


def test_the_check_lists_what_was_granted_and_drops_the_unknown(
    jira: PretendJira, client: Client, project: Project, issue: Issue, alice: Person
) -> None:
    bob = jira.add_person("Bob")
    project.roles["Members"].add(bob.account_id)
    other = jira.add_project("OTH", "Other")
    asked = {
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [
            {"permissions": ["ADMINISTER_PROJECTS"], "projects": [project.id, 99]},
            {"permissions": ["BROWSE_PROJECTS"], "projects": [project.id, other.id], "issues": [issue.id, 98]},
        ],
    }
    bobs = check(client, bob, **asked)
    assert bobs["globalPermissions"] == []
    assert bobs["projectPermissions"] == [
        {"permission": "ADMINISTER_PROJECTS", "projects": [], "issues": []},
        {"permission": "BROWSE_PROJECTS", "projects": [project.id], "issues": [issue.id]},
    ]
    alices = check(client, alice, **asked)
    assert alices["globalPermissions"] == ["ADMINISTER"]
    assert [each["projects"] for each in alices["projectPermissions"]] == [[project.id], [project.id, other.id]]


def test_somebody_unknown_is_granted_nothing(client: Client, project: Project) -> None:
    body = {
        "accountId": "nobody",
        "projectPermissions": [{"permissions": ["BROWSE_PROJECTS"], "projects": [project.id]}],
    }
    assert client.post("/permissions/check", body).json()["projectPermissions"][0]["projects"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"globalPermissions": ["RULE_THE_WORLD"]},
        {"projectPermissions": [{"permissions": ["ADMINISTER"], "projects": [1]}]},
        {"projectPermissions": [{"permissions": ["BROWSE_PROJECTS"], "projects": ["10000"]}]},
        {"permissions": ["BROWSE_PROJECTS"]},
    ],
)
def test_odd_questions_are_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.post("/permissions/check", body).status_code == 400


def test_my_permissions_are_the_apps(client: Client, issue: Issue) -> None:
    told = client.get(f"/mypermissions?permissions=EDIT_ISSUES,ADMINISTER&issueKey={issue.key}").json()["permissions"]
    assert {name: each["havePermission"] for name, each in told.items()} == {"EDIT_ISSUES": True, "ADMINISTER": False}
    assert client.get("/mypermissions").status_code == 400
