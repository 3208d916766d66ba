"""Pauses, promises, disputes, obstacles: the ladder rests, goes on, or asks for less."""

from datetime import date

import pytest

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Rhythm, split
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.holds import lift_hold
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from sandbox.stage.witness import seen_rows
from tests.support.stage import Story

EUR = Currency("EUR", 2)
FRIENDLY, CALL, SECOND = date(2026, 9, 18), date(2026, 9, 25), date(2026, 9, 29)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def lift(story: Story, hold_id: str) -> None:
    with story.writing() as session:
        lift_hold(session, hold_id, now=story.now, actor=ACTOR)


def test_req_F41_a_promise_on_the_phone_rests_the_ladder_until_the_day_after(story: Story) -> None:
    invoice = billed(story)
    story.at(CALL)
    (task,) = story.office.tasks()
    said = Outcome(outcome="promise", spoke_with="Ines Brandt", notes="Pays on Monday", promised_on=date(2026, 10, 1))
    story.office.close(task.id, said)
    story.walk(date(2026, 10, 1))
    assert story.reminders() == []
    story.at(date(2026, 10, 2))
    assert story.reminders() == [("second", "2026-10-02")]
    rows = [row for row in seen_rows(story.jira.comments()) if row.step == "call"]
    assert rows
    # Names and notes of a conversation stay in the panel.
    assert not any("Ines" in row.text or "Monday" in row.text for row in rows)
    assert "promise" in story.events(invoice)


def test_complaint_C22_a_promise_that_is_kept_ends_the_ladder(story: Story) -> None:
    invoice = billed(story)
    story.at(FRIENDLY)
    story.hold(invoice, "promised", until=date(2026, 9, 23))
    story.at(date(2026, 9, 23))
    story.pay(invoice, "1190.00", receipt=False)
    story.walk(date(2026, 10, 10))
    assert story.reminders() == [("friendly", "2026-09-18")]
    assert story.office.tasks() == []


def test_req_U12_a_disputed_part_is_not_asked_for(story: Story) -> None:
    invoice = billed(story)
    story.hold(invoice, "disputed", amount_minor=20_000, reason="Two hours were agreed as free")
    story.at(FRIENDLY)
    mail = story.mails()[-1]
    assert mail.step == "friendly"
    assert "€990.00" in mail.text
    assert "1,190.00" not in mail.text


def test_a_wholly_disputed_invoice_rests_until_it_is_settled(story: Story) -> None:
    invoice = billed(story)
    hold = story.hold(invoice, "disputed", reason="Wrong rate")
    story.walk(date(2026, 9, 30))
    assert story.reminders() == []
    assert story.step(invoice, "second").state == "held"
    assert "Wrong rate" in story.step(invoice, "second").reason
    lift(story, hold)
    story.drain()
    assert story.reminders() == [("second", "2026-09-30")]
    with pytest.raises(Conflict):
        lift(story, hold)


def test_complaint_C19_a_paused_invoice_rests_and_others_of_the_client_go_on(story: Story) -> None:
    paused = billed(story)
    other = story.bill(5)
    story.drain()
    story.hold(paused, "paused", until=date(2026, 9, 21), reason="The client asked for a week")
    story.at(FRIENDLY)
    (reminder,) = [mail for mail in story.mails() if mail.step == "friendly"]
    number = story.invoice(other).number
    assert reminder.numbers == (number,)
    assert story.step(paused, "friendly").planned_on == date(2026, 9, 22)
    assert "asked for a week" in story.step(paused, "friendly").reason
    story.at(date(2026, 9, 21))
    assert len(story.reminders()) == 1
    story.at(date(2026, 9, 22))
    assert story.mails()[-1].numbers == (story.invoice(paused).number,)


def test_a_pause_without_end_is_ended_by_a_person(story: Story) -> None:
    invoice = billed(story)
    hold = story.hold(invoice, "paused", reason="Until we have spoken")
    story.walk(date(2026, 9, 30))
    assert story.reminders() == []
    lift(story, hold)
    story.drain()
    assert story.reminders() == [("second", "2026-09-30")]


def test_req_F42_an_obstacle_of_ours_holds_the_ladder(story: Story) -> None:
    invoice = billed(story)
    story.hold(invoice, "obstacle", reason="Purchase order is missing")
    story.at(FRIENDLY)
    assert story.reminders() == []
    assert "Purchase order" in story.step(invoice, "friendly").reason


def test_req_F45_an_accepted_plan_rests_the_ladder(story: Story) -> None:
    invoice = billed(story)
    story.at(date(2026, 10, 12))
    tasks = {task.kind: task for task in story.office.tasks()}
    assert set(tasks) == {"plan_offer"}
    parts = split(Money(119_000, EUR), count=3, first=date(2026, 11, 2), rhythm=Rhythm.MONTH)
    story.office.close(tasks["plan_offer"].id, Outcome(outcome="accepted", spoke_with="Ines Brandt", parts=parts))
    story.walk(date(2026, 11, 6))
    assert story.reminders() == []
    assert "plan" in story.events(invoice)


def test_fault_F55_a_pause_after_the_mail_was_composed_is_seen_at_the_gate(story: Story) -> None:
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    story.hold(invoice, "paused", reason="Wait for the credit note")
    story.drain()
    assert story.reminders() == []
    assert story.step(invoice, "friendly").state == "held"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("paused", {"reason": "  "}, "reason"),
        ("promised", {}, "until"),
        ("paused", {"until": date(2026, 8, 31)}, "until"),
        ("disputed", {"amount_minor": 0}, "amount"),
        ("disputed", {"amount_minor": 119_001}, "amount"),
        ("forgotten", {}, "kind"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(story: Story, kind: str, values: dict[str, object], field: str) -> None:
    invoice = story.bill()
    with pytest.raises(InvalidInput) as refused:
        story.hold(invoice, kind, **values)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert story.events(invoice) == ["issued"]
