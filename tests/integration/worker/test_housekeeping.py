"""Once a day the clock throws away what nobody asks for any more, a bounded number at a time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from plugin.services import housekeeping
from plugin.services.housekeeping import purge_idempotency_keys
from plugin.services.inbound.purge import purge_mails
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.company import MailSettings
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


def add_mail(world: DeliveryWorld, name: str, *, days: int, kind: str = "reply", handled: bool = True) -> None:
    with world.writing(TENANT) as session:
        session.add(
            InboundMail(
                source_id=name,
                kind=kind,
                sender="ann@acme.example",
                received_at=NOW - days * DAY,
                handled_by="alice" if handled else "",
                handled_at=NOW - days * DAY if handled else None,
            )
        )


def mails(world: DeliveryWorld) -> set[str]:
    with world.reading(TENANT) as session:
        return set(session.scalars(select(InboundMail.source_id)))


def purges(world: DeliveryWorld) -> list[dict[str, object] | None]:
    with world.reading(TENANT) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "inbound.purged").order_by(AuditRow.seq))
        return [row.after for row in rows]


def test_mails_are_purged_after_the_sites_days_and_an_audit_row_says_how_many(world: DeliveryWorld) -> None:
    with world.writing(TENANT) as session:
        session.get_one(MailSettings, TENANT).inbound_kept_days = 90
    add_mail(world, "old", days=91)
    add_mail(world, "robot", days=91, kind="auto_reply", handled=False)
    add_mail(world, "stranger", days=400, kind="unknown", handled=False)
    add_mail(world, "young", days=90)
    tick = Tick(world)
    assert tick.run_once().purged == 3
    assert mails(world) == {"young"}
    assert purges(world) == [{"mails": 3, "before": (NOW - 90 * DAY).date().isoformat()}]
    world.clock.advance(DAY / 2)
    assert tick.run_once().purged == 0
    world.clock.advance(DAY)
    assert (tick.run_once().purged, mails(world)) == (1, set())


@pytest.mark.parametrize("kind", ["reply", "bounce"])
def test_what_nobody_has_dealt_with_stays_however_old(world: DeliveryWorld, kind: str) -> None:
    add_mail(world, "waits", days=4000, kind=kind, handled=False)
    assert Tick(world).run_once().purged == 0
    assert mails(world) == {"waits"}
    assert purges(world) == []


def test_many_old_mails_go_in_bounded_pieces_the_oldest_first(world: DeliveryWorld) -> None:
    for number in range(3):
        add_mail(world, str(number), days=400 + number)
    with world.writing(TENANT) as session:
        assert purge_mails(session, now=NOW, most=2) == 2
    assert mails(world) == {"0"}
