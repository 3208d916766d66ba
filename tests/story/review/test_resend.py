"""A person sends again what was refused."""

from datetime import date

from sqlalchemy import select

from plugin.services.effects.settle import resend
from plugin.services.follow_ups.holds import lift_hold
from plugin.store.tables.outbox import Effect
from sandbox.mailbox.faults import MailFault
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story


def test_req_F39_a_resend_that_was_called_off_may_be_asked_for_again(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    story.box.faults.add(MailFault.data(554), times=None)
    story.at(date(2026, 9, 18))
    story.box.faults.clear()
    with story.reading() as session:
        refused = session.scalars(select(Effect.id).where(Effect.kind == "mail", Effect.state == "failed")).one()
    hold = story.hold(invoice, "paused")
    _send_again(story, refused)
    assert story.reminders() == []
    _send_again(story, refused)
    assert story.reminders() == []
    with story.writing() as session:
        lift_hold(session, hold, now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]
    assert "€1,190.00" in story.mails()[-1].text
    assert "€2,380.00" not in story.mails()[-1].text


def _send_again(story: Story, effect_id: str) -> None:
    with story.writing() as session:
        resend(
            session,
            effect_id,
            actor=ACTOR,
            now=story.now,
            keys=story.container.keys,
            host_name=story.container.settings.host_name,
        )
    story.drain()
