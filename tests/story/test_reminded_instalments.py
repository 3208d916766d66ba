"""An agreed plan is reminded of by the site's own policy, in real mails: before each part, and once behind it (F45)."""

from datetime import date

from sqlalchemy import select

from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Rhythm, split
from plugin.services.plans.decide import accept_plan, withdraw_plan
from plugin.services.plans.offer import offer_plan
from plugin.services.plans.watch import break_late_plans
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.plans import InstalmentPlan
from sandbox.stage.house import ACTOR
from tests.support.stage import Story

EUR = Currency("EUR", 2)
FIRST, SECOND, THIRD = date(2026, 9, 24), date(2026, 10, 24), date(2026, 11, 24)
"""A Thursday, a Saturday and a Tuesday."""


def agreed(story: Story) -> Invoice:
    """Three monthly parts of 1,190.00, with four days of grace."""
    invoice = story.bill()
    story.drain()
    with story.writing() as session:
        plan = offer_plan(
            session,
            invoice.id,
            split(Money(119_000, EUR), count=3, first=FIRST, rhythm=Rhythm.MONTH),
            grace_days=4,
            resume_level=4,
            note="",
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
        accept_plan(session, plan.id, who="Ines Brandt", how="phone", now=story.now, actor=ACTOR)
    return invoice


def chased(story: Story) -> list[tuple[str, str]]:
    return [(step, day) for step, day in story.sent() if step not in ("issue", "receipt")]


def look_after(story: Story) -> int:
    with story.writing() as session:
        return break_late_plans(session, now=story.now)


def test_req_F45_each_part_is_announced_and_a_late_one_asked_for_before_the_plan_breaks(story: Story) -> None:
    invoice = agreed(story)
    story.walk(FIRST)
    assert chased(story) == [("instalment", "2026-09-21")]
    assert "instalment 1 of 3, €396.67, is due on 24 September 2026" in story.mails()[-1].text
    story.pay(invoice, "396.67", receipt=False)
    story.walk(date(2026, 10, 23))
    assert chased(story)[1:] == [("instalment", "2026-10-21")]
    # The second part falls on a Saturday and does not come: two business days later is Tuesday, the 27th.
    story.walk(date(2026, 10, 28))
    assert chased(story)[2:] == [("instalment", "2026-10-27")]
    late = story.mails()[-1]
    assert "Instalment 2 of 3" in story.box.mails[-1].subject
    assert "€396.67 is due now" in late.text
    assert "793.33" not in late.text, "what is not due yet is not demanded"
    assert look_after(story) == 0
    story.at(date(2026, 10, 29))
    assert look_after(story) == 1
    story.walk(date(2026, 11, 30))
    told = [step for step, _ in chased(story)[3:]]
    assert told == ["final"], "the ladder goes on with the strongest step that is due"


def test_req_F45_a_part_that_is_paid_before_its_day_is_not_announced(story: Story) -> None:
    invoice = agreed(story)
    story.at(date(2026, 9, 18))
    story.pay(invoice, "396.67", receipt=False)
    story.walk(date(2026, 10, 20))
    assert chased(story) == []
    with story.reading() as session:
        row = session.get_one(Invoice, (story.tenant, invoice.id))
        assert row.balance_minor == 79_333


def test_req_F45_a_kept_plan_brings_three_notices_and_no_demand(story: Story) -> None:
    invoice = agreed(story)
    for day, amount in ((FIRST, "396.67"), (SECOND, "396.67"), (THIRD, "396.66")):
        story.walk(day)
        story.pay(invoice, amount, receipt=False)
    story.walk(date(2026, 12, 10))
    assert [step for step, _ in chased(story)] == ["instalment"] * 3
    assert story.invoice(invoice).state == "paid"


def test_req_F45_without_a_plan_no_row_is_written_for_instalments(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    assert list(story.steps(invoice)) == ["notice", "friendly", "call", "second", "plan_offer", "final", "legal"]


def test_what_was_said_of_an_instalment_is_no_reminder_of_the_invoice(story: Story) -> None:
    invoice = agreed(story)
    story.walk(date(2026, 9, 22))
    assert chased(story) == [("instalment", "2026-09-21")]
    with story.writing() as session:
        withdraw_plan(session, live(story), reason="They pay at once", now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 29))
    assert story.steps(invoice)["second"] == "sent"
    assert story.box.mails[-1].subject == "Reminder: invoice INV-2026-0001 is overdue"


def live(story: Story) -> str:
    with story.reading() as session:
        return session.scalars(select(InstalmentPlan.id)).one()
