"""The undo window: a reminder waits in the outbox; it is held, sent at once or left out; it never leaves too late."""

from dataclasses import replace
from datetime import date

import pytest

from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.follow_ups.change_step import send_now
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.follow_ups.outbox import WaitingMail, hold_waiting, send_waiting, skip_waiting, waiting_mails
from plugin.services.follow_ups.switches import kill_switch
from plugin.services.settings.control import control_of, save_control
from plugin.store.queries.invoice_parts import live_holds
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY = date(2026, 9, 18)
REASON = "They have just called"


def with_window(story: Story, minutes: int = 10) -> Invoice:
    with story.writing() as session:
        settings = session.get_one(MailSettings, story.tenant)
        save_control(session, replace(control_of(settings), undo_minutes=minutes), now=story.now, actor=ACTOR)
    invoice = story.bill()
    story.drain()
    return invoice


def waiting(story: Story, invoice: Invoice) -> WaitingMail:
    with story.reading() as session:
        (mail,) = waiting_mails(session, [invoice.id])
    return mail


def test_req_UX06_a_reminder_waits_ten_minutes_and_then_leaves(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    assert story.reminders() == []
    mail = waiting(story, invoice)
    assert (mail.leaves_at - story.now).total_seconds() == 600
    assert [member.invoice.id for member in mail.members] == [invoice.id]
    story.at(FRIENDLY, minute=9)
    assert story.reminders() == []
    story.at(FRIENDLY, minute=10)
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.reading() as session:
        assert waiting_mails(session, [invoice.id]) == []


def test_req_UX06_a_mail_that_is_held_in_time_does_not_leave(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    mail = waiting(story, invoice)
    with story.writing() as session:
        assert hold_waiting(session, mail.message.id, reason=REASON, now=story.now, actor=ACTOR) == ["INV-2026-0001"]
    story.walk(date(2026, 9, 22))
    assert story.reminders() == []
    assert REASON in story.step(invoice, "friendly").reason
    assert "paused" in story.events(invoice)
    with story.writing() as session, pytest.raises(Conflict):
        hold_waiting(session, mail.message.id, reason=REASON, now=story.now, actor=ACTOR)
    with story.reading() as session:
        (hold,) = holds_of(session, invoice)
    with story.writing() as session:
        lift_hold(session, hold, now=story.now, actor=ACTOR)
    story.drain()
    story.at(date(2026, 9, 22), minute=10)
    assert story.reminders() == [("friendly", "2026-09-22")]


def test_req_UX06_a_waiting_mail_is_sent_at_once_or_left_out(story: Story) -> None:
    invoice, other = with_window(story), story.bill(2)
    story.drain()
    story.at(FRIENDLY)
    mail = waiting(story, invoice)
    assert [member.invoice.id for member in mail.members] == [invoice.id, other.id], "one mail for both"
    with story.writing() as session:
        send_waiting(session, mail.message.id, now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]
    story.at(date(2026, 9, 29))
    late = waiting(story, invoice)
    with story.writing() as session, pytest.raises(InvalidInput):
        skip_waiting(session, late.message.id, reason=" ", now=story.now, actor=ACTOR)
    with story.writing() as session:
        skip_waiting(session, late.message.id, reason=REASON, now=story.now, actor=ACTOR)
    story.walk(date(2026, 10, 5))
    assert len(story.reminders()) == 1
    assert {story.step(invoice, "second").state, story.step(other, "second").state} == {"skipped"}


def test_a_payment_within_the_window_stops_the_mail(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    story.pay(invoice, "1190.00", receipt=False)
    story.at(FRIENDLY, minute=10)
    assert story.reminders() == []


def test_the_wait_never_carries_a_mail_out_of_the_clients_hours(story: Story) -> None:
    """Composed at 16:55 of a Friday, the wait would end at 17:05: it leaves on Monday, when the hours begin."""
    invoice = with_window(story)
    story.at(FRIENDLY, hour=14, minute=55)
    assert waiting(story, invoice).leaves_at.isoformat() == "2026-09-21T07:00:00+00:00"
    story.at(FRIENDLY, hour=15, minute=5)
    story.at(date(2026, 9, 19), hour=10)
    assert story.reminders() == []
    story.at(date(2026, 9, 21), hour=7)
    assert story.reminders() == [("friendly", "2026-09-21")]


def test_what_a_person_asks_for_now_does_not_wait(story: Story) -> None:
    invoice = with_window(story)
    story.at(date(2026, 9, 16))
    with story.writing() as session:
        send_now(session, invoice.id, "friendly", now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-16")]


def test_lifting_the_kill_switch_does_not_shorten_the_wait(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    for stopped in (True, False):
        with story.writing() as session:
            kill_switch(session, stopped=stopped, now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == []
    assert waiting(story, invoice).leaves_at > story.now


def holds_of(session: TenantSession, invoice: Invoice) -> list[str]:
    return [hold.id for hold in live_holds(session, [invoice.id])]
