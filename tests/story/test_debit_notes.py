"""Debit notes over their life: looked at, issued with a number of their own, mailed, paid, cancelled (L14)."""

import io
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.late_payment.claim import Claim
from plugin.services.debit_notes.end import cancel_note, pay_note, take_note_back
from plugin.services.debit_notes.issue import claim_to_note, issue_debit_note, seal_of
from plugin.services.follow_ups.switches import kill_switch
from plugin.services.late_payment.confirmations import confirm_fixed_sums, withdraw_fixed_sums
from plugin.services.payments.record_payment import write_off
from plugin.services.settings.clients import ClientForm
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import NumberSeries
from plugin.store.tables.invoices import Document, Invoice
from plugin.store.tables.law import DebitNote, DebitNoteDocument
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment
from sandbox.mailbox.mail import Mail
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

SECOND = date(2026, 9, 29)
"""14 days after the due date of an invoice of 1 September: 1,190.00 at 10.40 % are 4.75."""
EUROPE = replace(ENGLISH, law_profile="eu")


def late(new_story: NewStory, client: ClientForm = EUROPE) -> tuple[Story, Invoice]:
    """An invoice of 1,190.00, 14 days late; the seller claims the fixed sums of the euro countries."""
    story = new_story(client=client)
    with story.writing() as session:
        confirm_fixed_sums(session, "eu", now=story.now, actor=ACTOR)
    invoice = story.bill()
    story.drain()
    story.at(SECOND)
    return story, invoice


def seal(story: Story, invoice: Invoice) -> str:
    with story.reading() as session:
        claim = claim_to_note(session, session.get_one(Invoice, (story.tenant, invoice.id)), now=story.now)
    assert isinstance(claim, Claim), claim
    return seal_of(claim)


def issue(story: Story, invoice: Invoice, *, seen: str = "", send: bool = True, due: date | None = None) -> DebitNote:
    with story.writing() as session:
        return issue_debit_note(
            session,
            invoice.id,
            seal=seen or seal(story, invoice),
            due=due or date(2026, 12, 1),
            send=send,
            today=story.today,
            now=story.now,
            actor=ACTOR,
            renderer=story.container.renderer,
            message_ids=story.message_id,
        )


def note(story: Story, made: DebitNote) -> DebitNote:
    with story.reading() as session:
        return session.get_one(DebitNote, (story.tenant, made.id))


def mails(story: Story) -> list[Mail]:
    return [mail for mail in story.box.mails if mail.subject.startswith("Debit note")]


def paper(story: Story, made: DebitNote) -> str:
    with story.reading() as session:
        stored = session.get_one(DebitNoteDocument, (story.tenant, made.id))
    pdf = pypdfium2.PdfDocument(io.BytesIO(stored.body))
    return " ".join(page.get_textpage().get_text_range() for page in pdf).replace("\r\n", " ")


def cancel(story: Story, made: DebitNote, reason: str = "A payment was entered late") -> None:
    with story.writing() as session:
        cancel_note(session, made.id, reason=reason, now=story.now, actor=ACTOR)


def of_invoice(story: Story, invoice: Invoice) -> tuple[str | None, int, str, int]:
    """What a note may never touch: the invoice's snapshot, balance, document and ledger."""
    with story.reading() as session:
        row = session.get_one(Invoice, (story.tenant, invoice.id))
        pdf = session.scalars(select(Document).where(Document.invoice_id == invoice.id)).one()
        entries = session.scalar(select(func.count()).select_from(Payment)) or 0
        return row.snapshot_sha256, row.balance_minor, pdf.sha256, entries


def test_law_L14_a_note_has_its_own_number_paper_and_mail_and_leaves_the_invoice_alone(
    new_story_on_both: NewStory,
) -> None:
    story, invoice = late(new_story_on_both)
    before = of_invoice(story, invoice)
    made = issue(story, invoice)
    story.drain()
    assert (made.number, made.state, made.interest_minor, made.fixed_sum_minor) == (
        "DN-2026-0001",
        "issued",
        475,
        4_000,
    )
    (mail,) = mails(story)
    assert mail.subject == "Debit note DN-2026-0001 for invoice INV-2026-0001"
    assert "DN-2026-0001: €44.75, payable by 1 December 2026" in mail.text
    assert "€1,190.00" not in mail.text, "the invoice is not asked for with it"
    assert [one.name for one in mail.attachments] == ["debit-note-DN-2026-0001.pdf"]
    text = paper(story, made)
    for words in (
        "Debit note",
        "DN-2026-0001",
        "INV-2026-0001",
        "Interest for late payment",
        "1,190.00 x 10.40 % x 14 / 365 = 4.75",
        "Fixed sum for the cost of collection",
        "Not subject to VAT",
        "€44.75",
    ):
        assert words in text
    assert "DE136695976" not in text
    assert of_invoice(story, invoice) == before
    assert "debit_note" in story.events(invoice)
    assert story.invoice(invoice).state == "issued"


def test_law_L14_it_is_booked_only_when_it_is_paid_and_never_forgotten(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    made = issue(story, invoice)
    story.drain()
    before = of_invoice(story, invoice)
    with story.writing() as session, pytest.raises(InvalidInput, match="Enter a day from 2026-09-29"):
        pay_note(session, made.id, paid_on=date(2026, 9, 28), today=story.today, now=story.now, actor=ACTOR)
    with story.writing() as session:
        pay_note(session, made.id, paid_on=SECOND, today=story.today, now=story.now, actor=ACTOR)
    assert (note(story, made).state, note(story, made).paid_on) == ("paid", SECOND)
    with story.writing() as session, pytest.raises(Conflict, match="meanwhile"):
        pay_note(session, made.id, paid_on=SECOND, today=story.today, now=story.now, actor=ACTOR)
    with story.writing() as session, pytest.raises(Conflict, match="take the payment back first"):
        cancel_note(session, made.id, reason="x", now=story.now, actor=ACTOR)
    with story.writing() as session:
        take_note_back(session, made.id, reason="Chargeback", now=story.now, actor=ACTOR)
    assert (note(story, made).state, note(story, made).paid_on) == ("issued", None)
    assert of_invoice(story, invoice) == before


def test_law_L08_without_confirmation_a_note_claims_interest_alone(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    seen = seal(story, invoice)
    with story.writing() as session:
        withdraw_fixed_sums(session, "eu", now=story.now, actor=ACTOR)
    with pytest.raises(Conflict, match="another sum by now"):
        issue(story, invoice, seen=seen)
    made = issue(story, invoice)
    assert (made.interest_minor, made.fixed_sum_minor) == (475, 0)


def test_complaint_C33_a_note_is_made_after_the_principal_was_paid_late(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    story.pay(invoice, "1190.00")
    story.at(date(2026, 10, 20))
    made = issue(story, invoice)
    assert (made.interest_minor, made.fixed_sum_minor, made.until) == (475, 4_000, date(2026, 10, 20))
    story.drain()
    assert len(mails(story)) == 1
    with pytest.raises(Conflict, match="stands on debit notes already"):
        issue(story, invoice, seen="0" * 32)


def test_the_next_note_claims_the_days_after_and_no_fixed_sum_again(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    first = issue(story, invoice)
    story.at(date(2026, 10, 9))
    second = issue(story, invoice)
    assert (second.number, second.interest_minor, second.fixed_sum_minor) == ("DN-2026-0002", 339, 0)
    assert "1,190.00 x 10.40 % x 10 / 365 = 3.39" in second.snapshot
    with pytest.raises(Conflict, match="DN-2026-0002 goes on from this one"):
        cancel(story, first)
    cancel(story, second)
    cancel(story, first)
    third = issue(story, invoice)
    assert (third.number, third.interest_minor, third.fixed_sum_minor) == ("DN-2026-0003", 814, 4_000)


def test_what_stands_on_a_note_is_not_stated_again_in_a_reminder(new_story: NewStory) -> None:
    story = new_story(client=EUROPE)
    with story.writing() as session:
        confirm_fixed_sums(session, "eu", now=story.now, actor=ACTOR)
    body = {
        "name": "Standard",
        "steps": [
            {
                "key": "final",
                "level": 1,
                "anchor": "due_date",
                "offset": 35,
                "channel": "email",
                "tone": "firm",
                "template": "second",
                "states_claim": True,
            }
        ],
    }
    story.publish(body)
    invoice = story.bill()
    story.drain()
    story.at(SECOND)
    issue(story, invoice)
    story.drain()
    story.at(date(2026, 10, 20))
    reminder = story.box.mails[-1]
    assert "1,190.00 x 10.40 % x 21 / 365 = 7.12" in reminder.text
    assert "fixed sum" not in reminder.text


def test_law_L23_a_cancelled_note_keeps_number_and_paper_and_its_mail_stays(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    made = issue(story, invoice)
    with story.writing() as session, pytest.raises(InvalidInput, match="Say why"):
        cancel_note(session, made.id, reason=" ", now=story.now, actor=ACTOR)
    cancel(story, made)
    story.drain()
    assert mails(story) == []
    assert "DN-2026-0001" in paper(story, made)
    stored = note(story, made)
    assert (stored.state, stored.reason, stored.ended_by) == ("cancelled", "A payment was entered late", ACTOR)
    assert issue(story, invoice).number == "DN-2026-0002"


def test_fault_F53_a_note_that_a_payment_made_untrue_does_not_leave(new_story_on_both: NewStory) -> None:
    """The client had paid a part in time, and somebody enters it between the issue and the gate."""
    story, invoice = late(new_story_on_both)
    made = issue(story, invoice)
    story.pay(invoice, "190.00", received_on=date(2026, 9, 14), receipt=False)
    story.drain()
    assert mails(story) == []
    assert "debit_note_stays" in story.alerts()
    with story.reading() as session:
        reason = session.scalars(select(Effect.reason).where(Effect.kind == "mail", Effect.state == "cancelled")).one()
    assert "another sum by now" in reason
    cancel(story, made)
    assert issue(story, invoice).interest_minor == 399


def test_a_payment_of_today_does_not_stop_a_note_that_is_true(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    issue(story, invoice)
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert len(mails(story)) == 1


@pytest.mark.parametrize("way", ["kill switch", "dispute of a part", "pause"])
def test_its_mail_waits_for_what_a_person_put_in_the_way(new_story: NewStory, way: str) -> None:
    story, invoice = late(new_story)
    if way == "dispute of a part":
        story.hold(invoice, "disputed", amount_minor=190_00)
    issue(story, invoice)
    if way == "pause":
        story.hold(invoice, "paused", until=date(2026, 10, 2))
    if way == "kill switch":
        with story.writing() as session:
            kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.drain()
    assert len(mails(story)) == (1 if way == "dispute of a part" else 0)
    if way == "kill switch":
        with story.writing() as session:
            kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    story.at(date(2026, 10, 5))
    story.at(date(2026, 10, 5), hour=12)
    assert len(mails(story)) == 1


def test_nobody_is_reminded_on_the_day_of_a_debit_note(new_story: NewStory) -> None:
    story = new_story(client=EUROPE)
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 28))
    issue(story, invoice)
    story.drain()
    assert len(mails(story)) == 1
    story.mail_settings(interval=3)
    story.walk(date(2026, 10, 1))
    assert [day for step, day in story.reminders() if step == "second"] == ["2026-10-01"]


def test_without_an_address_a_person_is_told(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    with story.writing() as session:
        session.execute(update(Contact).values(failed_reason="No such user"))
    issue(story, invoice)
    story.drain()
    assert mails(story) == []
    assert "debit_note_stays" in story.alerts()


def test_I4_two_people_make_one_note_and_a_refusal_burns_no_number(new_story_on_both: NewStory) -> None:
    story, invoice = late(new_story_on_both)
    seen = seal(story, invoice)
    with pytest.raises(InvalidInput):
        issue(story, invoice, seen=seen, due=date(2026, 9, 1))
    issue(story, invoice, seen=seen)
    with pytest.raises(Conflict):
        issue(story, invoice, seen=seen)
    with story.reading() as session:
        series = session.get_one(NumberSeries, (story.tenant, "debit_note"))
        assert (series.last, session.get_one(NumberSeries, (story.tenant, "invoice")).last) == (1, 1)
        assert session.scalars(select(AuditRow.action).where(AuditRow.action.like("debit_note.%"))).all() == [
            "debit_note.issued"
        ]


def test_a_look_of_yesterday_is_no_look(new_story: NewStory) -> None:
    story, invoice = late(new_story)
    seen = seal(story, invoice)
    story.at(date(2026, 9, 30))
    with pytest.raises(Conflict, match="Look at it again"):
        issue(story, invoice, seen=seen)


@pytest.mark.parametrize("how", ["write-off", "hand over", "consumer", "not late"])
def test_there_is_no_note_where_nothing_is_to_be_claimed(new_story: NewStory, how: str) -> None:
    client = replace(EUROPE, is_business=False) if how == "consumer" else EUROPE
    story, invoice = late(new_story, client)
    if how == "write-off":
        with story.writing() as session:
            write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Insolvent")
    if how == "hand over":
        story.hold(invoice, "handed_over")
    if how == "not late":
        invoice = story.bill(2)
        story.drain()
    with pytest.raises(Conflict):
        issue(story, invoice, seen="0" * 32)
