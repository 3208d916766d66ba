"""A database that is busy, full or read-only: nothing leaves without the gate, and nothing is lost (F23-F25)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError

from plugin.store.database import open_engine
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox
from tests.support.databases import Urls
from tests.support.delivery import NOW, DeliveryWorld, delivery_world
from worker.clock import Tick


@pytest.fixture
def on_sqlite(sqlite_urls: Urls, mailbox: Mailbox) -> Iterator[DeliveryWorld]:
    with delivery_world(sqlite_urls, SMTP_URL=mailbox.smtp_url) as world:
        world.add_invoice()
        yield world


@pytest.fixture
def on_postgres(postgres_urls: Urls, mailbox: Mailbox) -> Iterator[DeliveryWorld]:
    with delivery_world(postgres_urls, SMTP_URL=mailbox.smtp_url) as world:
        world.add_invoice()
        yield world


def test_fault_F23_a_locked_file_is_waited_for(on_sqlite: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = on_sqlite.add_mail()
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        other = open_engine(on_sqlite.urls.app)
        with other.begin():
            locked.set()
            release.wait(10)
        other.dispose()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    threading.Timer(1.0, release.set).start()
    on_sqlite.run(effect)
    holder.join()
    assert (on_sqlite.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


@contextmanager
def full(world: DeliveryWorld) -> Iterator[None]:
    """No page may be added to the file any more."""

    def limit(connection: object, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA max_page_count = 1")
        cursor.close()

    event.listen(world.engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(world.engine, "checkout", limit)
        world.engine.dispose()


def test_fault_F24_a_full_disk_before_the_gate_sends_nothing_and_recovers(
    on_sqlite: DeliveryWorld, mailbox: Mailbox
) -> None:
    on_sqlite.follow_ups.text = "A long letter. " * 20_000
    effect = on_sqlite.add_mail()
    # Whether the failure itself still fits into the file depends on its free pages.
    with full(on_sqlite), suppress(DBAPIError):
        on_sqlite.run(effect)
    assert on_sqlite.effect(effect).state in ("claimed", "planned")
    assert mailbox.mails == []
    on_sqlite.clock.advance(timedelta(minutes=5))
    with on_sqlite.writing(on_sqlite.tenant_id) as session:
        session.execute(update(Effect).values(lease_until=NOW - timedelta(days=400)))
    Tick(on_sqlite).run_once()
    on_sqlite.run(effect)
    assert (on_sqlite.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def test_fault_F24_a_gate_that_cannot_be_written_sends_nothing(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()

    def fill_up(session: TenantSession) -> None:
        session.execute(text("INSERT INTO no_space_left VALUES (1)"))

    world.follow_ups.at_gate = fill_up
    world.run(effect)
    assert mailbox.mails == []
    assert world.effect(effect).state == "planned"
    world.follow_ups.at_gate = lambda _session: None
    world.clock.advance(timedelta(minutes=5))
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def test_fault_F25_a_read_only_database_is_read_and_sends_nothing(on_postgres: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = on_postgres.add_mail()
    set_read_only(on_postgres, "on")
    with pytest.raises(DBAPIError):
        on_postgres.run(effect)
    assert (on_postgres.effect(effect).state, mailbox.mails) == ("planned", [])
    set_read_only(on_postgres, "off")
    on_postgres.run(effect)
    assert (on_postgres.effect(effect).state, len(mailbox.mails)) == ("sent", 1)
    with on_postgres.reading(on_postgres.tenant_id) as session:
        assert session.query(Alert).count() == 0


def set_read_only(world: DeliveryWorld, value: str) -> None:
    owner = open_engine(world.urls.owner)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
    owner.dispose()
    world.engine.dispose()
