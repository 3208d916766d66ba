"""The way in for Jira: descriptor, lifecycle, webhooks, and what the service tells of its own health."""

import json
from datetime import timedelta

from sqlalchemy import func, select, update

from plugin.clock import FrozenClock, machine_now
from plugin.services.wakeups import WakeupKind
from plugin.store.tables.outbox import Cursor, Inbox
from plugin.store.tables.tenants import Installation, Tenant
from sandbox.jira.webhooks import Delivery
from tests.support.app import APP_URL, AppWorld, installation_row


def test_the_descriptor_names_this_service(app_world: AppWorld) -> None:
    descriptor = json.loads(app_world.client.get("/atlassian-connect.json").data)
    assert descriptor["baseUrl"] == APP_URL
    assert descriptor["links"]["self"] == f"{APP_URL}/atlassian-connect.json"


def test_every_address_of_the_descriptor_is_served(app_world: AppWorld) -> None:
    descriptor = json.loads(app_world.client.get("/atlassian-connect.json").data)
    adapter = app_world.app.url_map.bind("127.0.0.1")
    for path in descriptor["lifecycle"].values():
        assert adapter.match(path, method="POST")[0].startswith("connect.")
    for hook in descriptor["modules"]["webhooks"]:
        assert adapter.match(hook["url"], method="POST")[0] == "webhooks.webhook"
    assert app_world.client.get("/icon.svg").mimetype == "image/svg+xml"


def test_an_install_starts_the_first_read_of_jira(app_world: AppWorld) -> None:
    app_world.jira.upgrade()
    rung = [wakeup for wakeup in app_world.wakeups.taken if wakeup.kind is WakeupKind.SYNC]
    assert {wakeup.tenant_id for wakeup in rung} == {app_world.tenant}
    assert "worklogs_updated" in rung[0].ids
    with app_world.container.reading(app_world.tenant) as session:
        assert set(session.scalars(select(Cursor.next_at))) == {app_world.clock.now()}


def test_disabled_and_enabled_move_the_installation(app_world: AppWorld) -> None:
    app_world.jira.disable()
    assert installation_row(app_world, app_world.tenant).state == "disabled"
    # Events are ordered by the second in which they were signed; nobody switches twice within one.
    app_world.jira.site.token_clock = FrozenClock(machine_now() + timedelta(seconds=2))
    app_world.jira.enable()
    assert installation_row(app_world, app_world.tenant).state == "enabled"


def test_a_site_import_gets_its_own_tenant_and_the_old_one_is_silenced(app_world: AppWorld) -> None:
    app_world.jira.import_site()
    new = app_world.container.installations.find(app_world.jira.client_key)
    assert new is not None
    assert new.tenant_id != app_world.tenant
    assert installation_row(app_world, app_world.tenant).state == "superseded"
    with app_world.container.reading(app_world.tenant) as session:
        assert set(session.scalars(select(Cursor.next_at))) == {None}


def test_a_webhook_is_a_hint_that_is_stored_once(app_world: AppWorld) -> None:
    app_world.jira.webhooks.pending.clear()
    app_world.jira.webhooks.policy = Delivery(copies=3)
    issue = app_world.jira.add_issue(app_world.jira.add_project("HNT", "Hinted work"), "A page")
    log = app_world.jira.add_worklog(issue, seconds=3600, author=app_world.sites.bob)
    app_world.jira.webhooks.policy = Delivery()
    assert {attempt.status for attempt in app_world.jira.deliver_webhooks()} == {204}
    with app_world.container.reading(app_world.tenant) as session:
        hints = session.scalars(select(Inbox).where(Inbox.kind == "worklog_created")).all()
        assert [(hint.worklog_id, hint.issue_id) for hint in hints] == [(str(log.id), str(issue.id))]
        assert session.scalars(select(Cursor.next_at).where(Cursor.name == "inbox")).one() == app_world.clock.now()
    assert ("inbox",) in [wakeup.ids for wakeup in app_world.wakeups.taken]


def test_readiness_counts_what_is_due(app_world: AppWorld) -> None:
    for tenant in (app_world.tenant, app_world.foreign_tenant):
        with app_world.container.writing(tenant) as session:
            session.execute(update(Cursor).values(next_at=None))
    quiet = app_world.client.get("/readyz").get_json()
    assert quiet == {"ok": True, "database": True, "backlog": 0, "next_due_at": None, "last_tick": None}
    app_world.jira.upgrade()
    with app_world.container.reading(app_world.tenant) as session:
        cursors = session.scalars(select(func.count()).select_from(Cursor)).one()
    assert app_world.client.get("/readyz").get_json()["backlog"] == cursors


def test_readiness_is_refused_without_a_database(app_world: AppWorld) -> None:
    app_world.container.engine.dispose()
    with app_world.container.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE heartbeat")
    answer = app_world.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ok": False, "database": False}


def test_health_needs_nothing(app_world: AppWorld) -> None:
    assert app_world.client.get("/healthz").get_json() == {"ok": True}


def test_the_second_site_has_a_tenant_of_its_own(app_world: AppWorld) -> None:
    assert app_world.tenant != app_world.foreign_tenant
    with app_world.container.reading(app_world.foreign_tenant) as session:
        assert session.scalars(select(func.count()).select_from(Tenant)).one() == 1
        assert session.scalars(select(Installation.client_key)).one() == app_world.sites.other.client_key
