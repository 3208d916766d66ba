"""A database that wakes elsewhere sends nothing; a secret without its key stops the start."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from plugin.bootstrap import Container, build_container
from plugin.clock import FrozenClock
from plugin.domain.errors import Permanent
from plugin.keys import KeyRing, parse_keys
from plugin.services.startup import require_keys, wake_under
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.base import new_id
from plugin.store.database import open_engine
from plugin.store.deployment import note_address
from plugin.store.encrypted import ENCRYPTED, Keeper
from plugin.store.migrate import upgrade
from plugin.store.tables.audit import Alert
from plugin.store.tables.company import MailSettings
from plugin.store.tables.runtime import Deployment
from plugin.store.tables.staff import WebhookTarget
from plugin.store.tables.tenants import Installation, Tenant
from tests.support.databases import Urls

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PATIENCE = 20.0
OLD, NEW = hashlib.sha256(b"old").hexdigest(), hashlib.sha256(b"new").hexdigest()
HERE, THERE = "https://dunlin.example.com", "https://copy.example.com"


@pytest.fixture
def container(sqlite_url: str) -> Container:
    upgrade(sqlite_url)
    settings = Settings.from_environment({"DUNLIN_ENV": "test", "DATABASE_URL": sqlite_url})
    return build_container(settings, wakeups=NoWakeups(), clock=FrozenClock(NOW))


def _tenant(container: Container, *, mode: str) -> str:
    tenant_id = new_id()
    with container.writing(tenant_id) as session:
        session.add(Tenant(tenant_id=tenant_id, name="Acme", mode=mode, created_at=NOW))
    return tenant_id


def _mode(container: Container, tenant_id: str) -> str:
    with container.reading(tenant_id) as session:
        return session.scalars(select(Tenant.mode)).one()


def _wake(container: Container, base_url: str) -> bool:
    return wake_under(container.engine, container.planner_engine, base_url=base_url, writing=container.writing, now=NOW)


def test_the_first_start_and_every_one_at_the_same_address_change_nothing(container: Container) -> None:
    tenant_id = _tenant(container, mode="live")
    assert not _wake(container, HERE)
    assert not _wake(container, HERE)
    assert _mode(container, tenant_id) == "live"


def test_processes_that_start_at_once_on_an_empty_database_do_not_trip_over_each_other(urls: Urls) -> None:
    """Web, worker and clock of a first start; one of them used to die of the other's row."""
    owner, engine, together = open_engine(urls.owner), open_engine(urls.app), threading.Barrier(2)

    def start(_: int) -> str:
        together.wait(PATIENCE)
        return note_address(engine, HERE)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            assert list(pool.map(start, range(2))) == [HERE, HERE]
            with owner.begin() as connection:
                connection.execute(delete(Deployment))
    owner.dispose()
    engine.dispose()


def test_a_copy_that_wakes_elsewhere_is_in_sandbox_mode_and_says_so(container: Container) -> None:
    live, quiet = _tenant(container, mode="live"), _tenant(container, mode="sandbox")
    _wake(container, HERE)
    assert _wake(container, THERE)
    assert (_mode(container, live), _mode(container, quiet)) == ("sandbox", "sandbox")
    with container.reading(live) as session:
        sentence = session.scalars(select(Alert.sentence)).one()
    assert THERE in sentence
    assert HERE in sentence
    assert not _wake(container, THERE)


SECRETS = [(table, field) for table, fields in ENCRYPTED.items() for field in fields]


def _keeper(table: type[Keeper], field: str, secret: str) -> Keeper:
    if table is Installation:
        values = {"kind": "connect", "client_key": "k", "base_url": HERE, "state": "enabled"}
        return Installation(id=new_id(), event_at=NOW, installed_at=NOW, **values, **{field: secret})
    if table is WebhookTarget:
        return WebhookTarget(id=new_id(), name="SMS", url="https://sms.example.com", created_at=NOW, **{field: secret})
    return MailSettings(**{field: secret})


@pytest.mark.parametrize(("table", "field"), SECRETS)
def test_fault_F67_a_secret_without_its_key_stops_the_start_and_names_the_key(
    container: Container, table: type[Keeper], field: str
) -> None:
    tenant_id = _tenant(container, mode="live")
    old = KeyRing(parse_keys(f"old:{OLD}"))
    secret = old.encrypt("s" * 32, tenant=tenant_id, table=table.__tablename__, field=field)
    with container.writing(tenant_id) as session:
        session.add(_keeper(table, field, secret))
    with pytest.raises(Permanent, match="old"):
        require_keys(container.planner_engine, container.keys)
    require_keys(container.planner_engine, KeyRing(parse_keys(f"new:{NEW},old:{OLD}")))


def test_the_role_that_sees_all_tenants_may_look_at_every_secret(urls: Urls) -> None:
    planner = open_engine(urls.planner)
    require_keys(planner, KeyRing(parse_keys(f"new:{NEW}")))
    planner.dispose()
