"""The words of one mail, changed before it goes: its figures stay those of the day it leaves, and all is on record."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.follow_ups.change_step import approve_step
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.follow_ups.outbox import WaitingMail, hold_waiting, waiting_mails
from plugin.services.follow_ups.preview_step import draft_step, preview_step
from plugin.services.own_words.change import (
    change_mail,
    change_step_words,
    draft_mail,
    drop_mail_words,
    drop_step_words,
    mail_of_step,
)
from plugin.services.settings.control import control_of, save_control
from plugin.store.queries.invoice_parts import live_holds
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.by_hand import MailWords
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from sandbox.mailbox.mail import Mail
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY = date(2026, 9, 18)
SECOND = date(2026, 9, 29)
SUBJECT = "Rome, and invoice {{ number }}"
BODY = """Hello {{ contact }},

I hope Rome was as warm as you had hoped. {{ total_due }} is still open.

{{ invoices }}

{{ payment_details }}

If you have already paid, please ignore this.

{{ seller }}"""
WITH_DEADLINE = BODY.replace("is still open", "is still open; please pay by {{ deadline }}")
SUNNY = BODY.replace("warm", "sunny")


def window(story: Story, minutes: int = 10) -> None:
    with story.writing() as session:
        settings = session.get_one(MailSettings, story.tenant)
        save_control(session, replace(control_of(settings), undo_minutes=minutes), now=story.now, actor=ACTOR)


def with_window(story: Story) -> Invoice:
    window(story)
    invoice = story.bill()
    story.drain()
    return invoice


def waiting(story: Story, invoice: Invoice) -> WaitingMail:
    with story.reading() as session:
        (mail,) = waiting_mails(session, [invoice.id])
    return mail


def words_now(story: Story, message_id: str) -> str:
    with story.reading() as session:
        return draft_mail(session, message_id).words_id


def word(story: Story, message_id: str, *, body: str = BODY, subject: str = SUBJECT, seen: str = "") -> None:
    with story.writing() as session:
        change_mail(session, message_id, subject=subject, body=body, seen=seen, now=story.now, actor=ACTOR)


def word_step(story: Story, invoice: Invoice, key: str, *, body: str = BODY, seen: str = "") -> None:
    with story.writing() as session:
        change_step_words(session, invoice.id, key, subject=SUBJECT, body=body, seen=seen, now=story.now, actor=ACTOR)


def of_rome(story: Story) -> list[Mail]:
    return [mail for mail in story.box.mails if "Rome" in mail.text]


def notes(story: Story) -> Sequence[InvoiceEvent]:
    with story.reading() as session:
        return session.scalars(select(InvoiceEvent).order_by(InvoiceEvent.at, InvoiceEvent.id)).all()


def test_complaint_C38_the_words_of_a_waiting_mail_are_changed_and_its_sum_follows_a_part_payment(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    mail = waiting(story, invoice)
    assert mail.words is None
    word(story, mail.message.id)
    assert waiting(story, invoice).words is not None
    story.pay(invoice, "190.00", receipt=False)
    assert of_rome(story) == []
    story.at(FRIENDLY, minute=10)
    (sent,) = of_rome(story)
    assert sent.subject == f"Rome, and invoice {invoice.number}"
    assert "€1,000.00 is still open" in sent.text
    assert story.steps(invoice)["friendly"] == "sent"
    story.walk(date(2026, 9, 21))
    assert len(of_rome(story)) == 1


def test_req_F08_a_mail_in_own_words_that_is_paid_meanwhile_does_not_leave(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    word(story, waiting(story, invoice).message.id)
    story.pay(invoice, "1190.00", receipt=False)
    story.walk(date(2026, 9, 22))
    assert of_rome(story) == []


def test_req_I9_what_a_person_wrote_stands_on_record(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    word(story, message_id)
    first = words_now(story, message_id)
    word(story, message_id, body=SUNNY, seen=first)
    second = words_now(story, message_id)
    with story.reading() as session:
        kept = {row.id: row.body for row in session.scalars(select(MailWords))}
        wanted = select(AuditRow).where(AuditRow.action == "mail.words_changed").order_by(AuditRow.seq)
        audits = [(row.actor, row.before or {}, row.after or {}) for row in session.scalars(wanted)]
    assert kept == {first: BODY, second: SUNNY}
    assert [(actor, before["words"], after["words"]) for actor, before, after in audits] == [
        (ACTOR, "", first),
        (ACTOR, first, second),
    ]
    assert audits[0][2]["sha256"] == audits[1][1]["sha256"] != audits[1][2]["sha256"]
    changes = [event for event in notes(story) if event.text.startswith("Words changed")]
    assert [(event.text, event.actor) for event in changes] == [("Words changed: Friendly reminder", ACTOR)] * 2
    story.at(FRIENDLY, minute=10)
    sent = next(event for event in notes(story) if event.kind == "sent" and event.step_key == "friendly")
    assert sent.internal_note.endswith(", in the words that a person wrote for it")
    assert "Rome" not in sent.text


def test_fault_F04_of_two_people_at_one_mail_the_second_sees_what_the_first_wrote(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    word(story, message_id)
    with pytest.raises(Conflict, match="Somebody changed these words"):
        word(story, message_id, body=SUNNY)
    word(story, message_id, body=SUNNY, seen=words_now(story, message_id))
    story.at(FRIENDLY, minute=10)
    assert "sunny" in of_rome(story)[0].text


@pytest.mark.parametrize("state", ["sending", "unknown", "verify", "parked", "sent", "cancelled", "failed"])
def test_fault_F04_a_mail_that_is_on_its_way_keeps_its_words(story: Story, state: str) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    put(story, message_id, state)
    with pytest.raises(Conflict, match="on its way"):
        word(story, message_id)
    with story.reading() as session, pytest.raises(Conflict, match="on its way"):
        draft_mail(session, message_id)
    put(story, message_id, "planned")
    story.at(FRIENDLY, minute=10)
    assert of_rome(story) == []
    assert story.reminders() == [("friendly", "2026-09-18")]


def put(story: Story, message_id: str, state: str) -> None:
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.subject_id == message_id).values(state=state))


def test_fault_F17_words_changed_after_a_first_try_are_those_that_leave(story: Story) -> None:
    """The bytes of the first try were frozen; they say something else by now, and are written anew."""
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    story.box.add_fault(MailFault.rcpt(451))
    story.at(FRIENDLY, minute=10)
    assert story.effects("mail").count("deferred") == 1
    word(story, message_id)
    story.at(FRIENDLY, hour=13)
    assert len(of_rome(story)) == 1
    assert story.steps(invoice)["friendly"] == "sent"


def test_fault_F53_words_changed_while_the_server_is_asked_are_those_that_leave(new_story_on_both: NewStory) -> None:
    """The mail is written and offered already; the gate sees that it says something else, and it is written anew."""
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    channel = story.container.mail_channel
    send, changes = channel.send, [message_id]

    def change_meanwhile(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        while changes:
            word(story, changes.pop())
        return send(envelope, gate=gate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channel, "send", change_meanwhile)
        story.at(FRIENDLY, minute=10)
    assert changes == []
    assert len(of_rome(story)) == 1
    assert [mail.subject for mail in story.box.mails].count(of_rome(story)[0].subject) == 1
    assert story.steps(invoice)["friendly"] == "sent"


def test_fault_F53_once_the_gate_is_passed_the_words_stay_as_they_are(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    channel = story.container.mail_channel
    send, refused = channel.send, []

    def change_late(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        def passed_and_changed() -> bool:
            passed = gate()
            with pytest.raises(Conflict, match="on its way"):
                word(story, message_id)
            refused.append(envelope.recipient)
            return passed

        return send(envelope, gate=passed_and_changed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channel, "send", change_late)
        story.at(FRIENDLY, minute=10)
    assert len(refused) == 1
    assert of_rome(story) == []
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_fault_F04_of_four_people_who_save_at_once_one_is_kept(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id

    def save(number: int) -> bool:
        try:
            word(story, message_id, body=BODY.replace("warm", f"warm {number}"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, range(4))) == [False, False, False, True]
    with story.reading() as session:
        (kept,) = session.scalars(select(MailWords)).all()
    story.at(FRIENDLY, minute=10)
    (sent,) = of_rome(story)
    assert kept.body.splitlines()[2][:35] in sent.text


def test_req_F14_words_stay_with_the_step_when_its_mail_is_held_and_put_together_anew(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    mail = waiting(story, invoice)
    word(story, mail.message.id)
    with story.writing() as session:
        hold_waiting(session, mail.message.id, reason="They have just called", now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 21))
    with story.reading() as session:
        (hold,) = [hold.id for hold in live_holds(session, [invoice.id])]
    with story.writing() as session:
        lift_hold(session, hold, now=story.now, actor=ACTOR)
    story.drain()
    again = waiting(story, invoice)
    assert again.message.id != mail.message.id
    assert again.words is not None
    story.at(date(2026, 9, 21), minute=10)
    assert len(of_rome(story)) == 1


def test_complaint_C21_words_are_changed_before_a_mail_is_approved(story: Story) -> None:
    story.publish({**to_dict(default_policy()), "ask_first": True})
    invoice = story.bill()
    story.drain()
    story.walk(SECOND)
    with story.reading() as session:
        assert mail_of_step(session, invoice.id, "second") is None
    with pytest.raises(InvalidInput, match=r"gives the client a day to pay by: write \{\{ deadline \}\}"):
        word_step(story, invoice, "second")
    word_step(story, invoice, "second", body=WITH_DEADLINE)
    with story.reading() as session:
        shown = preview_step(session, invoice.id, "second", now=story.now, links=story.container.mail_links)
    assert "please pay by 8 October 2026" in shown.mail.text
    with story.writing() as session:
        approve_step(session, invoice.id, "second", now=story.now, actor=ACTOR)
    story.drain()
    (sent,) = of_rome(story)
    assert "please pay by 8 October 2026" in sent.text


def test_req_F43_a_preview_of_a_reminder_that_is_held_names_its_deadline(story: Story) -> None:
    """The planner gives no deadline to what waits for a person; the mail does, counted from the day it would go."""
    invoice = story.bill()
    story.drain()
    story.walk(date(2026, 9, 28))
    story.hold(invoice, "paused")
    story.walk(SECOND)
    with story.reading() as session:
        shown = preview_step(session, invoice.id, "second", now=story.now, links=story.container.mail_links)
    assert "Please pay €1,190.00 by 8 October 2026." in " ".join(shown.mail.text.split())


def test_req_F14_words_of_a_step_are_taken_back(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    word_step(story, invoice, "friendly")
    with story.reading() as session:
        seen = draft_step(session, invoice.id, "friendly", now=story.now).draft.words_id
    with pytest.raises(Conflict, match="Somebody changed"):
        word_step(story, invoice, "friendly", body=SUNNY)
    with story.writing() as session:
        drop_step_words(session, invoice.id, "friendly", seen=seen, now=story.now, actor=ACTOR)
    story.at(FRIENDLY)
    assert of_rome(story) == []
    assert story.reminders() == [("friendly", "2026-09-18")]
    assert [event.text for event in notes(story) if event.text.startswith("Standing")] == [
        "Standing words again: Friendly reminder"
    ]


def test_req_F14_words_of_a_waiting_mail_are_taken_back(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    word(story, message_id)
    with story.writing() as session:
        seen = draft_mail(session, message_id).words_id
        drop_mail_words(session, message_id, seen=seen, now=story.now, actor=ACTOR)
    story.at(FRIENDLY, minute=10)
    assert of_rome(story) == []
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_req_F25_one_mail_about_two_invoices_speaks_in_the_own_words_with_both_in_its_table(story: Story) -> None:
    first, second = story.bill(), None
    story.drain()
    second = story.bill(5)
    story.drain()
    word_step(story, first, "friendly")
    story.at(FRIENDLY)
    (sent,) = of_rome(story)
    assert str(second.number) in sent.text
    assert "€1,785.00 is still open" in sent.text


def test_req_C35_words_are_left_aside_where_the_client_reads_another_language_by_now(story: Story) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    word(story, waiting(story, invoice).message.id)
    with story.writing() as session:
        session.get_one(Client, (story.tenant, story.client_id)).language = "de"
    story.at(FRIENDLY, minute=10)
    assert of_rome(story) == []
    sent = next(event for event in notes(story) if event.kind == "sent" and event.step_key == "friendly")
    assert "were left aside" in sent.internal_note


def test_req_F43_words_are_left_aside_where_a_stronger_step_speaks(story: Story) -> None:
    """Words of the friendly reminder: the service was off until the second one was due."""
    invoice = story.bill()
    story.drain()
    word_step(story, invoice, "friendly")
    story.at(SECOND)
    assert story.steps(invoice)["friendly"] == "superseded"
    assert of_rome(story) == []
    assert story.reminders() == [("second", "2026-09-29")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (BODY.replace("{{ contact }}", "{{ contakt }}"), r"Line 1, column 10: there is no variable 'contakt'"),
        (BODY.replace("{{ invoices }}\n\n", ""), r"Keep \{\{ invoices \}\}"),
        (BODY.replace("If you have already paid, please ignore this.\n\n", ""), "such as: “If you have already paid"),
        (BODY.replace("{{ total_due }}", "€1,190.00"), r"Line 3, column 43: “€1,190.00” may be another one"),
        (BODY.replace("{{ total_due }}", "EUR 1190.00"), r"write \{\{ total_due \}\} instead"),
        ("", "Enter a text"),
    ],
)
def test_req_F05_words_that_would_say_something_wrong_are_refused(story: Story, body: str, says: str) -> None:
    invoice = with_window(story)
    story.at(FRIENDLY)
    message_id = waiting(story, invoice).message.id
    with pytest.raises(InvalidInput, match=says) as refused:
        word(story, message_id, body=body)
    assert refused.value.field == "body"
    assert words_now(story, message_id) == ""


def test_req_F43_a_deadline_that_was_typed_is_refused(story: Story) -> None:
    invoice = with_window(story)
    story.at(SECOND)
    message_id = waiting(story, invoice).message.id
    typed = BODY.replace("is still open", "is still open; please pay by 8 October 2026")
    with pytest.raises(InvalidInput, match=r"“8 October 2026” may be another one .* write \{\{ deadline \}\}"):
        word(story, message_id, body=typed)
    with pytest.raises(InvalidInput, match=r"write \{\{ deadline \}\} where it belongs"):
        word(story, message_id)
    word(story, message_id, body=WITH_DEADLINE)
    story.at(SECOND, minute=10)
    assert "please pay by 8 October 2026" in of_rome(story)[0].text
