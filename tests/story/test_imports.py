"""A site import: one tenant lives at an address, whatever comes late, again, or is cut off in the middle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import plugin.services.installations as installations
from plugin.clock import FrozenClock, machine_now
from plugin.domain.errors import Transient
from plugin.services.installation_events import ConnectEnabled
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.tenants import Installation, Tenant
from sandbox.jira.lifecycle import InstallRefused
from sandbox.jira.model import Installation as Installed
from tests.story.test_installations import row, tenants
from tests.support.stage import NewStory, Story

LIVING = {"installed", "enabled", "disabled", "broken"}


def seconds_later(story: Story, seconds: int) -> None:
    story.jira.site.token_clock = FrozenClock(machine_now() + timedelta(seconds=seconds))


def living_at(story: Story, address: str) -> set[str]:
    rows = {tenant: row(story, tenant) for tenant in tenants(story)}
    return {tenant for tenant, found in rows.items() if found.base_url == address and found.state in LIVING}


def imported(story: Story) -> tuple[Installed, str]:
    """Imports the site; gives the installation from before, and the new tenant."""
    old = story.jira.installation
    seconds_later(story, 2)
    story.jira.import_site()
    (new,) = tenants(story) - {story.tenant}
    return old, new


def say_installed(story: Story, installation: Installed) -> int:
    """Jira tells ``installed`` for that client key; gives the status of the answer."""
    story.jira.site.installation = installation
    return story.jira.lifecycle("installed").status_code


def fail_once(function: Callable[..., None]) -> Callable[..., None]:
    failures = [Transient("The database is away.")]

    def failing(*args: object, **named: object) -> None:
        if failures:
            raise failures.pop()
        function(*args, **named)

    return failing


@pytest.mark.parametrize("fails", ["supersede", "add_defaults"])
def test_attack_A33_an_import_that_fails_half_way_leaves_all_as_it_was_and_the_next_try_does_all(
    new_story_on_both: NewStory, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    story = new_story_on_both()
    story.bill()
    story.drain()
    sent = len(story.box.mails)
    monkeypatch.setattr(installations, fails, fail_once(getattr(installations, fails)))
    seconds_later(story, 2)
    with pytest.raises(InstallRefused):
        story.jira.import_site()
    assert tenants(story) == {story.tenant}
    assert row(story).state == "enabled"
    seconds_later(story, 4)
    story.stage.install()
    (new,) = tenants(story) - {story.tenant}
    assert living_at(story, story.jira.base_url) == {new}
    assert row(story).state == "superseded"
    story.walk(date(2026, 9, 19))
    assert len(story.box.mails) == sent


def test_attack_A33_the_key_from_before_an_import_is_refused_while_the_new_one_lives(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    story.bill()
    story.drain()
    sent = len(story.box.mails)
    old, new = imported(story)
    seconds_later(story, 4)
    assert say_installed(story, old) == 409
    assert say_installed(story, old) == 409
    assert story.jira.lifecycle("enabled").status_code == 401
    assert living_at(story, story.jira.base_url) == {new}
    assert row(story).state == "superseded"
    with story.reading() as session:
        actions = list(session.scalars(select(AuditRow.action).order_by(AuditRow.seq)))
    assert actions[-2:] == ["installation.refused"] * 2
    with story.container.reading(new) as session:
        assert list(session.scalars(select(Alert.kind))) == ["address_taken"]
    story.walk(date(2026, 9, 19))
    assert len(story.box.mails) == sent


def test_attack_A33_once_the_imported_site_is_gone_the_old_key_comes_back_in_sandbox_mode(story: Story) -> None:
    story.bill()
    story.drain()
    old, new = imported(story)
    seconds_later(story, 4)
    story.jira.uninstall()
    seconds_later(story, 6)
    assert say_installed(story, old) == 204
    assert row(story).state == "installed"
    assert row(story, new).state == "uninstalled"
    assert living_at(story, story.jira.base_url) == {story.tenant}
    assert "came_back" in story.alerts()
    with story.reading() as session:
        assert session.scalars(select(Tenant.mode)).one() == "sandbox"


def test_attack_A33_a_repeated_install_of_the_imported_site_changes_nothing(story: Story) -> None:
    _, new = imported(story)
    seconds_later(story, 4)
    assert story.jira.lifecycle("installed").status_code == 204
    assert tenants(story) == {story.tenant, new}
    assert living_at(story, story.jira.base_url) == {new}


def test_attack_A33_two_that_live_at_one_address_since_an_earlier_version_become_one(story: Story) -> None:
    old, new = imported(story)
    with story.writing() as session:
        session.scalars(select(Installation)).one().state = "enabled"
    seconds_later(story, 4)
    new_installation = story.jira.installation
    assert say_installed(story, old) == 409
    with story.container.writing(new) as session:
        session.scalars(select(Installation)).one().installed_at += timedelta(seconds=1)
    assert say_installed(story, new_installation) == 204
    assert living_at(story, story.jira.base_url) == {new}


def test_attack_A33_what_was_switched_on_before_the_import_stays_off_when_it_comes_late(story: Story) -> None:
    old, _ = imported(story)
    known = row(story)
    event = ConnectEnabled(client_key=old.client_key, issued_at=machine_now() + timedelta(seconds=9))
    installations.apply_event(
        known, event, neighbours=(), writing=story.container.writing, keys=story.container.keys, now=story.now
    )
    assert row(story).state == "superseded"


def test_fault_F33_a_rename_onto_the_address_of_another_tenant_is_refused(story: Story) -> None:
    _, new = imported(story)
    address = story.jira.base_url
    elsewhere = f"http://127.0.0.1:{story.jira.port}"
    with story.writing() as session:
        known = session.scalars(select(Installation)).one()
        known.state, known.base_url = "enabled", elsewhere
    seconds_later(story, 4)
    assert say_installed(story, replace(story.jira.installation, client_key=row(story).client_key or "")) == 409
    assert row(story).base_url == elsewhere
    assert row(story).state == "enabled"
    assert living_at(story, address) == {new}
    assert story.alerts() == ["address_taken"]
