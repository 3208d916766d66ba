"""Who gets a mail: contacts that change while it is queued, and two contacts for one step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.settings.clients import ContactForm, save_client
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.outbox import Effect
from sandbox.mailbox.faults import MailFault
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

OLD, NEW, SECOND = "rechnung@brandt.example", "billing@brandt.example", "zweite@brandt.example"
FRIENDLY = date(2026, 9, 18)
INES = ContactForm(role="billing", name="Ines Brandt", email=OLD)
TWO = replace(ENGLISH, contacts=(INES, ContactForm(role="billing", name="Otto Brandt", email=SECOND)))


def contacts(story: Story, *addresses: str) -> None:
    """From now on these are the client's billing contacts."""
    with story.writing() as session:
        row = session.get_one(Client, (story.tenant, story.client_id))
        people = tuple(ContactForm(role="billing", name="Ines Brandt", email=address) for address in addresses)
        save_client(
            session,
            story.client_id,
            replace(ENGLISH, contacts=people, row_version=row.row_version),
            now=story.now,
            actor=ACTOR,
        )


@contextmanager
def greylisted(story: Story, *addresses: str) -> Iterator[None]:
    """The mail server says "not now" to these addresses, or to everybody."""
    for address in addresses or (None,):
        story.box.faults.add(MailFault.rcpt(450, address=address), times=None)
    yield
    story.box.faults.clear()


def later(story: Story, minutes: int) -> None:
    story.clock.instant += timedelta(minutes=minutes)
    story.drain()


def got(story: Story, step: str) -> list[str]:
    """Who got the mails of a step, oldest first."""
    return [mail.recipients[0] for mail in story.mails() if mail.step == step]


def test_I3_a_reminder_never_goes_to_somebody_who_is_no_contact_any_more(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.at(FRIENDLY)
    contacts(story)
    later(story, 10)
    assert got(story, "friendly") == []
    assert story.step(invoice, "friendly").reason_code == "no_address"


def test_a_reminder_follows_an_address_that_was_corrected_while_it_waited(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.at(FRIENDLY)
    contacts(story, NEW)
    later(story, 10)
    later(story, 10)
    assert got(story, "friendly") == [NEW]
    assert story.steps(invoice)["friendly"] == "sent"


def test_the_mail_with_the_invoice_follows_a_corrected_address(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    with greylisted(story):
        story.bill()
        story.drain()
    contacts(story, NEW)
    later(story, 10)
    later(story, 10)
    assert got(story, "issue") == [NEW]


def test_the_mail_with_the_invoice_waits_with_an_alert_when_nobody_is_left(story: Story) -> None:
    with greylisted(story):
        story.bill()
        story.drain()
    contacts(story)
    later(story, 10)
    assert got(story, "issue") == []
    assert "no_address" in story.alerts()
    contacts(story, NEW)
    later(story, 60)
    assert got(story, "issue") == [NEW]


def test_a_receipt_to_somebody_who_left_is_not_sent(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.pay(invoice, "1190.00")
        story.drain()
    contacts(story)
    later(story, 10)
    assert got(story, "receipt") == []
    assert sorted(story.effects("mail")) == ["cancelled", "sent"]


def test_fault_F46_a_step_that_reached_one_of_two_contacts_is_sent(new_story_on_both: NewStory) -> None:
    story = new_story_on_both(client=TWO)
    invoice = story.bill()
    story.drain()
    with greylisted(story, SECOND):
        story.at(FRIENDLY)
    assert got(story, "friendly") == [OLD]
    step = story.step(invoice, "friendly")
    assert (step.state, step.done_on) == ("sent", FRIENDLY)
    story.box.faults.add(MailFault.rcpt(550, address=SECOND), times=None)
    later(story, 10)
    step = story.step(invoice, "friendly")
    assert (step.state, step.reason_code) == ("sent", "sent")


def test_fault_F46_a_refused_first_contact_does_not_fail_what_the_second_gets(story: Story) -> None:
    contacts(story, OLD, SECOND)
    invoice = story.bill()
    story.drain()
    story.box.faults.add(MailFault.rcpt(550, address=SECOND), times=None)
    with greylisted(story, OLD):
        story.at(FRIENDLY)
    assert story.steps(invoice)["friendly"] != "failed"
    later(story, 10)
    assert got(story, "friendly") == [OLD]
    assert story.steps(invoice)["friendly"] == "sent"


def test_I1_a_pause_between_two_contacts_sends_to_nobody_twice(new_story_on_both: NewStory) -> None:
    story = new_story_on_both(client=TWO)
    invoice = story.bill()
    story.drain()
    with greylisted(story, SECOND):
        story.at(FRIENDLY)
    hold = story.hold(invoice, "paused")
    later(story, 10)
    assert got(story, "friendly") == [OLD]
    with story.writing() as session:
        lift_hold(session, hold, now=story.now, actor=ACTOR)
    story.walk(date(2026, 9, 23))
    assert got(story, "friendly") == [OLD]
    assert story.steps(invoice)["friendly"] == "sent"
    assert story.step(invoice, "call").state == "planned"


@pytest.mark.parametrize("looked_at", [OLD, SECOND])
def test_I1_both_contacts_get_a_step_whose_mails_waited_through_a_pause(
    new_story_on_both: NewStory, looked_at: str
) -> None:
    """Only one of the two mails comes to its gate while the pause is on; the other waits on, and settles the step."""
    story = new_story_on_both(client=TWO)
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.at(FRIENDLY)
    hold = story.hold(invoice, "paused")
    with story.writing() as session:
        waiting = select(Message.id).where(Message.kind == "follow_up", Message.recipient != looked_at)
        late = update(Effect).where(Effect.subject_id.in_(waiting)).values(next_at=story.now + timedelta(minutes=50))
        session.execute(late.execution_options(synchronize_session=False))
    later(story, 10)
    assert got(story, "friendly") == []
    with story.writing() as session:
        lift_hold(session, hold, now=story.now, actor=ACTOR)
    for _ in range(3):
        later(story, 30)
    assert sorted(got(story, "friendly")) == sorted([OLD, SECOND])
    assert story.steps(invoice)["friendly"] == "sent"


def test_I1_a_mail_that_a_worker_holds_while_the_other_is_called_off_goes_once_all_the_same(
    new_story_on_both: NewStory,
) -> None:
    """The pause is on at the first mail's gate and lifted before the second one's."""
    story = new_story_on_both(client=TWO)
    invoice = story.bill()
    story.drain()
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    with story.reading() as session:
        query = select(Message.recipient, Effect.id).join(Effect, Effect.subject_id == Message.id)
        mails = dict(session.execute(query.where(Message.kind == "follow_up")).all())
    channel = story.container.mail_channel
    send = channel.send

    def other_first(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        channel.send = send  # type: ignore[method-assign]
        hold = story.hold(invoice, "paused")
        run_effect(story.container, story.tenant, mails[OLD], time_left=lambda: 900.0)
        with story.writing() as session:
            lift_hold(session, hold, now=story.now, actor=ACTOR)
        return send(envelope, gate=gate)

    channel.send = other_first  # type: ignore[method-assign]
    run_effect(story.container, story.tenant, mails[SECOND], time_left=lambda: 900.0)
    assert got(story, "friendly") == []
    later(story, 1)
    assert sorted(got(story, "friendly")) == sorted([OLD, SECOND])
    assert story.steps(invoice)["friendly"] == "sent"


def test_I1_a_corrected_first_contact_and_the_second_get_the_step_once_each(new_story_on_both: NewStory) -> None:
    story = new_story_on_both(client=TWO)
    story.bill()
    story.drain()
    with greylisted(story):
        story.at(FRIENDLY)
    contacts(story, NEW, SECOND)
    for _ in range(3):
        later(story, 20)
    assert sorted(got(story, "friendly")) == sorted([NEW, SECOND])


@pytest.mark.parametrize("step", ["issue", "friendly"])
def test_fault_F39_an_address_that_was_corrected_is_not_offered_to_the_server_any_more(story: Story, step: str) -> None:
    """A 550 for the old address would fail the mail for good."""
    invoice = story.bill()
    if step == "friendly":
        story.drain()
    with greylisted(story):
        story.at(FRIENDLY if step == "friendly" else story.today)
    contacts(story, NEW)
    story.box.faults.add(MailFault.rcpt(550, address=OLD), times=None)
    later(story, 10)
    later(story, 10)
    assert got(story, step) == [NEW]
    assert "mail_failed" not in story.alerts()
    assert story.steps(invoice)["friendly"] == ("sent" if step == "friendly" else "planned")


def test_a_second_contact_that_leaves_while_the_first_waits_changes_nothing_for_the_first(story: Story) -> None:
    contacts(story, OLD, SECOND)
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.at(FRIENDLY)
    contacts(story, OLD)
    for _ in range(3):
        later(story, 20)
    assert got(story, "friendly") == [OLD]
    assert story.steps(invoice)["friendly"] == "sent"


def test_I1_two_contacts_get_each_step_once(new_story_on_both: NewStory) -> None:
    story = new_story_on_both(client=TWO)
    story.bill()
    story.walk(date(2026, 9, 24))
    assert [step for step, _ in story.sent()] == ["issue", "issue", "notice", "notice", "friendly", "friendly"]
