"""What goes wrong on demand, as a client sees it."""

import json
from datetime import timedelta

import pytest
import requests

from sandbox import Fault, FrozenWorldClock, PretendJira
from sandbox.jira.limits import BURST, TENANT_QUOTA
from sandbox.jira.model import Issue, adf
from tests.integration.sandbox.conftest import Client


def comment(client: Client, issue: Issue, *, timeout: float = 10) -> requests.Response:
    return client.call("POST", f"/issue/{issue.key}/comment", json={"body": adf("x")}, timeout=timeout)


def test_a_status_strikes_as_often_as_planned_and_has_no_effect(
    jira: PretendJira, client: Client, issue: Issue
) -> None:
    jira.faults.add("addComment", Fault.status(503, headers={"Retry-After": "7"}), times=2)
    answers = [comment(client, issue) for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 201]
    assert answers[0].headers["Retry-After"] == "7"
    assert len(jira.comments()) == 1


def test_a_fault_may_be_for_one_issue_or_for_everything(jira: PretendJira, client: Client, issue: Issue) -> None:
    other = jira.add_issue(jira.world.projects[issue.project_id], "Other")
    jira.faults.add("*", Fault.status(500), times=None, issue=other.key)
    assert (comment(client, issue).status_code, comment(client, other).status_code) == (201, 500)
    assert client.get(f"/issue/{other.key}").status_code == 500
    jira.faults.clear()
    assert comment(client, other).status_code == 201


def test_a_dropped_connection_leaves_no_effect(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.faults.add("addComment", Fault.drop())
    with pytest.raises(requests.ConnectionError):
        comment(client, issue)
    assert jira.comments() == []


def test_fault_F28_the_effect_is_there_though_no_answer_came(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.faults.add("addComment", Fault.drop_after_effect())
    with pytest.raises(requests.ConnectionError):
        comment(client, issue)
    assert len(jira.comments()) == 1


def test_fault_F28_a_time_out_after_the_effect(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.faults.add("addComment", Fault.hang_after_effect(30))
    with pytest.raises(requests.Timeout):
        comment(client, issue, timeout=0.3)
    assert len(jira.comments()) == 1


def test_latency_delays_the_answer_only(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.faults.add("addComment", Fault.latency(0.3))
    answer = comment(client, issue)
    assert answer.status_code == 201
    assert answer.elapsed > timedelta(seconds=0.3)


def test_fault_F31_answers_that_are_no_json(jira: PretendJira, client: Client) -> None:
    for fault in (Fault.truncated(), Fault.html()):
        jira.faults.add("getCurrentUser", fault)
    truncated, page = client.get("/myself"), client.get("/myself")
    assert (truncated.status_code, page.status_code) == (200, 200)
    assert page.headers["Content-Type"].startswith("text/html")
    for answer in (truncated, page):
        with pytest.raises(json.JSONDecodeError):
            answer.json()


def test_fault_F31_ten_megabytes(jira: PretendJira, client: Client) -> None:
    jira.faults.add("getCurrentUser", Fault.huge(mb=10))
    answer = client.get("/myself")
    assert len(answer.content) > 10 * 1024 * 1024
    assert answer.json()["accountType"] == "app"


def test_a_redirect_leads_elsewhere(jira: PretendJira, client: Client) -> None:
    jira.faults.add("getCurrentUser", Fault.redirect("http://127.0.0.1:9/steal"))
    answer = client.session.get(f"{jira.base_url}/rest/api/3/myself", timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:9/steal")


def test_faults_are_on_record_like_everything_else(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.faults.add("addComment", Fault.status(503))
    comment(client, issue)
    comment(client, issue)
    calls = jira.requests("addComment")
    assert [call.status for call in calls] == [503, 201]
    assert json.loads(calls[0].body) == {"body": adf("x")}
    assert calls[0].path == f"/rest/api/3/issue/{issue.key}/comment"


def test_fault_F26_a_limit_answers_429_with_its_reason(
    jira: PretendJira, client: Client, clock: FrozenWorldClock, issue: Issue
) -> None:
    jira.limits.exhaust(TENANT_QUOTA, retry_after=30)
    refused = client.get("/myself")
    assert refused.status_code == 429
    assert (refused.headers["RateLimit-Reason"], refused.headers["Retry-After"]) == (TENANT_QUOTA, "30")
    clock.advance(timedelta(seconds=30))
    assert client.get("/myself").status_code == 200
    jira.limits.exhaust(TENANT_QUOTA, retry_after=None)
    assert "Retry-After" not in comment(client, issue).headers
    assert jira.comments() == []


def test_calls_cost_points_by_what_they_return(jira: PretendJira, client: Client, issue: Issue) -> None:
    for path, cost in ((f"/issue/{issue.key}", 2), ("/myself", 3), ("/serverInfo", 1)):
        before = jira.limits.points_used
        answer = client.get(path)
        assert jira.limits.points_used - before == cost
        assert int(answer.headers["X-RateLimit-Remaining"]) == 65_000 - jira.limits.points_used
    before = jira.limits.points_used
    comment(client, issue)
    assert jira.limits.points_used - before == 1


def test_a_burst_of_writes_is_refused_when_enforced(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.limits.enforce(BURST)
    path = f"/issue/{issue.key}/properties/dunlin"
    statuses = [client.put(path, {"n": number}).status_code for number in range(51)]
    assert (statuses.count(429), statuses[-1]) == (1, 429)
