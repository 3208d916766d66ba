"""Once a day the clock throws away answers to POSTs that nobody repeats any more, a bounded number at a time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from plugin.services import housekeeping
from plugin.services.housekeeping import purge_idempotency_keys
from plugin.store.tables.outbox import IdempotencyKey
from tests.support.delivery import NOW, TENANT, DeliveryWorld
from worker import clock
from worker.clock import Tick

OTHER = "b" * 32
DAY = timedelta(days=1)


def add_key(world: DeliveryWorld, key: str, at: datetime, *, tenant: str = TENANT) -> None:
    with world.writing(tenant) as session:
        session.add(IdempotencyKey(key=key, request_hash="h", status=200, body="done", created_at=at))


def keys(world: DeliveryWorld, tenant: str = TENANT) -> set[str]:
    with world.reading(tenant) as session:
        return set(session.scalars(select(IdempotencyKey.key)))


def test_the_clock_purges_old_answers_of_every_tenant_and_keeps_those_of_two_days(world: DeliveryWorld) -> None:
    world.add_tenant(OTHER)
    for tenant in (TENANT, OTHER):
        add_key(world, "old", NOW - 2 * DAY - timedelta(seconds=1), tenant=tenant)
        add_key(world, "young", NOW - 2 * DAY, tenant=tenant)
    assert Tick(world).run_once().purged == 2
    assert (keys(world), keys(world, OTHER)) == ({"young"}, {"young"})


def test_the_house_is_kept_once_a_day(world: DeliveryWorld) -> None:
    tick = Tick(world)
    tick.run_once()
    add_key(world, "old", NOW - 9 * DAY)
    assert (tick.run_once().purged, keys(world)) == (0, {"old"})
    world.clock.advance(DAY)
    assert (tick.run_once().purged, keys(world)) == (1, set())


def test_one_statement_takes_a_bounded_number_and_the_next_tick_goes_on(
    world: DeliveryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "MOST_KEYS", 2)
    monkeypatch.setattr(
        clock, "purge_idempotency_keys", lambda session, now: purge_idempotency_keys(session, now=now, most=2)
    )
    for number in range(5):
        add_key(world, str(number), NOW - (9 - number) * DAY)
    tick = Tick(world)
    assert [tick.run_once().purged for _ in range(4)] == [2, 2, 1, 0]
    assert keys(world) == set()


def test_the_oldest_go_first(world: DeliveryWorld) -> None:
    for days in (3, 5, 4):
        add_key(world, str(days), NOW - days * DAY)
    with world.writing(TENANT) as session:
        assert purge_idempotency_keys(session, now=NOW, most=1) == 1
    assert keys(world) == {"3", "4"}
    assert timedelta(days=1) <= housekeeping.KEYS_KEPT
