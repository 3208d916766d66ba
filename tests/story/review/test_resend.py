"""A person sends again what was refused."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.effects.settle import resend, try_again
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.settings.clients import ContactForm, save_client
from plugin.store.tables.outbox import Effect
from sandbox.mailbox.faults import MailFault
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story


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


def test_attack_two_people_who_send_a_refused_mail_once_more_send_one(story: Story) -> None:
    refused = _refused(story, MailFault.data(554))
    _send_again(story, refused)
    assert story.reminders() == [("friendly", "2026-09-18")]
    with pytest.raises(Conflict, match="once more already"):
        _send_again(story, refused)
    with pytest.raises(Conflict, match="once more already"), story.writing() as session:
        try_again(session, refused, actor=ACTOR, now=story.now)
    story.walk(date(2026, 9, 22))
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_attack_the_second_person_is_refused_also_when_the_address_was_corrected_meanwhile(story: Story) -> None:
    refused = _refused(story, MailFault.rcpt(550))
    otto = ContactForm(role="billing", name="Otto Brandt", email="otto@brandt.example")
    with story.writing() as session:
        form = replace(ENGLISH, contacts=(otto,), row_version=story.client().row_version)
        save_client(session, story.client_id, form, now=story.now, actor=ACTOR)
    _send_again(story, refused)
    with pytest.raises(Conflict, match="once more already"):
        _send_again(story, refused)
    assert [(mail.step, mail.recipients) for mail in story.mails()[1:]] == [("friendly", ("otto@brandt.example",))]


def test_a_refused_mail_is_sent_again_though_the_same_step_reached_another_contact(new_story: NewStory) -> None:
    ines = ContactForm(role="billing", name="Ines Brandt", email="rechnung@brandt.example")
    otto = ContactForm(role="billing", name="Otto Brandt", email="otto@brandt.example")
    story = new_story(client=replace(ENGLISH, contacts=(ines, otto)))
    refused = _refused(story, MailFault.rcpt(550, address=otto.email))
    _send_again(story, refused)
    reached = [recipient for mail in story.mails() if mail.step == "friendly" for recipient in mail.recipients]
    assert sorted(reached) == ["otto@brandt.example", "rechnung@brandt.example"]


def _refused(story: Story, fault: MailFault) -> str:
    """The effect of a friendly reminder that a server refused for good."""
    story.bill()
    story.drain()
    story.box.faults.add(fault, times=None)
    story.at(date(2026, 9, 18))
    story.box.faults.clear()
    with story.reading() as session:
        return session.scalars(select(Effect.id).where(Effect.kind == "mail", Effect.state == "failed")).one()


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
