"""The mail with an invoice comes to nothing: nobody is reminded of what they never got, and there is a way out."""

from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.effects.settle import mark_as_sent, try_again
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from sandbox.stage.house import ACTOR
from tests.story.test_installations import seconds_later
from tests.support.stage import NewStory, Story

PAST_TWO_STEPS = date(2026, 9, 22)


def refused(story: Story) -> Invoice:
    """An invoice whose mail the server has refused for good."""
    story.box.add_fault(MailFault.data(552), times=1)
    invoice = story.bill()
    story.drain()
    assert story.effects("mail") == ["failed"]
    return invoice


def mail_of(story: Story) -> str:
    with story.reading() as session:
        return session.scalars(select(Effect.id).where(Effect.kind == "mail")).one()


def test_nobody_is_reminded_of_an_invoice_whose_mail_failed(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = refused(story)
    story.walk(PAST_TWO_STEPS)
    assert story.sent() == []
    assert "mail_failed" in story.alerts()
    friendly = story.step(invoice, "friendly")
    assert (friendly.state, friendly.reason_code) == ("held", "obstacle")
    assert "did not arrive" in friendly.reason


def test_once_the_failed_invoice_mail_is_tried_again_the_ladder_goes_on(story: Story) -> None:
    invoice = refused(story)
    story.walk(PAST_TWO_STEPS)
    with story.writing() as session:
        try_again(session, mail_of(story), actor=ACTOR, now=story.now)
    story.drain()
    assert story.sent() == [("issue", PAST_TWO_STEPS.isoformat())]
    assert story.step(invoice, "friendly").state == "planned"
    story.walk(date(2026, 10, 19))
    assert [step for step, _ in story.reminders()] == ["notice", "friendly"]


def test_a_person_who_brought_the_invoice_otherwise_says_so_and_the_ladder_goes_on(story: Story) -> None:
    invoice = refused(story)
    story.at(date(2026, 9, 4))
    with story.writing() as session:
        mark_as_sent(session, mail_of(story), actor=ACTOR, now=story.now, follow_ups=story.container.follow_ups)
    story.walk(PAST_TWO_STEPS)
    assert [step for step, _ in story.reminders()] == ["notice", "friendly"]
    assert story.step(invoice, "second").state == "planned"


def test_a_reminder_that_failed_cannot_be_called_sent(story: Story) -> None:
    """Only of the invoice itself does it matter that the client has it, whichever way it came."""
    story.bill()
    story.drain()
    story.box.add_fault(MailFault.data(552), times=1)
    story.walk(date(2026, 9, 15))
    with story.writing() as session:
        failed = session.scalars(
            select(Effect.id).join(Message, Message.id == Effect.subject_id).where(Effect.state == "failed")
        ).one()
    with story.writing() as session, pytest.raises(Conflict, match="in doubt"):
        mark_as_sent(session, failed, actor=ACTOR, now=story.now, follow_ups=story.container.follow_ups)


def test_req_F34_an_invoice_that_had_not_left_when_the_app_went_leaves_when_it_is_back(story: Story) -> None:
    story.box.add_fault(MailFault.refuse(), times=None)
    story.bill()
    story.drain()
    seconds_later(story, 2)
    story.jira.uninstall()
    story.box.clear_faults()
    story.walk(date(2026, 9, 3))
    assert story.mails() == []
    seconds_later(story, 4)
    story.stage.install()
    story.drain(sync=True)
    story.walk(date(2026, 9, 19))
    assert [step for step, _ in story.sent()] == ["issue", "notice", "friendly"]
