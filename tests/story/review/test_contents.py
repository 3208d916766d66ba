"""What a mail says when something changes between composing it and the gate."""

from datetime import date, timedelta

from sqlalchemy import select

from plugin.services.follow_ups.switches import kill_switch
from plugin.store.tables.invoices import InvoiceEvent
from sandbox.stage.house import ACTOR
from tests.story.review.test_recipients import greylisted, later
from tests.support.stage import Story


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
