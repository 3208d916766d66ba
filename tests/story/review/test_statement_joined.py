"""An invoice that becomes free while a statement is offered: it is listed, or it is no part of that statement."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.settings.statements import choose_statement_day
from plugin.store.tables.follow_ups import Message, MessageMember
from sandbox.stage.house import ACTOR
from tests.support.stage import Story


def test_complaint_C30_a_statement_lists_each_invoice_that_it_is_about(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story.writing() as session:
        choose_statement_day(session, story.client_id, 5, today=story.today, now=story.now, actor=ACTOR)
    story.bill()
    story.drain()
    story.walk(date(2026, 10, 1))
    paused = story.bill(5)
    story.drain()
    hold = story.hold(paused, "paused")
    channel, done = story.container.mail_channel, [False]
    send = channel.send

    def meanwhile(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        if not done[0] and b"statement of account" in envelope.body:
            done[0] = True
            with story.writing() as session:
                lift_hold(session, hold, now=story.now, actor=ACTOR)
        return send(envelope, gate=gate)

    monkeypatch.setattr(channel, "send", meanwhile)
    story.walk(date(2026, 10, 4))
    story.at(date(2026, 10, 5), hour=10)
    story.read_jira("control")
    story.drain()
    assert done[0]
    with story.reading() as session:
        told = select(MessageMember.invoice_id).join(Message, Message.id == MessageMember.message_row_id)
        members = set(session.scalars(told.where(Message.kind == "statement")))
    mail = next(mail for mail in story.box.mails if "statement of account" in mail.subject)
    assert (paused.id in members) == (str(paused.number) in mail.text)
