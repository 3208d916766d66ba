"""The time machine over HTTP: day by day, waiting for the app between."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from sandbox import FrozenWorldClock, PretendJira
from sandbox.control.time_machine import TimeMachine
from sandbox.jira.keys import KeyRing
from sandbox.jira.model import Issue
from tests.integration.sandbox.conftest import NOW
from tests.integration.sandbox.stub import StubApp


def post(jira: PretendJira, path: str, body: object = None) -> requests.Response:
    return requests.post(f"{jira.base_url}/_control/{path}", json=body or {}, timeout=30)


@pytest.fixture
def machine(jira: PretendJira, app: StubApp) -> TimeMachine:
    return TimeMachine(jira.site, app_url=app.base_url, patience=1)


def test_the_clock_is_set_by_days_seconds_or_to_an_instant(jira: PretendJira, clock: FrozenWorldClock) -> None:
    post(jira, "clock", {"advance_days": 2, "advance_seconds": 30})
    assert clock.now() == NOW + timedelta(days=2, seconds=30)
    told = post(jira, "clock", {"to": "2026-07-01T10:00:00+02:00"}).json()
    assert told["now"] == "2026-07-01T08:00:00+00:00"
    assert requests.get(f"{jira.base_url}/_control/clock", timeout=10).json() == told


@pytest.mark.parametrize("body", [{"to": "tomorrow"}, {"to": "2026-07-01T10:00:00"}, {"advance_days": "two"}])
def test_odd_times_are_refused_with_a_sentence(jira: PretendJira, body: dict[str, Any]) -> None:
    answer = post(jira, "clock", body)
    assert answer.status_code == 400
    assert "must be" in answer.json()["error"] or "needs an offset" in answer.json()["error"]


def test_a_week_is_walked_day_by_day_and_webhooks_go_out_on_the_way(
    jira: PretendJira, app: StubApp, machine: TimeMachine, issue: Issue
) -> None:
    jira.add_worklog(issue, seconds=60)
    walk = machine.walk(7)
    assert (walk.now, walk.days, walk.settled) == (NOW + timedelta(days=7), 7, True)
    assert len(app.to("/hook")) == 1


def test_the_walk_stops_where_the_app_does_not_catch_up(app: StubApp, machine: TimeMachine) -> None:
    app.ready["backlog"] = 3
    walk = machine.walk(7)
    assert (walk.days, walk.settled, machine.backlog) == (0, False, 3)
    assert "not caught up" in walk.message


def test_the_next_follow_up_is_reached_in_days_and_a_rest(
    app: StubApp, machine: TimeMachine, clock: FrozenWorldClock
) -> None:
    app.ready["next_due_at"] = (NOW + timedelta(days=3, hours=5)).isoformat()
    walk = machine.next_follow_up()
    assert walk.settled
    assert clock.now() == NOW + timedelta(days=3, hours=5, seconds=2)


def test_with_nothing_due_the_clock_stays(machine: TimeMachine, clock: FrozenWorldClock) -> None:
    walk = machine.next_follow_up()
    assert (walk.days, walk.settled, walk.message) == (0, True, "Nothing is due any more.")
    assert clock.now() == NOW


def test_without_an_app_it_says_so(bare: PretendJira) -> None:
    walk = TimeMachine(bare.site, app_url="http://127.0.0.1:9").next_follow_up()
    assert (walk.settled, walk.message) == (False, "The app does not answer at /readyz.")


def test_a_world_on_the_machines_clock_is_not_moved(keys: KeyRing) -> None:
    with PretendJira(keys=keys) as jira:
        answer = post(jira, "clock", {"advance_days": 1})
    assert (answer.status_code, "nobody moves" in answer.json()["error"]) == (409, True)
