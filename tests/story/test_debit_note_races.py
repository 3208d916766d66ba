"""Two people at once over debit notes: one note of one claim, and numbers without a gap, on both databases (I4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.debit_notes.end import cancel_note, pay_note
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote
from plugin.store.tables.outbox import Effect
from sandbox.stage.house import ACTOR
from tests.story.test_debit_notes import EUROPE, issue, late, mails, seal
from tests.support.stage import NewStory, Story


def outcome(story: Story, invoice: Invoice, seen: str) -> str:
    try:
        return issue(story, invoice, seen=seen, send=False).number
    except Conflict as refusal:
        return refusal.sentence


def test_I4_the_same_claim_issued_twice_at_once_is_one_note(new_story_on_both: NewStory) -> None:
    story, invoice = late(new_story_on_both)
    seen = seal(story, invoice)
    with ThreadPoolExecutor(4) as people:
        said = list(people.map(lambda _: outcome(story, invoice, seen), range(4)))
    assert sum(one == "DN-2026-0001" for one in said) == 1
    with story.reading() as session:
        assert session.scalars(select(DebitNote.number)).all() == ["DN-2026-0001"]


def test_I4_the_first_notes_of_a_site_made_at_once_are_numbered_one_after_the_other(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both(client=EUROPE)
    bills = [story.bill(hours) for hours in (10, 2, 3)]
    story.drain()
    story.at(date(2026, 9, 29))
    seals = [seal(story, bill) for bill in bills]
    with ThreadPoolExecutor(3) as people:
        said = list(people.map(lambda pair: outcome(story, *pair), zip(bills, seals, strict=True)))
    assert sorted(said) == ["DN-2026-0001", "DN-2026-0002", "DN-2026-0003"]


def test_paid_and_cancelled_at_once_one_of_them_counts(new_story_on_both: NewStory) -> None:
    story, invoice = late(new_story_on_both)
    made = issue(story, invoice, send=False)

    def pay() -> str:
        with story.writing() as session:
            pay_note(session, made.id, paid_on=story.today, today=story.today, now=story.now, actor=ACTOR)
        return "paid"

    def cancel() -> str:
        with story.writing() as session:
            cancel_note(session, made.id, reason="By mistake", now=story.now, actor=ACTOR)
        return "cancelled"

    with ThreadPoolExecutor(2) as people:
        tried = [people.submit(way) for way in (pay, cancel)]
    refused = [one.exception() for one in tried if one.exception() is not None]
    assert [type(problem) for problem in refused] == [Conflict]
    with story.reading() as session:
        state = session.get_one(DebitNote, (story.tenant, made.id)).state
    assert [one.result() for one in tried if one.exception() is None] == [state]


def test_fault_F53_cancelled_while_its_mail_is_at_the_gate_it_does_not_leave(new_story_on_both: NewStory) -> None:
    """The worker and the person meet: either the mail left before the cancellation, or not at all."""
    story, invoice = late(new_story_on_both)
    made = issue(story, invoice)

    def cancel() -> None:
        with story.writing() as session:
            cancel_note(session, made.id, reason="By mistake", now=story.now, actor=ACTOR)

    with ThreadPoolExecutor(2) as both:
        worker, person = both.submit(story.drain), both.submit(cancel)
        worker.result()
        person.result()
    story.drain()
    left = len(mails(story))
    with story.reading() as session:
        assert session.get_one(DebitNote, (story.tenant, made.id)).state == "cancelled"
        its_mail = select(Effect.state).join(Message, Message.id == Effect.subject_id)
        state = session.scalars(its_mail.where(Message.kind == "debit_note")).one()
    assert (left, state) in ((0, "cancelled"), (1, "sent"))
    story.at(date(2026, 9, 30))
    assert len(mails(story)) == left
