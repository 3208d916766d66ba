"""A refused address is not refused for ever: a person vouches for it, or a server takes mail for it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.effects.settle import resend, try_again
from plugin.services.settings.contact_address import address_works
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.clients import Contact
from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY, SECOND = date(2026, 9, 18), date(2026, 9, 29)


def again(story: Story, effect_id: str) -> None:
    with story.writing() as session:
        try_again(session, effect_id, actor=ACTOR, now=story.now)
    story.drain()


def once_more(story: Story, effect_id: str) -> None:
    with story.writing() as session:
        host_name = story.container.settings.host_name
        resend(session, effect_id, actor=ACTOR, now=story.now, keys=story.container.keys, host_name=host_name)
    story.drain()


EITHER_WAY = pytest.mark.parametrize("send", [again, once_more])


def failed_mail(story: Story) -> str:
    with story.reading() as session:
        return session.scalars(select(Effect.id).where(Effect.kind == "mail", Effect.state == "failed")).one()


def marks(story: Story) -> list[str]:
    with story.reading() as session:
        return [mark for mark in session.scalars(select(Contact.failed_reason)) if mark]


@EITHER_WAY
def test_fault_F39_a_refused_reminder_leaves_once_a_person_says_try_again(
    new_story_on_both: NewStory, send: Callable[[Story, str], None]
) -> None:
    story = new_story_on_both()
    story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(550))
    story.at(FRIENDLY)
    assert len(marks(story)) == 1
    story.at(FRIENDLY, hour=12)
    send(story, failed_mail(story))
    assert story.reminders() == [("friendly", "2026-09-18")]
    assert marks(story) == []
    story.at(SECOND)
    assert story.reminders() == [("friendly", "2026-09-18"), ("second", "2026-09-29")]


@EITHER_WAY
def test_fault_F39_after_a_refused_invoice_mail_the_reminders_go_on(
    story: Story, send: Callable[[Story, str], None]
) -> None:
    story.box.add_fault(MailFault.rcpt(550))
    story.bill()
    story.drain()
    send(story, failed_mail(story))
    assert story.sent() == [("issue", "2026-09-01")]
    story.walk(FRIENDLY)
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-18")]


def test_fault_F39_an_address_that_is_refused_again_is_marked_again(story: Story) -> None:
    story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(550), times=2)
    story.at(FRIENDLY)
    again(story, failed_mail(story))
    assert story.reminders() == []
    assert len(marks(story)) == 1
    with story.reading() as session:
        open_alerts = select(Alert).where(Alert.kind == "mail_failed", Alert.settled_at.is_(None))
        assert len(session.scalars(open_alerts).all()) == 1


def test_fault_F39_an_address_works_again_and_the_strongest_step_leaves(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(550))
    story.at(FRIENDLY)
    story.at(SECOND)
    assert story.step(invoice, "second").state == "held"
    with story.writing() as session:
        address = session.scalars(select(Contact.email).where(Contact.failed_reason != "")).one()
        address_works(session, story.client_id, address.upper(), now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == [("second", "2026-09-29")]
    with story.reading() as session:
        rows = select(AuditRow).where(AuditRow.action == "client.address_works")
        assert len(session.scalars(rows).all()) == 1
    with story.writing() as session, pytest.raises(Conflict, match="No address"):
        address_works(session, story.client_id, address, now=story.now, actor=ACTOR)
