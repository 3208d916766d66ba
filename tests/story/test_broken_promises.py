"""A broken promise stands in the history, once, and one that was kept or replaced does not (C22)."""

from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Rhythm, split
from plugin.services.follow_ups.broken_promises import tell_broken_promises
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.plans.decide import accept_plan
from plugin.services.plans.offer import offer_plan
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

DAY, AFTER = date(2026, 9, 23), date(2026, 9, 24)


def promised(story: Story, until: date = DAY) -> tuple[Invoice, str]:
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 18))
    return invoice, story.hold(invoice, "promised", until=until)


def tell(story: Story) -> int:
    with story.writing() as session:
        return tell_broken_promises(session, now=story.now)


def broken(story: Story, invoice: Invoice) -> list[str]:
    with story.reading() as session:
        query = select(InvoiceEvent.text).where(InvoiceEvent.invoice_id == invoice.id)
        return list(session.scalars(query.where(InvoiceEvent.kind == "promise_broken")))


def test_complaint_C22_a_broken_promise_is_told_once_the_day_after(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice, _ = promised(story)
    story.at(DAY)
    assert tell(story) == 0
    # At 23 hours UTC the promised day is over in Berlin.
    story.at(DAY, hour=23)
    assert tell(story) == 1
    assert tell(story) == 0
    story.at(AFTER)
    assert tell(story) == 0
    assert broken(story, invoice) == ["The payment promised for 23 September 2026 did not come"]


def test_complaint_C22_the_round_of_control_tells_it_by_itself(story: Story) -> None:
    invoice, _ = promised(story)
    story.at(AFTER)
    story.read_jira("control")
    assert len(broken(story, invoice)) == 1


def test_a_promise_kept_in_time_is_not_broken_by_being_entered_late_or_charged_back(story: Story) -> None:
    invoice, _ = promised(story)
    story.at(AFTER)
    story.pay(invoice, "1190.00", received_on=DAY, receipt=False)
    assert tell(story) == 0
    story.at(date(2026, 9, 28))
    story.take_back(invoice)
    assert story.invoice(invoice).state == "issued"
    assert tell(story) == 0


def test_a_part_of_what_was_promised_does_not_keep_it(story: Story) -> None:
    invoice, _ = promised(story)
    story.pay(invoice, "1000.00", receipt=False)
    story.at(AFTER)
    assert tell(story) == 1


@pytest.mark.parametrize("how", ["a newer promise", "taken back", "disputed", "a plan"])
def test_what_took_its_place_in_time_leaves_no_broken_promise(story: Story, how: str) -> None:
    invoice, hold = promised(story)
    story.at(date(2026, 9, 21))
    if how == "a newer promise":
        story.hold(invoice, "promised", until=date(2026, 9, 30))
    elif how == "taken back":
        with story.writing() as session:
            lift_hold(session, hold, now=story.now, actor=ACTOR)
    elif how == "disputed":
        story.hold(invoice, "disputed")
    else:
        agree(story, invoice)
    story.at(AFTER)
    assert tell(story) == 0
    assert broken(story, invoice) == []


def test_the_second_of_two_promises_is_broken_once(story: Story) -> None:
    invoice, _ = promised(story)
    story.at(date(2026, 9, 21))
    story.hold(invoice, "promised", until=date(2026, 9, 30))
    story.at(date(2026, 10, 1))
    assert tell(story) == 1
    assert broken(story, invoice) == ["The payment promised for 30 September 2026 did not come"]


def test_a_promise_made_after_a_broken_one_leaves_it_broken(story: Story) -> None:
    invoice, _ = promised(story)
    story.at(AFTER)
    story.hold(invoice, "promised", until=date(2026, 9, 30))
    assert tell(story) == 1
    story.at(date(2026, 10, 1))
    assert tell(story) == 1
    assert len(broken(story, invoice)) == 2


def agree(story: Story, invoice: Invoice) -> None:
    """A payment plan that the client accepted."""
    with story.writing() as session:
        plan = offer_plan(
            session,
            invoice.id,
            split(Money(119_000, Currency("EUR", 2)), count=2, first=date(2026, 10, 1), rhythm=Rhythm.MONTH),
            grace_days=4,
            resume_level=None,
            note="",
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
        accept_plan(session, plan.id, who="Ines Brandt", how="phone", now=story.now, actor=ACTOR)
