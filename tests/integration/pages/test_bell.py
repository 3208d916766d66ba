"""The bell that a form rings: after its transaction, for what it made due, and not at all where it was refused."""

from plugin.services.tenant_defaults import CURSORS
from plugin.services.wakeups import WakeupKind
from plugin.store.tables.company import MailSettings
from tests.support.app_seed import Business

ADMIN = "/ui/fragment/admin"
MAILBOX = {
    "host": "imap.fernwood.example",
    "user": "answers",
    "password": "a pass/word",
    "folder": "INBOX",
}


def rung(business: Business) -> list[str]:
    return [
        name
        for wakeup in business.world.wakeups.taken
        if wakeup.kind is WakeupKind.SYNC and wakeup.tenant_id == business.world.tenant
        for name in wakeup.ids
    ]


def test_reading_jira_now_rings_for_every_reading(business: Business) -> None:
    world = business.world
    world.wakeups.taken.clear()
    assert world.post(f"{ADMIN}/sync", world.sites.alice, {}).status_code == 200
    assert sorted(rung(business)) == sorted(CURSORS)


def test_a_mailbox_that_was_stored_is_rung_for_and_a_refused_one_is_not(business: Business) -> None:
    world = business.world
    world.wakeups.taken.clear()
    with world.container.reading(world.tenant) as session:
        version = session.get_one(MailSettings, world.tenant).row_version
    form = {**MAILBOX, "row_version": str(version)}
    refused = {**form, "host": "imap.fernwood.example/inbox"}
    assert world.post(f"{ADMIN}/answers/mailbox", world.sites.alice, refused).status_code == 422
    assert rung(business) == []
    assert world.post(f"{ADMIN}/answers/mailbox", world.sites.alice, form).status_code == 200
    assert rung(business) == ["imap"]
