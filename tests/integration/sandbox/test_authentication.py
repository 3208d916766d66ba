"""Every call is checked: secret, issuer, life, hash, scope and host."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from sandbox import PretendJira
from sandbox.jira.tokens import query_hash
from tests.integration.sandbox.conftest import Client
from tests.integration.sandbox.stub import APP_KEY, StubApp

PATH = "/rest/api/3/myself"


def claims(jira: PretendJira, **changes: object) -> dict[str, object]:
    now = int(datetime.now(UTC).timestamp())
    honest: dict[str, object] = {
        "iss": APP_KEY,
        "iat": now,
        "exp": now + 180,
        "qsh": query_hash("GET", jira.base_url + PATH, jira.base_url),
    }
    return {name: value for name, value in {**honest, **changes}.items() if value is not None}


def ask(jira: PretendJira, token: str, *, kind: str = "JWT") -> int:
    headers = {"Authorization": f"{kind} {token}"} if token else {}
    return requests.get(jira.base_url + PATH, headers=headers, timeout=10).status_code


def test_an_honest_token_of_three_minutes_is_taken(jira: PretendJira) -> None:
    assert ask(jira, jira.sign(claims(jira))) == 200


def test_refused_tokens(jira: PretendJira) -> None:
    now = int(datetime.now(UTC).timestamp())
    refused = {
        "lives": jira.sign(claims(jira, exp=now + 181)),
        "but it is": jira.sign(claims(jira, iat=now - 400, exp=now - 300)),
        "not the app key": jira.sign(claims(jira, iss=jira.client_key)),
        "qsh is not that": jira.sign(claims(jira, qsh=query_hash("POST", jira.base_url + PATH, jira.base_url))),
        "context": jira.sign(claims(jira, qsh="context-qsh")),
        "MissingRequiredClaim": jira.sign(claims(jira, qsh=None)),
        "InvalidSignature": jira.sign(claims(jira), secret="x" * 48),
        "InvalidAlgorithm": jira.sign(claims(jira), algorithm="none"),
    }
    assert {reason: ask(jira, token) for reason, token in refused.items()} == dict.fromkeys(refused, 401)
    notes = [call.note for call in jira.requests("getCurrentUser")]
    for reason, note in zip(refused, notes, strict=True):
        assert reason == "context" or reason in note


def test_without_a_token_or_with_a_bearer_nobody_gets_in(jira: PretendJira) -> None:
    assert (ask(jira, ""), ask(jira, jira.sign(claims(jira)), kind="Bearer")) == (401, 401)


def test_a_token_of_the_future_is_refused_beyond_the_leeway(jira: PretendJira) -> None:
    ahead = int((datetime.now(UTC) + timedelta(minutes=2)).timestamp())
    assert ask(jira, jira.sign(claims(jira, iat=ahead, exp=ahead + 60))) == 401


def test_the_product_signs_paths_and_queries_as_jira_hashes_them(client: Client) -> None:
    assert client.get("/user/search?query=a%20b+c&query=%C3%A9&maxResults=5").status_code == 200
    assert client.get("/user/search?query=*!%27()~._-").status_code == 200


def test_after_uninstall_and_while_disabled_calls_are_refused(jira: PretendJira, client: Client) -> None:
    jira.disable()
    assert client.get("/myself").status_code == 401
    jira.enable()
    assert client.get("/myself").status_code == 200
    token = jira.sign(claims(jira))
    jira.uninstall()
    assert ask(jira, token) == 401


def test_a_body_with_get_is_forbidden(client: Client) -> None:
    assert client.call("GET", "/myself", json={}).status_code == 403


@pytest.mark.parametrize("scopes", [("READ",), ()])
def test_an_app_without_the_scope_is_forbidden(bare: PretendJira, scopes: tuple[str, ...]) -> None:
    with StubApp(scopes=scopes) as app, requests.Session() as session:
        bare.install(app.descriptor_url)
        client = Client(bare, session)
        project = bare.add_project("ACM", "Acme")
        issue = bare.add_issue(project, "One")
        assert client.put(f"/issue/{issue.key}/properties/dunlin", {"a": 1}).status_code == 403
        assert client.get(f"/issue/{issue.key}").status_code == (200 if scopes else 403)


def test_the_site_answers_under_its_own_name_only(jira: PretendJira) -> None:
    token = jira.sign(claims(jira))
    headers = {"Authorization": f"JWT {token}"}
    other = requests.get(f"http://127.0.0.1:{jira.port}{PATH}", headers=headers, timeout=10)
    assert other.status_code == 404
