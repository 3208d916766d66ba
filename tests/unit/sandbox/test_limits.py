"""The three rate limits, on a clock that stands still until it is moved."""

from datetime import timedelta

import pytest

from sandbox.clock import FrozenWorldClock
from sandbox.jira.limits import BURST, GLOBAL_QUOTA, PER_ISSUE, TENANT_QUOTA, Limits, Refusal


def call(limits: Limits, *, method: str = "GET", issue: str | None = None) -> Refusal | None:
    return limits.check(method=method, operation="op", issue=issue)


def test_nothing_is_refused_until_a_limit_is_enforced(clock: FrozenWorldClock) -> None:
    limits = Limits(clock, points_per_hour=1)
    limits.charge(10)
    assert [call(limits, method="PUT", issue="A-1") for _ in range(300)] == [None] * 300


def test_the_hourly_points_end_and_come_back_at_the_full_hour(clock: FrozenWorldClock) -> None:
    clock.advance(timedelta(minutes=10))
    limits = Limits(clock, points_per_hour=100)
    limits.enforce(TENANT_QUOTA)
    limits.charge(99)
    assert call(limits) is None
    limits.charge(1)
    assert call(limits) == Refusal(TENANT_QUOTA, 50 * 60)
    clock.advance(timedelta(minutes=50))
    assert call(limits) is None
    assert limits.points_used == 0


def test_the_headers_warn_when_less_than_a_fifth_is_left(clock: FrozenWorldClock) -> None:
    limits = Limits(clock, points_per_hour=100)
    limits.charge(80)
    assert "X-RateLimit-NearLimit" not in limits.headers()
    limits.charge(1)
    assert limits.headers() == {
        "X-RateLimit-Limit": "100",
        "X-RateLimit-Remaining": "19",
        "X-RateLimit-Reset": "2026-06-10T09:00:00Z",
        "X-RateLimit-NearLimit": "true",
    }


@pytest.mark.parametrize(("method", "most"), [("GET", 100), ("POST", 100), ("PUT", 50), ("DELETE", 50)])
def test_a_burst_ends_after_so_many_calls_in_a_second(clock: FrozenWorldClock, method: str, most: int) -> None:
    limits = Limits(clock)
    limits.enforce(BURST)
    assert [call(limits, method=method) for _ in range(most)] == [None] * most
    assert call(limits, method=method) == Refusal(BURST, 1)
    clock.advance(timedelta(seconds=1))
    assert call(limits, method=method) is None


def test_writes_on_one_issue_are_limited_to_20_in_2_seconds_and_100_in_30(clock: FrozenWorldClock) -> None:
    limits = Limits(clock)
    limits.enforce(PER_ISSUE)
    for _ in range(5):
        assert [call(limits, method="PUT", issue="A-1") for _ in range(20)] == [None] * 20
        assert call(limits, method="PUT", issue="A-1") == Refusal(PER_ISSUE, 2)
        assert call(limits, method="PUT", issue="A-2") is None
        clock.advance(timedelta(seconds=2))
    assert call(limits, method="PUT", issue="A-1") == Refusal(PER_ISSUE, 2)
    clock.advance(timedelta(seconds=20))
    assert call(limits, method="PUT", issue="A-1") is None


def test_exhaustion_on_demand_lasts_as_long_as_its_header_says(clock: FrozenWorldClock) -> None:
    limits = Limits(clock)
    limits.exhaust(GLOBAL_QUOTA, retry_after=90)
    assert call(limits) == Refusal(GLOBAL_QUOTA, 90)
    clock.advance(timedelta(seconds=90))
    assert call(limits) is None
    limits.exhaust(GLOBAL_QUOTA, retry_after=None)
    assert call(limits) == Refusal(GLOBAL_QUOTA, None)


def test_an_unknown_limit_is_named(clock: FrozenWorldClock) -> None:
    with pytest.raises(ValueError, match="no such limit: jira-mood"):
        Limits(clock).enforce("jira-mood")
