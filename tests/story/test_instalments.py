"""A payment plan over its life: offered, accepted on record, kept, broken, withdrawn; the due date is what it was."""

from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Part, Rhythm, split
from plugin.services.payments.record_payment import reverse_payment, write_off
from plugin.services.plans.decide import accept_plan, withdraw_plan
from plugin.services.plans.offer import offer_plan
from plugin.services.plans.rows import plans_of, standing_of
from plugin.services.plans.watch import break_late_plans
from plugin.store.queries.invoice_parts import events_of
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment
from plugin.store.tables.plans import InstalmentPlan
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

EUR = Currency("EUR", 2)
FIRST = date(2026, 9, 21)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def offer(
    story: Story, invoice: Invoice, parts: tuple[Part, ...] = (), *, resume_level: int | None = None
) -> InstalmentPlan:
    with story.writing() as session:
        return offer_plan(
            session,
            invoice.id,
            parts or split(Money(119_000, EUR), count=3, first=FIRST, rhythm=Rhythm.FORTNIGHT),
            grace_days=4,
            resume_level=resume_level,
            note="Agreed with Ines Brandt",
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )


def accept(story: Story, plan: InstalmentPlan, *, who: str = "Ines Brandt", how: str = "phone") -> None:
    with story.writing() as session:
        accept_plan(session, plan.id, who=who, how=how, now=story.now, actor=ACTOR)


def look_after(story: Story) -> int:
    with story.writing() as session:
        return break_late_plans(session, now=story.now)


def newest(story: Story, invoice: Invoice) -> InstalmentPlan:
    with story.reading() as session:
        return plans_of(session, invoice.id)[0]


def paid(story: Story, invoice: Invoice) -> list[int]:
    with story.reading() as session:
        row = session.get_one(Invoice, (story.tenant, invoice.id))
        return [each.paid.minor for each in standing_of(session, row, plans_of(session, invoice.id)[0])]


def test_req_F45_a_plan_that_is_kept_never_sees_a_reminder(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    plan = offer(story, invoice)
    accept(story, plan)
    row = newest(story, invoice)
    assert (row.state, row.accepted_by, row.accepted_how) == ("running", "Ines Brandt", "phone")
    for day, amount in ((FIRST, "396.67"), (date(2026, 10, 5), "396.67"), (date(2026, 10, 19), "396.66")):
        story.walk(day)
        story.pay(invoice, amount, receipt=False)
        assert look_after(story) == 0
    story.walk(date(2026, 11, 15))
    assert story.reminders() == []
    assert newest(story, invoice).state == "kept"
    assert story.invoice(invoice).due_on == date(2026, 9, 15), "the due date is not rewritten"


def test_req_F45_the_second_part_five_days_late_breaks_the_plan_and_the_ladder_resumes_at_its_level(
    story: Story,
) -> None:
    invoice = billed(story)
    weekly = split(Money(119_000, EUR), count=3, first=FIRST, rhythm=Rhythm.WEEK)
    accept(story, offer(story, invoice, weekly, resume_level=4))
    story.walk(FIRST)
    story.pay(invoice, "396.67", receipt=False)
    assert paid(story, invoice) == [39_667, 0, 0]
    story.walk(date(2026, 10, 2))
    assert look_after(story) == 0, "four days of grace"
    story.at(date(2026, 10, 3))
    assert look_after(story) == 1
    assert look_after(story) == 0
    row = newest(story, invoice)
    assert (row.state, row.broken_on) == ("broken", date(2026, 10, 3))
    assert "plan_broken" in story.alerts()
    story.walk(date(2026, 10, 6))
    assert story.reminders() == [("second", "2026-10-05")]
    assert "€793.33" in story.mails()[-1].text


def test_req_F45_an_offer_alone_holds_nothing(story: Story) -> None:
    invoice = billed(story)
    offer(story, invoice)
    story.walk(date(2026, 9, 18))
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-18")]
    with pytest.raises(Conflict, match="already"):
        offer(story, invoice)


def test_req_F45_a_withdrawn_plan_lets_the_ladder_go_on(story: Story) -> None:
    invoice = billed(story)
    plan = offer(story, invoice)
    accept(story, plan)
    story.walk(date(2026, 9, 17))
    with story.writing() as session, pytest.raises(InvalidInput):
        withdraw_plan(session, plan.id, reason=" ", now=story.now, actor=ACTOR)
    with story.writing() as session:
        withdraw_plan(session, plan.id, reason="They changed their mind", now=story.now, actor=ACTOR)
    story.walk(date(2026, 9, 18))
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.writing() as session, pytest.raises(Conflict):
        accept_plan(session, plan.id, who="Ines", how="phone", now=story.now, actor=ACTOR)


def test_req_F45_an_acceptance_names_who_and_how_and_still_fits_what_is_open(story: Story) -> None:
    invoice = billed(story)
    plan = offer(story, invoice)
    with pytest.raises(InvalidInput):
        accept(story, plan, who=" ")
    with pytest.raises(InvalidInput):
        accept(story, plan, how="telepathy")
    story.pay(invoice, "100.00", receipt=False)
    with pytest.raises(Conflict, match="has changed"):
        accept(story, plan)


def test_req_F45_the_parts_add_up_to_what_is_open_to_the_cent(story: Story) -> None:
    invoice = billed(story)
    short = split(Money(118_999, EUR), count=3, first=FIRST, rhythm=Rhythm.MONTH)
    with pytest.raises(InvalidInput, match="have to match"):
        offer(story, invoice, short)


def test_a_write_off_ends_a_running_plan(story: Story) -> None:
    invoice = billed(story)
    accept(story, offer(story, invoice))
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Insolvent")
    assert newest(story, invoice).state == "withdrawn"


def test_fault_F54_a_plan_runs_on_when_the_payment_that_kept_it_is_taken_back(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    accept(story, offer(story, invoice))
    story.walk(FIRST)
    story.pay(invoice, "1190.00", receipt=False)
    assert newest(story, invoice).state == "kept"
    story.take_back(invoice)
    assert (newest(story, invoice).state, newest(story, invoice).ended_at) == ("running", None)
    assert paid(story, invoice) == [0, 0, 0]
    story.walk(date(2026, 9, 25))
    assert story.reminders() == []
    # Nothing more is paid: it breaks as any plan does, and may be kept again before that.
    story.pay(invoice, "1190.00", receipt=False)
    assert newest(story, invoice).state == "kept"
    story.take_back(invoice)
    story.at(date(2026, 9, 26))
    assert look_after(story) == 1
    assert newest(story, invoice).state == "broken"
    with story.reading() as session:
        told = [event.text for event in events_of(session, [invoice.id]) if event.kind == "plan"]
    assert told.count("Payment plan kept") == 2
    assert told.count("Payment plan runs on: the payment was taken back") == 2


def test_fault_F54_an_offer_stands_again_when_a_write_off_is_taken_back(story: Story) -> None:
    invoice = billed(story)
    offer(story, invoice)
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Entered by mistake")
        entry = session.scalars(select(Payment.id).where(Payment.invoice_id == invoice.id)).one()
    assert newest(story, invoice).state == "withdrawn"
    with story.writing() as session:
        reverse_payment(session, entry, today=story.today, now=story.now, actor=ACTOR, reason="Entered by mistake")
    assert newest(story, invoice).state == "offered"


def test_a_plan_that_a_person_withdrew_stays_withdrawn(story: Story) -> None:
    invoice = billed(story)
    plan = offer(story, invoice)
    accept(story, plan)
    with story.writing() as session:
        withdraw_plan(session, plan.id, reason="They pay at once", now=story.now, actor=ACTOR)
    story.pay(invoice, "1190.00", receipt=False)
    story.take_back(invoice)
    assert newest(story, invoice).state == "withdrawn"
