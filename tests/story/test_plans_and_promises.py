"""Mails about a plan or a promise: what they ask for, and that they say of no invoice what is true of another."""

from datetime import date

from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Part
from plugin.services.plans.decide import accept_plan, withdraw_plan
from plugin.services.plans.offer import offer_plan
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.stage import Story

EUR = Currency("EUR", 2)
FRIENDLY, SECOND = date(2026, 9, 18), date(2026, 9, 29)
LATE = step("second", 14, "email", template="second", tone="firm", ask={"kind": "deadline", "business_days": 5})
PART = step("part", -3, "email", template="instalment", anchor="instalment")


def agree(story: Story, invoice: Invoice, *days: date) -> str:
    """A plan of equal parts, offered and accepted at once; gives its id."""
    amount = story.invoice(invoice).balance_minor // len(days)
    with story.writing() as session:
        plan = offer_plan(
            session,
            invoice.id,
            tuple(Part(day, Money(amount, EUR)) for day in days),
            grace_days=4,
            resume_level=None,
            note="",
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
        accept_plan(session, plan.id, who="Ines Brandt", how="phone", now=story.now, actor=ACTOR)
        return plan.id


def two_invoices(story: Story) -> tuple[Invoice, Invoice]:
    project, issue = story.second_project()
    one, two = story.bill(), story.bill(project=project, issue=issue)
    story.drain()
    return one, two


def test_req_F45_an_instalment_to_come_stands_beside_what_is_late_and_is_not_demanded(story: Story) -> None:
    story.publish(ladder(LATE, PART))
    in_plan, _ = two_invoices(story)
    agree(story, in_plan, date(2026, 10, 2), date(2026, 11, 2))
    story.at(SECOND)
    mail = story.box.mails[-1]
    assert mail.subject == "Reminder: invoice INV-2026-0002 is overdue"
    assert "Please pay €1,190.00 by 6 October 2026." in mail.text
    assert "1,785.00" not in mail.text
    assert "2 October 2026" in mail.text
    assert "€595.00" in mail.text


def test_req_F45_an_instalment_alone_names_its_own_day_and_amount(story: Story) -> None:
    story.publish(ladder(LATE, PART))
    invoice = story.bill()
    story.drain()
    agree(story, invoice, date(2026, 10, 2), date(2026, 11, 2))
    story.at(SECOND)
    text = story.box.mails[-1].text
    assert "instalment 1 of 2, €595.00, is due on 2 October 2026" in text
    assert "15 September 2026" not in text


def test_req_F45_a_second_plan_counts_its_instalments_from_one(story: Story) -> None:
    story.publish(ladder(LATE, PART))
    invoice = story.bill()
    story.drain()
    first = agree(story, invoice, date(2026, 9, 21), date(2026, 10, 21))
    story.at(date(2026, 9, 3))
    with story.writing() as session:
        withdraw_plan(session, first, reason="Agreed anew", now=story.now, actor=ACTOR)
    agree(story, invoice, date(2026, 10, 2), date(2026, 10, 16), date(2026, 10, 30), date(2026, 11, 13))
    story.at(SECOND)
    assert "instalment 1 of 4, €297.50, is due on 2 October 2026" in story.box.mails[-1].text


def test_complaint_C22_a_mail_about_a_broken_promise_says_nothing_of_an_invoice_without_one(story: Story) -> None:
    broken = step("broken", 1, "email", template="promise_broken", tone="firm", anchor="promise")
    story.publish(ladder(step("friendly", 3, "email", template="friendly"), broken))
    promised, _ = two_invoices(story)
    story.hold(promised, "promised", until=date(2026, 9, 17))
    story.at(FRIENDLY)
    mail = story.box.mails[-1]
    assert "You told us" not in mail.text
    assert (mail.subject, "€2,380.00" in mail.text) == ("Reminder: 2 invoices are overdue", True)


def test_complaint_C22_two_promises_are_told_together_with_their_day_where_it_is_the_same(story: Story) -> None:
    broken = step("broken", 1, "email", template="promise_broken", tone="firm", anchor="promise")
    story.publish(ladder(broken))
    for invoice in two_invoices(story):
        story.hold(invoice, "promised", until=date(2026, 9, 17))
    story.at(FRIENDLY)
    assert "these invoices would be paid by 17 September 2026" in story.box.mails[-1].text
