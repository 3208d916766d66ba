"""The accounts of Jira's points, on both databases: shares, hours, warnings, and many processes at once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from plugin.clock import FrozenClock
from plugin.services.jira_budget import FREE_FOR_ALL, LARGEST_CALL, USABLE, HourlyBudget, spread_of
from plugin.services.jira_errors import JiraLimited, LimitScope
from plugin.store.database import open_engine
from tests.support.databases import Urls

NOW = datetime(2026, 9, 1, 8, 20, tzinfo=UTC)
HOUR_ENDS = datetime(2026, 9, 1, 9, tzinfo=UTC)
POINTS = 10_000
NOISY, QUIET, OTHER = "a" * 32, "b" * 32, "c" * 32


@dataclass
class World:
    """One database, a clock, and the budgets of any number of processes."""

    engine: Engine
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))
    tenants: int = 2

    def budget(self, tenant_id: str) -> HourlyBudget:
        return HourlyBudget(
            self.engine, tenant_id, points_per_hour=POINTS, now=self.clock.now, tenants=lambda: self.tenants
        )

    def spend(self, tenant_id: str, points: int, *, call: int = 100) -> int:
        """Calls until refused, at most for so many points; gives what was spent."""
        spent = 0
        while spent < points:
            try:
                self.budget(tenant_id).before_call("x", call)
            except JiraLimited:
                break
            spent += call
        return spent

    def refusal(self, tenant_id: str, cost: int = 100) -> JiraLimited:
        with pytest.raises(JiraLimited) as caught:
            self.budget(tenant_id).before_call("x", cost)
        return caught.value


@pytest.fixture
def world(urls: Urls) -> Iterator[World]:
    engine = open_engine(urls.app)
    yield World(engine)
    engine.dispose()


def test_pitfall_13_a_noisy_tenant_leaves_the_others_their_share(world: World) -> None:
    assert world.spend(NOISY, POINTS) == POINTS * FREE_FOR_ALL
    refused = world.refusal(NOISY)
    assert (refused.scope, refused.reset_at) == (LimitScope.TENANT, HOUR_ENDS + spread_of(NOISY))
    assert refused.retry_after == (HOUR_ENDS + spread_of(NOISY) - NOW).total_seconds()
    assert world.spend(QUIET, POINTS) == POINTS * (USABLE - FREE_FOR_ALL)


def test_a_tenant_alone_may_use_all_but_what_is_kept_for_pages(world: World) -> None:
    world.tenants = 1
    assert world.spend(NOISY, POINTS) == POINTS * USABLE
    assert world.refusal(NOISY, 1_000).scope is LimitScope.APP


def test_among_very_many_tenants_each_may_still_make_the_dearest_call(world: World) -> None:
    world.tenants = 1_000
    world.spend(NOISY, POINTS)
    world.budget(QUIET).before_call("x", LARGEST_CALL)
    assert world.refusal(QUIET).scope is LimitScope.TENANT


def test_with_the_next_hour_everybody_begins_anew_but_not_in_its_first_minute(world: World) -> None:
    world.spend(NOISY, POINTS)
    again = world.refusal(NOISY).reset_at
    assert again is not None
    assert HOUR_ENDS + timedelta(minutes=1) <= again <= HOUR_ENDS + timedelta(minutes=11)
    assert len({spread_of(f"{number:032x}") for number in range(100)}) > 50
    world.clock.instant = again
    assert world.spend(NOISY, POINTS) == POINTS * FREE_FOR_ALL


def test_what_a_call_did_not_cost_is_given_back_in_its_hour_only(world: World) -> None:
    budget = world.budget(NOISY)
    for _ in range(20):
        budget.before_call("x", LARGEST_CALL)
        budget.after_call("x", worst_cost=LARGEST_CALL, cost=1, near_limit=False)
    budget.before_call("x", 4_900)
    world.clock.instant = HOUR_ENDS + timedelta(minutes=2)
    budget.after_call("x", worst_cost=4_900, cost=1, near_limit=False)
    assert world.spend(NOISY, POINTS) == POINTS * FREE_FOR_ALL


def test_a_correction_that_comes_late_does_not_bring_the_old_hour_back(world: World) -> None:
    late = world.budget(NOISY)
    late.before_call("x", 1_000)
    world.clock.instant = HOUR_ENDS + timedelta(minutes=2)
    assert world.spend(QUIET, 4_000) == 4_000
    world.clock.instant = NOW
    late.after_call("x", worst_cost=1_000, cost=1, near_limit=False)
    world.clock.instant = HOUR_ENDS + timedelta(minutes=2)
    assert world.spend(QUIET, POINTS) == POINTS * FREE_FOR_ALL - 4_000


def test_after_jiras_warning_only_small_calls_of_that_tenant_go_on(world: World) -> None:
    budget = world.budget(NOISY)
    budget.before_call("x", 1)
    budget.after_call("x", worst_cost=1, cost=1, near_limit=True)
    assert world.refusal(NOISY, LARGEST_CALL).scope is LimitScope.TENANT
    world.budget(NOISY).before_call("x", 101)
    world.budget(QUIET).before_call("x", LARGEST_CALL)
    world.clock.instant = HOUR_ENDS + timedelta(minutes=2)
    world.budget(NOISY).before_call("x", LARGEST_CALL)


@pytest.mark.parametrize("says", [{"retry_after": 90.0}, {"reset_at": NOW + timedelta(seconds=90)}])
def test_when_jira_refuses_the_app_as_a_whole_nobody_asks_until_it_said(world: World, says: dict[str, object]) -> None:
    budget = world.budget(NOISY)
    budget.before_call("x", 1)
    budget.refused(JiraLimited("429", scope=LimitScope.APP, operation="x", **says))  # type: ignore[arg-type]
    refused = world.refusal(QUIET)
    assert (refused.scope, refused.reset_at) == (LimitScope.APP, NOW + timedelta(seconds=90) + spread_of(QUIET))
    world.clock.advance(timedelta(seconds=91))
    world.budget(QUIET).before_call("x", 1)


@pytest.mark.parametrize("scope", [LimitScope.TENANT, LimitScope.OPERATION, LimitScope.ISSUE])
def test_a_refusal_of_one_tenant_is_nobody_elses(world: World, scope: LimitScope) -> None:
    budget = world.budget(NOISY)
    budget.before_call("x", 1)
    budget.refused(JiraLimited("429", scope=scope, operation="x", retry_after=90))
    world.budget(QUIET).before_call("x", 1)


def test_many_at_once_never_spend_more_than_there_is(world: World) -> None:
    world.tenants = 3
    spent: dict[str, int] = {}

    def work(tenant_id: str) -> None:
        spent[threading.current_thread().name] = world.spend(tenant_id, POINTS, call=500)

    threads = [threading.Thread(target=work, args=(one,)) for one in (NOISY, QUIET, OTHER) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert POINTS * FREE_FOR_ALL <= sum(spent.values()) <= POINTS * USABLE
