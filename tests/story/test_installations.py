"""The life of an installation: secrets that turn over, addresses that move, a site that is imported, gone and back."""

from datetime import date, timedelta

from sqlalchemy import select

from plugin.clock import FrozenClock, machine_now
from plugin.store.database import across_tenants
from plugin.store.queries.installations import installation_by_client_key
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.tenants import Installation, Tenant
from tests.support.stage import NewStory, Story


def row(story: Story, tenant: str = "") -> Installation:
    with story.container.reading(tenant or story.tenant) as session:
        return session.scalars(select(Installation)).one()


def seconds_later(story: Story, seconds: int) -> None:
    """Lifecycle events are ordered by the second in which they were signed, in machine time."""
    story.jira.site.token_clock = FrozenClock(machine_now() + timedelta(seconds=seconds))


def tenants(story: Story) -> set[str]:
    with across_tenants(story.container.planner_engine) as connection:
        return set(connection.scalars(select(Tenant.tenant_id)))


def secrets_of(story: Story) -> list[str]:
    known = story.container.installations.find(story.jira.client_key)
    assert known is not None
    return [secret.value for secret in known.secrets]


def test_a_first_install_makes_one_tenant_with_its_defaults(story: Story) -> None:
    assert tenants(story) == {story.tenant}
    assert row(story).state == "enabled"
    assert row(story).shared_secret not in (None, story.jira.installation.secret)
    with story.reading() as session:
        assert session.scalars(select(Tenant.state)).one() == "active"


def test_fault_F35_a_reinstall_brings_a_new_secret_and_the_old_one_counts_for_a_grace(story: Story) -> None:
    old = story.jira.installation.secret
    seconds_later(story, 2)
    new = story.jira.reinstall().secret
    assert tenants(story) == {story.tenant}
    assert secrets_of(story) == [new, old]
    assert row(story).previous_secret_until == story.now + timedelta(minutes=10)
    # Work goes on with the new secret.
    invoice = story.bill()
    story.drain()
    assert len(story.jira.comments()) == 1
    assert story.invoice(invoice).state == "issued"


def test_an_upgrade_with_the_same_secret_keeps_one_secret(story: Story) -> None:
    seconds_later(story, 2)
    story.jira.upgrade()
    assert secrets_of(story) == [story.jira.installation.secret]


def test_fault_F33_a_renamed_site_keeps_its_tenant(story: Story) -> None:
    story.bill()
    seconds_later(story, 2)
    story.jira.rename(f"http://127.0.0.1:{story.jira.port}")
    assert tenants(story) == {story.tenant}
    assert row(story).base_url == f"http://127.0.0.1:{story.jira.port}"
    story.drain()
    assert len(story.jira.comments()) == 1


def test_attack_A33_a_site_import_gets_an_empty_tenant_and_the_old_one_is_kept_and_silent(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    sent = len(story.box.mails)
    seconds_later(story, 2)
    story.jira.import_site()
    new = installation_by_client_key(story.container.engine, story.jira.client_key)
    assert new is not None
    assert tenants(story) == {story.tenant, new.tenant_id}
    assert row(story, story.tenant).state == "superseded"
    with story.container.reading(new.tenant_id) as session:
        assert session.scalars(select(Invoice)).all() == []
    with story.reading() as session:
        assert set(session.scalars(select(Cursor.next_at))) == {None}
    story.walk(date(2026, 9, 19))
    assert len(story.box.mails) == sent
    assert story.invoice(invoice).number == "INV-2026-0001"


def test_attack_A36_the_order_of_signing_decides_not_that_of_arrival(story: Story) -> None:
    seconds_later(story, 10)
    story.jira.disable()
    assert row(story).state == "disabled"
    # An enabled that was signed before and comes late changes nothing.
    seconds_later(story, 5)
    story.jira.lifecycle("enabled")
    assert row(story).state == "disabled"
    seconds_later(story, 20)
    story.jira.enable()
    assert row(story).state == "enabled"


def test_fault_F36_while_the_app_is_disabled_nothing_is_sent_and_then_the_strongest(story: Story) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 14))
    seconds_later(story, 2)
    story.jira.disable()
    story.at(date(2026, 9, 18))
    story.at(date(2026, 9, 21))
    assert story.reminders() == [("notice", "2026-09-14")]
    seconds_later(story, 4)
    story.jira.enable()
    story.drain()
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-21")]


def test_fault_F34_an_uninstall_between_plan_and_send_cancels_and_keeps_the_data(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    seconds_later(story, 2)
    story.jira.uninstall()
    story.drain()
    story.at(date(2026, 9, 21))
    assert story.reminders() == []
    assert story.step(invoice, "friendly").state == "cancelled"
    assert row(story).shared_secret is None
    assert row(story).uninstalled_at is not None
    assert story.invoice(invoice).number == "INV-2026-0001"
    # A reinstall with the same client key revives the tenant and its ladder; of what was missed the strongest goes.
    story.at(date(2026, 10, 6))
    seconds_later(story, 4)
    story.stage.install()
    assert tenants(story) == {story.tenant}
    story.drain(sync=True)
    assert row(story).state == "enabled"
    assert story.reminders() == [("second", "2026-10-06")]


def test_attack_A35_news_of_an_unknown_or_removed_installation_changes_nothing(story: Story) -> None:
    seconds_later(story, 2)
    installation = story.jira.installation
    story.jira.uninstall()
    story.jira.site.installation = installation
    seconds_later(story, 6)
    assert story.jira.lifecycle("disabled").status_code in (204, 401)
    assert row(story).state == "uninstalled"
    story.jira.site.installation = None
