"""Our own account manager gets copies: no word to the client, no rung of its ladder, no click of the client's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plugin.services.follow_ups.gather_contacts import contacts_of
from plugin.services.inbound.incoming import IncomingMail
from plugin.services.inbound.take import take_mail
from plugin.services.settings.clients import ContactForm
from plugin.store.tables.clients import Client
from sandbox.mailbox.mail import Mail
from tests.story.client_page import ClientBrowser, links_of
from tests.support.ladders import ladder, step
from tests.support.stage import ENGLISH, NewStory, Story

JULE = "jule@seestern.example"
OURS = ContactForm(role="account_manager", name="Jule Petersen", email=JULE, phone="+49 40 5550 181")
CLIENT = replace(ENGLISH, contacts=(*ENGLISH.contacts, OURS))
FRIENDLY = date(2026, 9, 18)
FOR_US = step("tell", 3, "email", template="reminder", tone="firm", recipients=["account_manager"])
FOR_THEM = step("friendly", 3, "email", template="friendly")


@pytest.fixture
def story(new_story: NewStory) -> Story:
    return new_story(client=CLIENT)


def mails_to(story: Story, address: str) -> list[Mail]:
    return [mail for mail in story.box.mails if address in mail.recipients]


def test_req_F11_a_mail_to_the_account_manager_takes_no_reminder_from_the_client(story: Story) -> None:
    story.publish(ladder(FOR_THEM, FOR_US))
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert len(mails_to(story, JULE)) == 1
    assert story.steps(invoice) == {"tell": "sent", "friendly": "sent"}
    with story.reading() as session:
        client = session.get_one(Client, (story.tenant, story.client_id))
        heard = contacts_of(session, client, since=story.now - timedelta(days=9))
    assert [{ref.key for ref in contact.members} for contact in heard] == [{"friendly"}]


def test_req_F11_a_copy_goes_to_the_account_manager_beside_the_client(story: Story) -> None:
    story.publish(ladder({**FOR_THEM, "recipients": ["billing", "account_manager"]}))
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert sorted(mail.recipients for mail in story.box.mails[1:]) == [(JULE,), ("rechnung@brandt.example",)]


def test_complaint_C34_the_account_managers_click_is_not_the_clients(story: Story) -> None:
    story.publish(ladder({**FOR_THEM, "recipients": ["billing", "account_manager"]}))
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    address = links_of(mails_to(story, JULE)[0])[0]
    browser = ClientBrowser()
    assert "INV-2026-0001" in browser.open(address).text
    browser.look(address)
    assert story.invoice(invoice).viewed_at is None
    assert "viewed" not in story.events(invoice)
    browser.look(links_of(mails_to(story, "rechnung@brandt.example")[-1])[0])
    assert story.invoice(invoice).viewed_at is not None


def test_req_F44_the_account_managers_reply_is_not_the_clients(story: Story) -> None:
    story.publish(ladder(FOR_THEM, FOR_US))
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    wrote = IncomingMail(
        source_id="1",
        sender=JULE,
        addressed_to=("billing@seestern.example",),
        subject="Re: Reminder",
        text="I will call them",
        answers=(mails_to(story, JULE)[0].message_id,),
    )
    with story.writing() as session:
        stored = take_mail(session, wrote, now=story.now)
        assert stored is not None
        assert stored.kind == "auto_reply"
