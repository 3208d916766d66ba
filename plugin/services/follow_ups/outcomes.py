"""What a message's fate means for its steps, its client and the history. Called inside the outcome transaction."""

from datetime import datetime
from typing import TypeGuard

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.facts import InvoiceFacts
from plugin.domain.reminders.policy_move import NO_STEP
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.effects.ports import Dropped
from plugin.services.follow_ups.members import Member, members_of
from plugin.services.follow_ups.messages import ASKS_FOR_MONEY, MessageKind
from plugin.services.follow_ups.other_mails import call_off_other_mails, hand_to_other_mail
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.sentences import sent_text
from plugin.services.history.record import record_event
from plugin.services.own_words.speaking import words_of
from plugin.services.settings.contact_address import forget_failure
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, PlannedStep


def message_sent(session: TenantSession, message: Message, *, now: datetime, crossed: bool) -> None:
    """The server took it: the steps are done, the history says so, and what comes next is planned anew.

    ``crossed``: a payment was recorded after the gate; the mail could not be held back, and the history says that.
    """
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    message.crossed_payment = message.crossed_payment or crossed
    if message.kind in ASKS_FOR_MONEY:
        client.last_contact_at = now
    forget_failure(session, message.client_id, message.recipient, now=now)
    members = members_of(session, message)
    in_words = _in_whose_words(session, message, members)
    for member in members:
        if member.step is not None:
            _close(member.step, message, now=now, zone=client.zone)
        _record_sent(session, message, member, now=now, note=f"To {message.recipient}{in_words}")
        if crossed:
            _record_crossed(session, message, member, now=now)
        session.flush()
        # A mail that brings an invoice opens its ladder; a receipt changes nothing there.
        if message.kind != MessageKind.RECEIPT:
            asked, _ = replan(session, member.invoice, now=now)
            if message.kind == MessageKind.INVOICE and asked.facts.delay:
                _tell_late(session, asked.facts, now=now)


def message_failed(session: TenantSession, message: Message, *, now: datetime, reason: str) -> None:
    """The server refused it for good: a person has to act, and later steps wait for a working address."""
    for member in members_of(session, message):
        if _speaks_for(member.step, message) and not hand_to_other_mail(session, member):
            member.step.reason_code, member.step.reason, member.step.next_at = "failed", reason, None
        record_event(
            session,
            member.invoice,
            kind="failed",
            text="Mail refused by the mail server",
            internal_note=f"{message.recipient}: {reason}",
            key=f"failed:{message.id}:{member.invoice.id}",
            now=now,
            step_key=member.row.step_key,
            channel="email",
        )
        _replan_if_follow_up(session, message, member, now)


def message_deferred(session: TenantSession, message: Message, *, next_at: datetime, reason: str) -> None:
    """The server does not take it now; the effect is the schedule of the next try."""
    for member in members_of(session, message):
        if _speaks_for(member.step, message):
            member.step.reason_code = "deferred"
            member.step.reason = f"{reason} Next try at {next_at:%Y-%m-%d %H:%M} UTC."


def message_in_doubt(session: TenantSession, message: Message, *, reason: str) -> None:
    """It may have been accepted: nothing is sent again until evidence says that it was not."""
    for member in members_of(session, message):
        if _speaks_for(member.step, message):
            member.step.reason_code, member.step.reason = "in_doubt", reason


def message_cancelled(session: TenantSession, message: Message, *, now: datetime, code: str, reason: str) -> None:
    """Nothing was offered to the server; the steps get the verdict that the planner has for them now."""
    if message.kind == MessageKind.STATEMENT and code == ReasonCode.TOO_LATE:
        _tell_left_out(session, message, reason=reason, now=now)
    for member in members_of(session, message):
        if message.kind == MessageKind.INVOICE:
            _record_kept_back(session, message, member, reason=reason, now=now)
        if member.step is not None:
            _give_back(session, message, member, code=code, reason=reason, now=now)
            session.delete(member.row)
            session.flush()
            replan(session, member.invoice, now=now)


def _tell_left_out(session: TenantSession, message: Message, *, reason: str, now: datetime) -> None:
    """Whoever did not approve it in time, or whose reminders left no room for it, learns of it."""
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    day = day_in_words(civil_day(message.created_at, client.zone))
    raise_alert(
        session,
        kind="statement_left_out",
        sentence=f"The statement of account of {day} for {client.name} was left out. {reason}",
        subject=client.id,
        key=f"statement_left_out:{message.id}",
        now=now,
    )


def members_dropped(session: TenantSession, message: Message, dropped: tuple[Dropped, ...], *, now: datetime) -> None:
    """Takes members out of a message that goes on without them, and plans their steps anew."""
    reasons = {drop.member_id: drop for drop in dropped}
    for member in members_of(session, message):
        drop = reasons.get(member.row.id)
        if drop is None:
            continue
        _give_back(session, message, member, code=drop.code, reason=drop.sentence, now=now)
        session.delete(member.row)
        session.flush()
        replan(session, member.invoice, now=now)


def _speaks_for(step: PlannedStep | None, message: Message) -> TypeGuard[PlannedStep]:
    """Whether the step follows this message, and not the mail to another recipient."""
    return step is not None and step.message_row_id == message.id


def _give_back(
    session: TenantSession, message: Message, member: Member, *, code: str, reason: str, now: datetime
) -> None:
    """The step goes back to the planner, unless another recipient's mail was accepted or may have been."""
    step = member.step
    if step is None or (step.state == "sent" and step.message_row_id != message.id):
        return
    called_off = call_off_other_mails(session, member, now=now, reason=reason)
    if step.message_row_id not in (message.id, *called_off) or hand_to_other_mail(session, member):
        return
    step.message_row_id = None
    step.state, step.reason_code, step.reason, step.next_at = "planned", code, reason, now
    if code == NO_STEP:
        # The invoice follows another ladder by now, whose plan does not name this step any more.
        step.state, step.next_at, step.done_at, step.done_on = "cancelled", None, now, message.day


def _close(step: PlannedStep, message: Message, *, now: datetime, zone: str) -> None:
    """The first recipient's answer settles the step; the mails to others go on by themselves."""
    if step.state == "sent" and step.message_row_id != message.id:
        return
    step.state, step.message_row_id = "sent", message.id
    step.done_at, step.done_on, step.next_at = now, civil_day(now, zone), None
    step.reason_code, step.reason = "sent", f"Sent on {civil_day(now, zone)}."


def _in_whose_words(session: TenantSession, message: Message, members: list[Member]) -> str:
    """Nothing for the standing words; what a person wrote is said, or why it was left aside."""
    if all(member.row.words_id is None for member in members):
        return ""
    if words_of(session, message, members) is not None:
        return ", in the words that a person wrote for it"
    return ". The words that a person wrote for it were left aside: it speaks in another text or language by now"


def _record_sent(session: TenantSession, message: Message, member: Member, *, now: datetime, note: str) -> None:
    record_event(
        session,
        member.invoice,
        kind="sent",
        text=sent_text(message, member),
        internal_note=note,
        key=f"sent:{message.id}:{member.invoice.id}",
        now=now,
        step_key=member.row.step_key,
        channel="email",
    )


def _tell_late(session: TenantSession, facts: InvoiceFacts, *, now: datetime) -> None:
    raise_alert(
        session,
        kind="invoice_left_late",
        sentence=f"Invoice {facts.number} left only on {day_in_words(facts.left_on or facts.due_date)}, after its due "
        f"date, {day_in_words(facts.due_date)}. Its follow-ups count as if it were due on "
        f"{day_in_words(facts.ladder_due_date)}; pause them if you have agreed something else.",
        subject=facts.invoice_id,
        key=f"left_late:{facts.invoice_id}",
        now=now,
    )


def _record_kept_back(session: TenantSession, message: Message, member: Member, *, reason: str, now: datetime) -> None:
    record_event(
        session,
        member.invoice,
        kind="note",
        text="The mail with the invoice was not sent",
        internal_note=reason,
        key=f"kept-back:{message.id}",
        now=now,
        step_key=member.row.step_key,
        channel="email",
    )


def _record_crossed(session: TenantSession, message: Message, member: Member, *, now: datetime) -> None:
    record_event(
        session,
        member.invoice,
        kind="crossed",
        text="A payment and this mail crossed: the payment was recorded while the mail was leaving",
        key=f"crossed:{message.id}:{member.invoice.id}",
        now=now,
        step_key=member.row.step_key,
        channel="email",
    )


def _replan_if_follow_up(session: TenantSession, message: Message, member: Member, now: datetime) -> None:
    session.flush()
    if message.kind == MessageKind.FOLLOW_UP:
        replan(session, member.invoice, now=now)
