"""Mails in their undo window, and statements that wait: which they are, and what a person may do with one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.services.effects.locks import lock_to_change
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.change_step import skip_step
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.members import Member, members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.outcomes import message_cancelled
from plugin.services.history.record import record_event
from plugin.services.own_words.speaking import words_of
from plugin.store import effects as moves
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import MailWords
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.outbox import Effect

GONE = "This mail has left or was called off; reload the page."


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingMail:
    """A mail that waits, when it leaves, and the invoices it speaks of. ``words``: what a person wrote for it.

    ``reason``: what it waits for, where that is not the undo window.
    """

    message: Message
    leaves_at: datetime
    members: tuple[Member, ...]
    words: MailWords | None = None
    reason: str = ""

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement of account and no reminder."""
        return self.message.kind == MessageKind.STATEMENT

    @property
    def needs_approval(self) -> bool:
        """Whether a person has to say yes first."""
        return self.reason == moves.WAITS_FOR_APPROVAL


def waiting_mails(session: TenantSession, invoice_ids: Collection[str]) -> list[WaitingMail]:
    """The mails about these invoices that wait, the next to leave first."""
    about = select(MessageMember.message_row_id).where(MessageMember.invoice_id.in_(sorted(invoice_ids)))
    query = (
        select(Message, Effect.next_at, Effect.reason)
        .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
        .where(
            Effect.kind == "mail",
            Effect.state == "planned",
            or_(Effect.reason == moves.WAITS_FOR_UNDO, Message.kind == MessageKind.STATEMENT.value),
            Effect.next_at.is_not(None),
            Message.id.in_(about),
        )
        .order_by(Effect.next_at, Message.id)
    )
    return [
        _waits(session, message, leaves_at or message.created_at, reason)
        for message, leaves_at, reason in session.execute(query).all()
    ]


def _waits(session: TenantSession, message: Message, leaves_at: datetime, reason: str) -> WaitingMail:
    members = members_of(session, message)
    words = words_of(session, message, members)
    other = "" if reason == moves.WAITS_FOR_UNDO else reason
    return WaitingMail(message=message, leaves_at=leaves_at, members=tuple(members), words=words, reason=other)


def send_waiting(session: TenantSession, message_id: str, *, now: datetime, actor: str) -> None:
    """Lets a mail go without waiting any longer; the gate decides all the same. Conflict where it waits no more."""
    message, _ = _waiting(session, message_id)
    if not moves.send_at_once(session, message.id, now=now):
        raise Conflict(GONE)
    record_audit(session, actor=actor, action="outbox.sent_now", subject=message.id, now=now)


def approve_waiting(session: TenantSession, message_id: str, *, now: datetime, actor: str) -> None:
    """Releases a statement that waits for a person's word, to all its recipients; the gate decides all the same.

    Conflict where it waits for nobody, or somebody was quicker.
    """
    message, members = _waiting(session, message_id)
    if message.kind != MessageKind.STATEMENT or message.approved_at is not None:
        raise Conflict("This mail needs no approval, or has it already; reload the page.")
    for each in _to_all_recipients(session, message, members[0]):
        each.approved_by, each.approved_at = actor, now
        session.flush()
        moves.release_approved(session, each.id, now=now)
    for invoice in {member.invoice.id: member.invoice for member in members}.values():
        key = f"approved:{message.id}:{invoice.id}"
        record_event(session, invoice, kind="note", text="Statement of account approved", key=key, now=now, actor=actor)
    record_audit(session, actor=actor, action="outbox.approved", subject=message.id, now=now)


def _to_all_recipients(session: TenantSession, message: Message, member: Member) -> Sequence[Message]:
    """The mails of one statement: each billing contact has one of its own."""
    same = select(MessageMember.message_row_id).where(
        MessageMember.step_key == member.row.step_key, MessageMember.occurrence == member.row.occurrence
    )
    query = select(Message).where(
        Message.client_id == message.client_id,
        Message.currency == message.currency,
        Message.kind == message.kind,
        Message.id.in_(same),
    )
    return session.scalars(query.order_by(Message.id).with_for_update()).all()


def hold_waiting(session: TenantSession, message_id: str, *, reason: str, now: datetime, actor: str) -> list[str]:
    """Takes a mail back and pauses the invoices it speaks of, until somebody resumes them; gives their numbers."""
    if not reason.strip():
        raise InvalidInput("Say why it is held; whoever looks at the invoice next needs the reason.", field="reason")
    back = _call_off(session, message_id, reason=f"Held by a person: {reason.strip()}", now=now, actor=actor)
    for invoice_id in back.numbers:
        put_hold(session, invoice_id, kind="paused", reason=reason, today=back.today, now=now, actor=actor)
    return list(back.numbers.values())


def skip_waiting(session: TenantSession, message_id: str, *, reason: str, now: datetime, actor: str) -> None:
    """Takes a mail back and leaves its steps out; the steps after them go on."""
    if not reason.strip():
        raise InvalidInput("Say why it is left out; the history shows it.", field="reason")
    back = _call_off(session, message_id, reason=f"Left out by a person: {reason.strip()}", now=now, actor=actor)
    for invoice_id, key in back.steps:
        skip_step(session, invoice_id, key, reason=reason, today=back.today, now=now, actor=actor)


class _TakenBack(NamedTuple):
    """What a mail spoke of that was called off: numbers by invoice, steps, and the day at the client's place."""

    numbers: dict[str, str]
    steps: list[tuple[str, str]]
    today: date


def _call_off(session: TenantSession, message_id: str, *, reason: str, now: datetime, actor: str) -> _TakenBack:
    """Ends the mail and gives its steps back to the planner. Conflict where a worker has it in hand already."""
    message, members = _waiting(session, message_id)
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    back = _TakenBack(
        {member.invoice.id: member.invoice.number or "" for member in members},
        [(member.invoice.id, member.row.step_key) for member in members if member.step is not None],
        client_today(client, now),
    )
    if not moves.call_off_mail(session, message.id, now=now, reason=reason):
        raise Conflict(GONE)
    session.expire_all()
    message_cancelled(session, message, now=now, code="held_back", reason=reason)
    record_audit(session, actor=actor, action="outbox.called_off", subject=message_id, now=now)
    return back


def _waiting(session: TenantSession, message_id: str) -> tuple[Message, list[Member]]:
    if session.get(Message, (session.tenant_id, message_id)) is None:
        raise NotFound("There is no such mail here; reload the page.")
    message = lock_to_change(session, message_id)
    members = members_of(session, message)
    if not members:
        raise Conflict(GONE)
    return message, members
