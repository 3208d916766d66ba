"""Webhooks as an app gets them: signed, repeated, late, lost."""

from datetime import timedelta

import jwt
import pytest

from sandbox import Delivery, FrozenWorldClock, PretendJira
from sandbox.jira.model import Event, Issue, Person
from sandbox.jira.tokens import query_hash
from tests.integration.sandbox.conftest import Client
from tests.integration.sandbox.stub import StubApp

IDENTIFIER = "X-Atlassian-Webhook-Identifier"


def identifiers(app: StubApp) -> list[str]:
    return [told.headers[IDENTIFIER] for told in app.to("/hook")]


def test_an_event_is_told_with_the_worklog_and_a_token_over_the_whole_address(
    jira: PretendJira, app: StubApp, issue: Issue, alice: Person
) -> None:
    log = jira.add_worklog(issue, seconds=600, author=alice)
    assert app.to("/hook") == []
    assert [(each.event, each.status) for each in jira.deliver_webhooks()] == [("worklog_created", 204)]
    told = app.to("/hook")[0]
    assert (told.body["webhookEvent"], told.body["worklog"]["id"]) == ("worklog_created", str(log.id))  # type: ignore[index]
    assert f"user_id={alice.account_id}" in told.url
    claims = jwt.decode(told.token, jira.installation.secret, algorithms=["HS256"])
    assert (claims["iss"], claims["qsh"]) == (jira.client_key, query_hash("POST", told.url, app.base_url))
    assert told.headers["X-Atlassian-Webhook-Flow"] == "Primary"


def test_copies_carry_the_same_identifier(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    jira.webhooks.policy = Delivery(copies=3)
    jira.add_worklog(issue, seconds=60)
    jira.add_worklog(issue, seconds=60)
    jira.deliver_webhooks()
    assert len(app.to("/hook")) == 6
    assert len(set(identifiers(app))) == 2


def test_delays_run_on_the_worlds_clock(jira: PretendJira, app: StubApp, clock: FrozenWorldClock, issue: Issue) -> None:
    jira.webhooks.policy = Delivery(delay=timedelta(minutes=20))
    jira.add_worklog(issue, seconds=60)
    clock.advance(timedelta(minutes=19))
    assert jira.deliver_webhooks() == []
    clock.advance(timedelta(minutes=1))
    assert len(jira.deliver_webhooks()) == 1
    assert len(app.to("/hook")) == 1


def test_the_order_can_be_reversed(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    log = jira.add_worklog(issue, seconds=60)
    jira.edit_worklog(log, seconds=120)
    jira.delete_worklog(log)
    jira.webhooks.policy = Delivery(reverse=True)
    jira.deliver_webhooks()
    assert [told.body["webhookEvent"] for told in app.to("/hook")] == [
        "worklog_deleted",
        "worklog_updated",
        "worklog_created",
    ]


def test_drops_are_silent_and_repeatable(jira: PretendJira, client: Client, issue: Issue) -> None:
    jira.webhooks.policy = Delivery(drop=0.2)
    for _ in range(500):
        jira.add_worklog(issue, seconds=60)
    assert 350 < len(jira.webhooks.pending) < 450
    assert client.get("/webhook/failed").json()["values"] == []


def test_chosen_events_can_be_lost_into_the_list_of_failures(
    jira: PretendJira, client: Client, clock: FrozenWorldClock, issue: Issue
) -> None:
    def is_deletion(event: Event) -> bool:
        return event.name == "worklog_deleted"

    jira.webhooks.policy = Delivery(fail=is_deletion)
    jira.delete_worklog(jira.add_worklog(issue, seconds=60))
    assert [each.event for each in jira.deliver_webhooks()] == ["worklog_created"]
    failed = client.get("/webhook/failed").json()["values"]
    assert (len(failed), failed[0]["url"].split("?")[0]) == (1, f"{jira.installation.app_url}/hook")
    assert "worklog_deleted" in failed[0]["body"]
    clock.advance(timedelta(hours=73))
    assert client.get("/webhook/failed").json()["values"] == []


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_a_refused_delivery_comes_again_with_the_same_identifier(
    jira: PretendJira, app: StubApp, clock: FrozenWorldClock, issue: Issue, status: int
) -> None:
    app.answers["/hook"] = [status]
    jira.add_worklog(issue, seconds=60)
    jira.deliver_webhooks()
    assert jira.deliver_webhooks() == []
    clock.advance(timedelta(minutes=5))
    assert [(each.status, each.retry) for each in jira.deliver_webhooks()] == [(204, 1)]
    assert len(set(identifiers(app))) == 1
    assert app.to("/hook")[1].headers["X-Atlassian-Webhook-Retry"] == "1"


def test_after_five_retries_it_is_listed_as_failed(
    jira: PretendJira, app: StubApp, client: Client, clock: FrozenWorldClock, issue: Issue
) -> None:
    app.answers["/hook"] = [503] * 9
    jira.add_worklog(issue, seconds=60)
    for _ in range(9):
        jira.deliver_webhooks()
        clock.advance(timedelta(minutes=15))
    assert len(app.to("/hook")) == 6
    failed = client.get("/webhook/failed").json()["values"]
    assert [each["id"] for each in failed] == [identifiers(app)[0]]
    assert client.get(f"/webhook/failed?after={failed[0]['failureTime']}").json()["values"] == []


def test_a_refusal_for_good_does_not_come_again(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    app.answers["/hook"] = [401]
    jira.add_worklog(issue, seconds=60)
    jira.deliver_webhooks()
    assert jira.webhooks.pending == []
    assert jira.webhooks.failed == []


def test_a_filter_chooses_the_issues(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    other = jira.add_issue(jira.add_project("OTH", "Other"), "Elsewhere")
    jira.edit_issue(issue, summary="Here")
    jira.edit_issue(other, summary="There")
    jira.deliver_webhooks()
    assert [told.body["issue"]["key"] for told in app.to("/filtered")] == ["ACM-1"]  # type: ignore[index]


def test_a_disabled_app_hears_nothing(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    jira.disable()
    jira.add_worklog(issue, seconds=60)
    assert jira.webhooks.pending == []


def test_in_the_background_deliveries_need_nobody(jira: PretendJira, app: StubApp, issue: Issue) -> None:
    jira.webhooks.start()
    jira.add_worklog(issue, seconds=60)
    jira.webhooks.wait_until_idle(timeout=10)
    assert len(app.to("/hook")) == 1
