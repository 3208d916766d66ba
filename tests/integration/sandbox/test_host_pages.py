"""The pages that look like Jira, and what their scripts ask for."""

from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import requests

from sandbox import FrozenWorldClock, Mailbox, PretendJira
from sandbox.jira.keys import KeyRing
from sandbox.jira.model import Issue, Person, Project
from sandbox.jira.tokens import query_hash
from sandbox.options import Options
from tests.integration.sandbox.conftest import Client
from tests.integration.sandbox.stub import APP_KEY, StubApp


@pytest.fixture
def bare(clock: FrozenWorldClock, keys: KeyRing, tmp_path: Path) -> Iterator[PretendJira]:
    options = Options(state=tmp_path / "state")
    with Mailbox(clock=clock) as box, PretendJira(clock=clock, keys=keys, mailbox=box, options=options) as jira:
        yield jira


@pytest.fixture
def bob(jira: PretendJira, project: Project) -> Person:
    bob = jira.add_person("Bob Lindqvist", time_zone="Europe/London", locale="de_DE")
    project.roles["Members"].add(bob.account_id)
    return bob


@pytest.fixture
def browser(jira: PretendJira) -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def become(browser: requests.Session, jira: PretendJira, person: Person) -> None:
    answer = browser.post(f"{jira.base_url}/_host/person", json={"account_id": person.account_id}, timeout=10)
    assert answer.status_code == 204


def test_every_page_opens(jira: PretendJira, browser: requests.Session, issue: Issue) -> None:
    jira.add_worklog(issue, seconds=5400, comment="Login form")
    pages = {
        "/browse/ACM-1": "Login page",
        "/projects/ACM": "ACM-1",
        "/projects/ACM/apps/billing": "Billing",
        "/projects/ACM/settings/settings": "Settings",
        "/admin/admin": "Administration",
        "/people": "Alice Berger",
        "/mailbox/": "Mailbox",
        "/search?q=login": "ACM-1",
    }
    for path, expected in pages.items():
        answer = browser.get(jira.base_url + path, timeout=10)
        assert answer.status_code == 200, path
        assert expected in answer.text


@pytest.mark.parametrize(
    "path", ["/browse/ACM-99", "/projects/NOPE", "/apps/none", "/mailbox/7", "/_host/frame?module=x"]
)
def test_what_is_not_there_is_not_found(jira: PretendJira, browser: requests.Session, alice: Person, path: str) -> None:
    assert browser.get(jira.base_url + path, timeout=10).status_code == 404


def test_the_front_page_opens_on_the_overdue_issue(
    jira: PretendJira, client: Client, browser: requests.Session, project: Project, issue: Issue
) -> None:
    front = browser.get(f"{jira.base_url}/", timeout=10)
    assert front.url == f"{jira.base_url}/projects/ACM"
    late = jira.add_issue(project, "Late")
    client.put(f"/issue/{late.key}/properties/dunlin", {"invoices": [{"number": "7", "state": "overdue", "due": "1"}]})
    assert browser.get(f"{jira.base_url}/", timeout=10).url == f"{jira.base_url}/browse/{late.key}"


def test_a_frame_is_signed_over_its_whole_address(
    jira: PretendJira, app: StubApp, browser: requests.Session, issue: Issue, alice: Person
) -> None:
    told = browser.get(f"{jira.base_url}/_host/frame?module=panel&issue=ACM-1", timeout=10).json()
    assert (told["addon_key"], told["key"]) == (APP_KEY, "panel")
    assert told["url"].startswith(f"{app.base_url}/page?issue=ACM-1&xdm_e=")
    token = told["url"].split("jwt=")[1]
    claims = jwt.decode(token, jira.installation.secret, algorithms=["HS256"])
    assert claims["qsh"] == query_hash("GET", told["url"], app.base_url)
    assert (claims["iss"], claims["sub"]) == (jira.client_key, alice.account_id)
    assert (told["options"]["hostOrigin"], told["options"]["origin"]) == (jira.base_url, app.base_url)
    assert "allow-same-origin" in told["options"]["sandbox"]


def test_a_context_token_names_person_issue_and_project(
    jira: PretendJira, browser: requests.Session, issue: Issue, project: Project, bob: Person
) -> None:
    become(browser, jira, bob)
    token = browser.get(f"{jira.base_url}/_host/token?module=panel&issue=ACM-1", timeout=10).json()["token"]
    claims = jwt.decode(token, jira.installation.secret, algorithms=["HS256"])
    assert (claims["qsh"], claims["sub"], claims["exp"] - claims["iat"]) == ("context-qsh", bob.account_id, 300)
    assert claims["context"]["jira"]["issue"] == {
        "id": str(issue.id),
        "key": "ACM-1",
        "issuetype": {"id": "10001"},
    }
    assert claims["context"]["jira"]["project"] == {"id": str(project.id), "key": "ACM"}


def test_the_person_decides_what_the_site_shows(
    jira: PretendJira, browser: requests.Session, issue: Issue, bob: Person
) -> None:
    hidden = jira.add_project("HID", "Hidden project")
    assert "/admin/admin" in browser.get(f"{jira.base_url}/projects/ACM", timeout=10).text
    become(browser, jira, bob)
    page = browser.get(f"{jira.base_url}/projects/ACM", timeout=10).text
    assert "/admin/admin" not in page
    assert "/settings/settings" not in page
    assert "Hidden project" not in page
    assert browser.get(f"{jira.base_url}/projects/{hidden.key}", timeout=10).status_code == 404
    context = browser.get(f"{jira.base_url}/_host/context?issue=ACM-1", timeout=10).json()
    assert (context["account_id"], context["locale"], context["timeZone"]) == (
        bob.account_id,
        "de_DE",
        "Europe/London",
    )


def test_restricted_comments_are_for_those_who_may(
    jira: PretendJira, client: Client, browser: requests.Session, issue: Issue, alice: Person, bob: Person
) -> None:
    jira.add_group("billers", members=[alice])
    comment = jira.add_comment(issue, "Between us", author=alice)
    jira.restrict(comment, group="billers")
    assert "Between us" in browser.get(f"{jira.base_url}/browse/ACM-1", timeout=10).text
    become(browser, jira, bob)
    assert "Between us" not in browser.get(f"{jira.base_url}/browse/ACM-1", timeout=10).text


def test_the_pulse_changes_with_mails_and_comments(
    jira: PretendJira, browser: requests.Session, issue: Issue, alice: Person
) -> None:
    first = browser.get(f"{jira.base_url}/_host/pulse", timeout=10).json()
    jira.add_comment(issue, "Hello", author=alice)
    second = browser.get(f"{jira.base_url}/_host/pulse", timeout=10).json()
    assert (first["comments"], second["comments"]) == (0, 1)


def test_calls_of_the_bridge_are_recorded(jira: PretendJira, browser: requests.Session) -> None:
    address = f"{jira.base_url}/_host/calls"
    browser.post(address, json={"name": "flag.create", "args": [{"title": "Sent"}]}, timeout=10)
    assert browser.get(address, timeout=10).json() == {"calls": [{"name": "flag.create", "args": [{"title": "Sent"}]}]}
    assert browser.delete(address, timeout=10).json() == {"calls": []}


def test_the_guide_counts_from_where_it_began(
    jira: PretendJira, client: Client, browser: requests.Session, issue: Issue
) -> None:
    path = f"/issue/{issue.key}/properties/dunlin"
    client.put(path, {"invoices": [{"number": "1", "state": "open"}]})
    assert browser.post(f"{jira.base_url}/_host/guide", timeout=10).status_code == 204
    guide = f"{jira.base_url}/_host/guide"
    assert browser.get(guide, timeout=10).json()["done"] == 0
    client.put(path, {"invoices": [{"number": "1", "state": "open"}, {"number": "2", "state": "open"}]})
    assert [step["done"] for step in browser.get(guide, timeout=10).json()["steps"]] == [
        True,
        True,
        False,
        False,
        False,
    ]
