"""What a mail says when something changes between composing it and the gate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.follow_ups.switches import kill_switch
from plugin.services.payments.record_payment import write_off
from plugin.services.settings.clients import save_client
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import InvoiceEvent
from sandbox.stage.house import ACTOR
from tests.story.review.test_recipients import greylisted, later
from tests.support.stage import ENGLISH, Story


def test_fault_F54_the_history_names_the_amount_that_the_mail_asked_for(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.at(date(2026, 9, 18))
    story.pay(invoice, "400.00", receipt=False)
    later(story, 10)
    assert "€790.00" in story.mails()[-1].text
    with story.reading() as session:
        query = select(InvoiceEvent.text).where(InvoiceEvent.invoice_id == invoice.id, InvoiceEvent.kind == "sent")
        told = session.scalars(query.order_by(InvoiceEvent.at.desc())).first() or ""
    assert "790.00" in told
    assert "1,190.00" not in told


def test_a_receipt_for_money_that_went_back_is_not_sent(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    with greylisted(story):
        story.pay(invoice, "1190.00")
        story.drain()
    story.take_back(invoice)
    later(story, 10)
    assert [mail.step for mail in story.mails()] == ["issue"]


def test_a_reversal_while_a_mail_leaves_is_no_payment_that_crossed(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.pay(invoice, "100.00", receipt=False)
    story.clock.instant = story.now.replace(day=18, hour=10)
    channel = story.container.mail_channel
    send = channel.send

    def money_goes_back(envelope, *, gate):  # type: ignore[no-untyped-def]
        reply = send(envelope, gate=gate)
        story.take_back(invoice)
        return reply

    channel.send = money_goes_back  # type: ignore[method-assign]
    story.drain()
    del channel.send
    assert "crossed" not in story.events(invoice)


def test_fault_F38_waiting_for_the_kill_switch_uses_up_none_of_the_four_days(story: Story) -> None:
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.bill()
    story.drain()
    story.clock.instant += timedelta(days=6)
    story.drain()
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    with greylisted(story):
        later(story, 6)
    later(story, 6)
    assert [mail.step for mail in story.mails()][:1] == ["issue"]
    assert "mail_failed" not in story.alerts()


def test_complaint_C24_what_is_left_of_a_mail_speaks_in_its_own_tone(story: Story) -> None:
    firm = story.bill()
    story.drain()
    story.walk(date(2026, 9, 15))
    project, issue = story.second_project()
    soft = story.office.issue(story.draft(project=project, issue=issue).id, due=date(2026, 9, 26))
    story.walk(date(2026, 9, 28))
    assert story.steps(soft)["friendly"] == "planned"
    with greylisted(story):
        story.at(date(2026, 9, 29))
    assert [story.step(firm, "second").state, story.step(soft, "friendly").state] == ["deferred", "deferred"]
    story.pay(firm, "1190.00", receipt=False)
    later(story, 10)
    last = story.mails()[-1]
    assert (last.step, last.numbers) == ("friendly", (soft.number,))
    assert story.steps(soft)["friendly"] == "sent"
    assert story.steps(firm)["second"] == "cancelled"


def speak(story: Story, language: str) -> None:
    """The client is written to in another language from now on."""
    with story.writing() as session:
        row = session.get_one(Client, (story.tenant, story.client_id))
        form = replace(ENGLISH, language=language, row_version=row.row_version)
        save_client(session, story.client_id, form, now=story.now, actor=ACTOR)


@pytest.mark.parametrize("waits_for", ["server", "gate"])
def test_complaint_C35_a_mail_that_waited_speaks_the_language_of_the_day_it_leaves(
    story: Story, waits_for: str
) -> None:
    invoice = story.bill()
    story.drain()
    if waits_for == "server":
        with greylisted(story):
            story.at(date(2026, 9, 18))
        speak(story, "de")
    else:
        story.clock.instant = story.now.replace(day=18, hour=10)
        story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
        before_gate(story, lambda: speak(story, "de"))
    later(story, 10)
    assert [mail.step for mail in story.mails()] == ["issue", "friendly"]
    assert "bereits bezahlt" in " ".join(story.mails()[-1].text.split())
    assert "1.190,00" in story.mails()[-1].text


def before_gate(story: Story, change: Callable[[], None]) -> None:
    """Works once, and makes the change while the first mail is offered."""
    channel = story.container.mail_channel
    send, changes = channel.send, [change]

    def change_meanwhile(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        while changes:
            changes.pop()()
        return send(envelope, gate=gate)

    channel.send = change_meanwhile  # type: ignore[method-assign]
    story.drain()
    del channel.send


def test_a_mail_that_waited_over_night_counts_the_days_late_of_the_day_it_leaves(story: Story) -> None:
    story.bill()
    story.drain()
    with greylisted(story):
        story.at(date(2026, 9, 17), hour=14)
        story.at(date(2026, 9, 18), hour=14)
    story.at(date(2026, 9, 21))
    assert [mail.step for mail in story.mails()] == ["issue", "friendly"]
    # Due on 15 September, gone on the 21st.
    assert "(Days late: 6)" in story.mails()[-1].text


def test_an_invoice_that_is_paid_before_it_left_still_goes_out_because_the_client_needs_the_document(
    story: Story,
) -> None:
    with greylisted(story):
        invoice = story.bill()
        story.drain()
    story.pay(invoice, "1190.00", receipt=False)
    later(story, 10)
    (mail,) = story.mails()
    assert (mail.step, len(mail.pdfs)) == ("issue", 1)
    assert "€0.00" in mail.text
    assert "DE89 3704" not in mail.text
    assert "How to pay" not in mail.text


def test_an_invoice_that_is_written_off_before_it_left_is_not_sent_and_the_history_says_so(story: Story) -> None:
    with greylisted(story):
        invoice = story.bill()
        story.drain()
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Goodwill")
    later(story, 10)
    assert story.mails() == []
    assert story.effects("mail") == ["cancelled"]
    with story.reading() as session:
        note = select(InvoiceEvent.internal_note).where(InvoiceEvent.text == "The mail with the invoice was not sent")
        assert "written off" in session.scalars(note).one()
