"""Money comes in or goes back: the ladder stops, goes on with the rest, or starts again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.payments.record_payment import reverse_payment, write_off
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.payments import Payment
from plugin.ui.invoice_view import view_invoices
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY, CALL, SECOND = date(2026, 9, 18), date(2026, 9, 25), date(2026, 9, 29)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def test_req_F08_after_a_part_payment_the_mail_asks_for_the_rest_alone(story: Story) -> None:
    invoice = billed(story)
    story.at(date(2026, 9, 10))
    story.pay(invoice, "400.00")
    story.walk(FRIENDLY)
    reminder = story.mails()[-1]
    assert reminder.step == "friendly"
    assert "€790.00" in reminder.text
    assert "€400.00" in reminder.text
    assert "1,190" not in reminder.text
    assert story.invoice(invoice).state == "part_paid"


def test_complaint_C28_every_later_message_shows_the_remaining_amount(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "400.00")
    story.walk(date(2026, 10, 21))
    later = [mail for mail in story.mails() if mail.step != "issue"]
    assert [mail.step for mail in later] == ["receipt", "notice", "friendly", "second", "final"]
    assert all("790.00" in mail.text and "1,190" not in mail.text for mail in later)


def test_complaint_C29_a_part_paid_invoice_keeps_its_history(story: Story) -> None:
    invoice = billed(story)
    story.walk(FRIENDLY)
    story.clock.advance(timedelta(minutes=5))
    story.pay(invoice, "400.00")
    story.drain()
    assert story.events(invoice)[-2:] == ["payment", "sent"]
    assert story.events(invoice)[:4] == ["issued", "sent", "sent", "sent"]
    assert story.steps(invoice)["friendly"] == "sent"


def test_complaint_C08_a_full_payment_stops_the_ladder_and_brings_a_receipt(story: Story) -> None:
    invoice = billed(story)
    story.at(date(2026, 9, 17))
    story.pay(invoice, "1190.00")
    story.drain()
    story.walk(date(2026, 11, 6))
    assert story.sent() == [("issue", "2026-09-01"), ("receipt", "2026-09-17")]
    assert story.invoice(invoice).state == "paid"
    assert story.office.tasks() == []
    assert {state for key, state in story.steps(invoice).items() if key != "notice"} == {"cancelled"}
    assert "paid" in story.step(invoice, "second").reason.lower()
    assert "Nothing is open" in story.mails()[-1].text


def test_fault_F54_an_overpayment_is_taken_and_shown(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "1200.00")
    story.drain()
    assert (story.invoice(invoice).state, story.invoice(invoice).balance_minor) == ("paid", -1000)
    assert "Nothing is open" in story.mails()[-1].text
    story.walk(date(2026, 9, 19))
    assert story.reminders() == []


def test_fault_F54_a_reversal_lets_the_ladder_go_on_with_the_strongest_step(story: Story) -> None:
    invoice = billed(story)
    story.walk(date(2026, 9, 16))
    story.pay(invoice, "1190.00")
    story.walk(date(2026, 9, 30))
    assert story.reminders() == [("notice", "2026-09-14")]
    story.take_back(invoice)
    story.drain()
    assert story.invoice(invoice).state == "issued"
    story.walk(date(2026, 10, 2))
    # The friendly reminder and the call are over; only the strongest step that is due goes.
    assert story.reminders() == [("notice", "2026-09-14"), ("second", "2026-09-30")]
    assert story.steps(invoice)["friendly"] == "superseded"
    assert story.steps(invoice)["call"] == "superseded"


def test_complaint_C08_an_open_call_is_called_off_when_the_money_comes(story: Story) -> None:
    invoice = billed(story)
    story.at(CALL)
    assert [task.kind for task in story.office.tasks()] == ["call"]
    story.pay(invoice, "1190.00")
    assert story.office.tasks() == []
    assert story.steps(invoice)["call"] == "cancelled"


def test_fault_F54_a_called_off_call_comes_back_when_the_payment_is_taken_back(story: Story) -> None:
    invoice = billed(story)
    story.at(CALL)
    story.pay(invoice, "1190.00")
    story.take_back(invoice)
    story.drain()
    (task,) = story.office.tasks()
    assert task.kind == "call"
    story.office.close(task.id, Outcome(outcome="answered"))
    story.walk(SECOND)
    assert story.reminders()[-1] == ("second", "2026-09-29")


def test_two_payments_of_one_instant_have_a_receipt_each_with_their_own_amount(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "100.00")
    story.pay(invoice, "250.00")
    story.drain()
    receipts = [mail.text for mail in story.mails() if mail.step == "receipt"]
    assert sorted("€100.00" in text for text in receipts) == [False, True]
    assert sorted("€250.00" in text for text in receipts) == [False, True]


def test_fault_F54_a_payment_of_another_currency_or_of_tomorrow_is_refused(story: Story) -> None:
    invoice = billed(story)
    with pytest.raises(InvalidInput, match="still to come") as refused:
        story.pay(invoice, "10.00", received_on=date(2026, 9, 2))
    assert refused.value.field == "received_on"
    with pytest.raises(InvalidInput):
        story.pay(invoice, "-5.00")
    with pytest.raises(InvalidInput):
        story.pay(invoice, "0.00")
    assert story.invoice(invoice).balance_minor == 119_000


def test_a_draft_takes_no_money(story: Story) -> None:
    draft = story.draft()
    with pytest.raises(Conflict, match="Issue it"):
        story.pay(draft, "10.00")


def test_a_write_off_after_a_reversal_ends_the_ladder(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "1190.00")
    story.take_back(invoice)
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Client is insolvent")
    assert (story.invoice(invoice).state, story.invoice(invoice).balance_minor) == ("written_off", 0)
    story.walk(date(2026, 9, 19))
    assert story.reminders() == []


def test_fault_F53_a_payment_between_plan_and_claim_or_gate_leaves_nothing_to_send(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    assert story.effects("mail")[-1] == "planned"
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert story.effects("mail")[-1] == "cancelled"
    assert story.reminders() == []
    assert story.steps(invoice)["friendly"] == "cancelled"
    # The money goes back: the same step is asked for again, once.
    story.take_back(invoice)
    story.drain()
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_fault_F53_a_payment_while_the_mail_is_leaving_is_flagged_as_crossed(story: Story) -> None:
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    channel = story.container.mail_channel
    send = channel.send

    def pays_before_the_answer(envelope, *, gate):  # type: ignore[no-untyped-def]
        reply = send(envelope, gate=gate)
        story.pay(invoice, "1190.00", receipt=False)
        return reply

    channel.send = pays_before_the_answer  # type: ignore[method-assign]
    story.drain()
    del channel.send
    assert story.reminders() == [("friendly", "2026-09-18")]
    assert "crossed" in story.events(invoice)
    assert story.invoice(invoice).state == "paid"
    story.walk(date(2026, 9, 30))
    assert len(story.reminders()) == 1


def give_up(story: Story, invoice: Invoice, *, reason: str = "Client is insolvent") -> str:
    """Writes off what is open; gives the id of the entry."""
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason=reason)
    with story.reading() as session:
        newest = select(Payment.id).where(Payment.invoice_id == invoice.id, Payment.kind == "write_off")
        return session.scalars(newest.order_by(Payment.recorded_at.desc()).limit(1)).one()


def undo(story: Story, entry_id: str, *, reason: str = "Entered by mistake") -> None:
    with story.writing() as session:
        reverse_payment(session, entry_id, today=story.today, now=story.now, actor=ACTOR, reason=reason)


def told(story: Story, invoice: Invoice) -> list[str]:
    """What the history says about money, oldest first."""
    with story.reading() as session:
        rows = select(InvoiceEvent).where(InvoiceEvent.invoice_id == invoice.id, InvoiceEvent.channel == "money")
        return [row.text for row in session.scalars(rows.order_by(InvoiceEvent.at, InvoiceEvent.id))]


def standing(story: Story, invoice: Invoice) -> tuple[str, int]:
    row = story.invoice(invoice)
    return row.state, row.balance_minor


def test_fault_F54_a_write_off_can_be_taken_back_and_the_ladder_goes_on(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    entry = give_up(story, invoice)
    story.clock.advance(timedelta(minutes=5))
    undo(story, entry)
    assert standing(story, invoice) == ("issued", 119_000)
    story.drain()
    (comment,) = story.jira.comments()
    for words in (
        "1,190.00 EUR written off; nothing is open any more",
        "Write-off of 1,190.00 EUR taken back; 1,190.00 EUR",
    ):
        assert words in str(comment.body)
    with pytest.raises(InvalidInput, match=r"0\.00 EUR of that entry are left"):
        undo(story, entry)
    story.walk(FRIENDLY)
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-18")]


def test_fault_F54_money_after_a_write_off_takes_as_much_of_it_back_as_it_covers(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    entry = give_up(story, invoice)
    for amount, after in (("400.00", ("written_off", 0)), ("800.00", ("paid", -1000))):
        story.clock.advance(timedelta(minutes=5))
        story.pay(invoice, amount)
        assert standing(story, invoice) == after
    assert sorted(told(story, invoice)[1:3]) == [
        "Payment of 400.00 EUR received on 1 September 2026; 790.00 EUR stay written off",
        "Write-off of 400.00 EUR taken back; 400.00 EUR still open",
    ]
    assert sorted(told(story, invoice)[3:]) == [
        "Payment of 800.00 EUR received on 1 September 2026; 10.00 EUR too much",
        "Write-off of 790.00 EUR taken back; 790.00 EUR still open",
    ]
    story.drain()
    assert "nothing is open" in story.mails()[-1].text.lower()
    with pytest.raises(InvalidInput, match="are left"):
        undo(story, entry)
    story.walk(date(2026, 9, 19))
    assert story.reminders() == []


def test_fault_F54_what_is_left_of_a_write_off_can_be_taken_back_after_a_payment(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "190.00")
    entry = give_up(story, invoice)
    story.pay(invoice, "400.00")
    undo(story, entry)
    assert standing(story, invoice) == ("part_paid", 60_000)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1900, 1, 1), date(2025, 8, 30)])
def test_attack_A46_a_payment_long_before_the_invoice_is_refused(story: Story, day: date) -> None:
    invoice = billed(story)
    with pytest.raises(InvalidInput, match="more than a year before the invoice of 2026-09-01") as refused:
        story.pay(invoice, "1.00", received_on=day)
    assert refused.value.field == "received_on"
    assert standing(story, invoice) == ("issued", 119_000)


def test_a_prepayment_within_the_year_is_taken(story: Story) -> None:
    invoice = billed(story)
    story.pay(invoice, "190.00", received_on=date(2025, 9, 1))
    assert standing(story, invoice) == ("part_paid", 100_000)


@pytest.mark.parametrize(
    ("kind", "values", "goes_on"),
    [
        ("disputed", {"reason": "Wrong rate"}, None),
        ("in_plan", {"reason": "Three parts of 400"}, None),
        ("promised", {"until": date(2026, 9, 21)}, "2026-09-22"),
        ("paused", {"until": date(2026, 9, 21)}, "2026-09-22"),
    ],
)
def test_fault_F54_what_held_the_ladder_holds_it_again_when_a_payment_is_taken_back(
    story: Story, kind: str, values: dict[str, object], goes_on: str | None
) -> None:
    invoice = billed(story)
    story.hold(invoice, kind, **values)  # type: ignore[arg-type]
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    story.take_back(invoice)
    story.walk(FRIENDLY)
    assert story.reminders() == []
    story.walk(date(2026, 9, 25))
    assert story.reminders() == ([("friendly", goes_on)] if goes_on else [])


def test_a_hold_is_not_shown_on_an_invoice_that_is_paid(story: Story) -> None:
    invoice = billed(story)
    story.hold(invoice, "disputed", reason="Wrong rate")
    story.pay(invoice, "1190.00", receipt=False)
    assert shown_holds(story, invoice) == []
    story.take_back(invoice)
    assert shown_holds(story, invoice) == ["disputed"]


def shown_holds(story: Story, invoice: Invoice) -> list[str]:
    with story.reading() as session:
        (view,) = view_invoices(session, [session.get_one(Invoice, (story.tenant, invoice.id))], now=story.now)
        return [hold.kind for hold in view.holds]


@pytest.mark.parametrize("amount_minor", [None, 20_000])
def test_req_U12_a_receipt_names_all_that_is_open_also_what_is_disputed(story: Story, amount_minor: int | None) -> None:
    invoice = billed(story)
    story.hold(invoice, "disputed", amount_minor=amount_minor, reason="Wrong rate")
    story.pay(invoice, "190.00")
    story.drain()
    receipt = story.mails()[-1]
    assert receipt.step == "receipt"
    assert "€1,000.00 of this invoice is still open" in receipt.text
    assert "Nothing is open" not in receipt.text


def test_req_U12_the_mail_that_brings_a_disputed_invoice_does_not_call_it_paid(story: Story) -> None:
    invoice = story.bill()
    story.hold(invoice, "disputed", reason="Wrong rate")
    story.drain()
    (mail,) = story.mails()
    assert mail.step == "issue"
    assert "€1,190.00" in mail.text
    assert "DE89" in mail.text.replace(" ", "") or "How to pay" in mail.text
