"""Letters: made once, printed by a person, and done when they are in the post."""

from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
from sqlalchemy import select

from plugin.services.effects.settle import try_again
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.gather_contacts import contacts_of
from plugin.services.letters.parts import letter_of
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY = date(2026, 9, 18)


def writing_letters(story: Story) -> Invoice:
    story.publish(ladder(step("post", 3, "letter", template="second", tone="firm")))
    invoice = story.bill()
    story.drain()
    return invoice


def letters(story: Story) -> list[Task]:
    with story.reading() as session:
        return list(session.scalars(select(Task).where(Task.kind == "letter")))


def test_a_letter_is_made_once_and_a_person_posts_it(story: Story) -> None:
    invoice = writing_letters(story)
    for hour in (10, 11):
        story.at(FRIENDLY, hour)
    (task,) = letters(story)
    assert (task.state, story.steps(invoice)) == ("open", {"post": "sent"})
    with story.reading() as session:
        parts = letter_of(session, task.id)
    pdf = story.container.letter_pdf(parts)
    assert pdf == story.container.letter_pdf(parts)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert str(story.invoice(invoice).number) in text
    assert "18" in text
    said = Outcome(outcome="posted")
    with story.writing() as session:
        close_task(session, task.id, said, today=FRIENDLY, now=story.now, actor=ACTOR)
    assert letters(story)[0].state == "done"


def test_fault_F53_a_payment_before_the_gate_calls_the_letter_off(story: Story) -> None:
    invoice = writing_letters(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "post").id])
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert (letters(story), story.steps(invoice)) == ([], {"post": "cancelled"})


def test_without_a_postal_address_it_fails_visibly_and_is_tried_again(new_story: NewStory) -> None:
    story = new_story(client=replace(ENGLISH, address="1 Quay\nBristol"))
    invoice = writing_letters(story)
    with story.writing() as session:
        session.get_one(Client, (session.tenant_id, story.client_id)).address = ""
    story.at(FRIENDLY)
    assert (letters(story), story.steps(invoice)) == ([], {"post": "failed"})
    assert "no postal address" in story.step(invoice, "post").reason
    with story.writing() as session:
        session.get_one(Client, (session.tenant_id, story.client_id)).address = "1 Quay\nBristol"
        effect = session.scalars(select(Effect.id).where(Effect.kind == "letter")).one()
        try_again(session, effect, actor=ACTOR, now=story.now)
    story.drain()
    assert (len(letters(story)), story.steps(invoice)) == (1, {"post": "sent"})


def words_on(story: Story) -> tuple[str, str]:
    """Subject and text of the only letter."""
    (task,) = letters(story)
    with story.reading() as session:
        parts = letter_of(session, task.id)
    return parts.subject, parts.text


def close(story: Story, outcome: str, notes: str = "") -> None:
    (task,) = letters(story)
    story.office.close(task.id, Outcome(outcome=outcome, notes=notes))
    story.drain()


def test_req_F24_a_letter_states_the_claim_of_its_step_and_knows_the_reminders_before_it(new_story: NewStory) -> None:
    story = new_story(client=replace(ENGLISH, law_profile="eu"))
    first = step("first", 3, "email", template="friendly")
    story.publish(ladder(first, step("post", 20, "letter", template="second", tone="firm", states_claim=True)))
    story.bill()
    story.drain()
    story.walk(date(2026, 10, 6))
    subject, text = words_on(story)
    assert subject.startswith("Second reminder")
    assert "the law provides for interest" in text


def test_a_letter_that_was_not_posted_reached_nobody(story: Story) -> None:
    invoice = writing_letters(story)
    story.at(FRIENDLY)
    close(story, "not_posted", "The printer is broken")
    row = story.step(invoice, "post")
    assert (row.state, row.reason) == ("skipped", "Letter not posted: The printer is broken")
    with story.reading() as session:
        client = session.get_one(Client, (story.tenant, story.client_id))
        assert contacts_of(session, client, since=story.now - timedelta(days=30)) == ()


def test_a_letter_counts_as_a_contact_from_the_day_it_was_posted(story: Story) -> None:
    invoice = writing_letters(story)
    story.at(FRIENDLY)
    story.clock.instant = story.now.replace(day=21)
    close(story, "posted")
    assert story.step(invoice, "post").done_on == date(2026, 9, 21)
    assert story.step(invoice, "post").reason == "Letter posted on 2026-09-21."


def test_req_F46_legal_steps_may_follow_a_final_notice_by_letter(story: Story) -> None:
    final = step("last", 3, "letter", template="final", tone="final", ask={"kind": "deadline", "business_days": 5})
    after = [{"kind": "deadline_passed", "step": "last"}]
    decide = step("legal", 20, "legal_decision", tone="final", ask={"kind": "legal_decision"}, guards=after)
    story.publish(ladder(final, decide))
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    close(story, "posted")
    story.walk(date(2026, 10, 6))
    (task,) = story.office.tasks()
    story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    assert story.office.tasks()[0].detail["reason"] == "To Lex & Partner"


def test_fault_F55_whoever_is_about_to_post_a_letter_is_told_what_came_in_since(story: Story) -> None:
    invoice = writing_letters(story)
    story.at(FRIENDLY)
    story.hold(invoice, "disputed", amount_minor=20_000)
    (task,) = letters(story)
    assert task.state == "open", "it may be in the post already: a new one could be the second"
    assert str(task.detail["what"]).endswith("close it as not posted: disputed by the client.")
    story.pay(invoice, "100.00", receipt=False)
    (task,) = letters(story)
    assert "what is open has changed" in str(task.detail["what"])
    close(story, "not_posted")
    assert story.step(invoice, "post").state == "skipped"
