"""Directing the pretend world from another process."""

from pathlib import Path

import pytest
import requests

from sandbox import FrozenWorldClock, Mailbox, PretendJira
from sandbox.jira.keys import KeyRing
from sandbox.jira.model import Issue, Person, adf
from sandbox.options import Options
from tests.integration.sandbox.conftest import Client
from tests.integration.sandbox.stub import StubApp


def control(jira: PretendJira, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{jira.base_url}/_control/{path}", json=body, timeout=30)


def test_the_state_counts_what_is_there(jira: PretendJira, client: Client, issue: Issue, alice: Person) -> None:
    jira.add_worklog(issue, seconds=600, author=alice)
    client.get("/myself")
    state = control(jira, "GET", "state").json()
    assert (state["issues"], state["worklogs"], state["seconds_logged"]) == (1, 1, 600)
    assert (state["installed"], state["requests"], state["webhooks_pending"]) == (True, 1, 1)


def test_comments_and_properties_are_counted_from_outside(jira: PretendJira, client: Client, issue: Issue) -> None:
    client.post(f"/issue/{issue.key}/comment", {"body": adf("x"), "properties": [{"key": "m", "value": 1}]})
    client.put(f"/issue/{issue.key}/properties/dunlin", {"unbilledHours": 2})
    told = control(jira, "GET", f"comments?issue={issue.key}").json()
    assert (told["count"], told["comments"][0]["properties"]) == (1, {"m": 1})
    assert control(jira, "GET", "properties").json() == {"ACM-1": {"unbilledHours": 2}}
    assert control(jira, "GET", "requests?operation=addComment").json()["count"] == 1
    control(jira, "DELETE", "requests")
    assert control(jira, "GET", "requests").json()["count"] == 0


def test_the_world_is_changed(jira: PretendJira, issue: Issue, alice: Person) -> None:
    made = control(
        jira,
        "POST",
        "worklogs",
        {"issue": "ACM-1", "seconds": 900, "author": alice.account_id, "started": "2026-06-09T09:00:00+02:00"},
    )
    log_id = made.json()["id"]
    control(jira, "PATCH", f"worklogs/{log_id}", {"seconds": 1200})
    assert jira.world.worklogs[log_id].seconds == 1200
    assert control(jira, "DELETE", f"worklogs/{log_id}").status_code == 204
    assert [each.worklog_id for each in jira.world.tombstones] == [log_id]
    assert control(jira, "POST", "issues", {"project": "ACM", "summary": "New"}).json()["key"] == "ACM-2"
    assert control(jira, "DELETE", "issues/ACM-2").status_code == 204
    assert control(jira, "DELETE", "issues/ACM-2").status_code == 404


def test_faults_limits_and_webhooks(jira: PretendJira, client: Client, app: StubApp, issue: Issue) -> None:
    control(jira, "POST", "faults", {"operation": "getCurrentUser", "kind": "status", "status": 502, "times": 2})
    assert [client.get("/myself").status_code for _ in range(3)] == [502, 502, 200]
    control(jira, "POST", "limits", {"exhaust": "jira-quota-tenant-based", "retry_after": 5})
    assert client.get("/myself").headers["Retry-After"] == "5"
    control(jira, "DELETE", "faults")
    assert client.get("/myself").status_code == 200
    control(jira, "POST", "webhooks", {"copies": 2})
    jira.add_worklog(issue, seconds=60)
    assert len(control(jira, "POST", "webhooks/deliver", {}).json()["attempts"]) == 2
    assert len(app.to("/hook")) == 2
    assert control(jira, "POST", "faults", {"kind": "earthquake"}).status_code == 400
    assert control(jira, "POST", "limits", {"enforce": ["mood"]}).status_code == 400


def test_the_apps_life(bare: PretendJira, app: StubApp) -> None:
    def live(step: str, body: object = None) -> int:
        return control(bare, "POST", f"lifecycle/{step}", body or {}).status_code

    assert live("reinstall") == 404
    assert live("install", {"descriptor_url": app.descriptor_url}) == 200
    secret = bare.installation.secret
    assert [live(step) for step in ("disable", "enable", "reinstall")] == [200, 200, 200]
    assert bare.installation.secret != secret
    app.answers["/life/installed"] = [401]
    assert live("reinstall") == 502
    assert live("uninstall") == 200
    assert live("explode") == 404


def test_the_loader(jira: PretendJira, tmp_path: Path) -> None:
    file = tmp_path / "time.csv"
    file.write_text(
        "task,summary,project,breakdown,category,subcategory,status,developer,hours_actual,started_on\n"
        "1,Wall,P1,B,Development,Bug,FINISHED,3,1.5,2024-01-02\n",
        encoding="utf-8",
    )
    assert control(jira, "POST", "load", {"path": str(file)}).json() == {"worklogs": 1, "issues": 1, "seconds": 5400}
    assert control(jira, "POST", "load", {"path": "/nowhere.csv"}).status_code == 400


def test_mail_faults(clock: FrozenWorldClock, keys: KeyRing, bare: PretendJira) -> None:
    assert control(bare, "POST", "mail/faults", {"kind": "data"}).status_code == 404
    with Mailbox(clock=clock) as box, PretendJira(clock=clock, keys=keys, mailbox=box) as jira:
        assert control(jira, "POST", "mail/faults", {"kind": "rcpt", "code": 450, "times": None}).status_code == 200
        assert box.faults.take("rcpt", address="x@y.example") == box.faults.take("rcpt", address="x@y.example")
        control(jira, "DELETE", "mail/faults")
        assert box.faults.take("rcpt") is None
        control(jira, "POST", "mail/evidence", {"on": False})
        assert not box.evidence


def test_the_reset_writes_its_flag(clock: FrozenWorldClock, keys: KeyRing, tmp_path: Path) -> None:
    flag = tmp_path / "var" / "reset"
    with PretendJira(clock=clock, keys=keys, options=Options(reset_flag=flag)) as jira:
        answer = control(jira, "POST", "reset", {})
    assert (answer.status_code, flag.is_file()) == (202, True)


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example", "Content-Type": "application/json"}, {"Content-Type": "text/plain"}]
)
def test_pages_of_other_sites_cannot_direct_the_world(jira: PretendJira, headers: dict[str, str]) -> None:
    answer = requests.post(f"{jira.base_url}/_control/clock", data="{}", headers=headers, timeout=10)
    assert answer.status_code == 403
