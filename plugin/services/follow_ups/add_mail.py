"""Inserts a message with its members and its effect: from then on the outbox owns it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from plugin.services.follow_ups.messages import MessageIds, MessageKind
from plugin.store.base import new_id
from plugin.store.effects import WAITS_FOR_UNDO
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.outbox import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMember:
    """What a new message is about; the amount is what it asks for, in minor units.

    ``words_id``: what a person wrote for the mail of its step.
    """

    invoice_id: str
    step_key: str
    occurrence: int
    amount_minor: int
    words_id: str | None = None


def add_mail(
    session: TenantSession,
    *,
    kind: MessageKind,
    client: Client,
    currency: str,
    day: date,
    recipient: str,
    template: str,
    members: Sequence[NewMember],
    message_ids: MessageIds,
    now: datetime,
    tone: str = "",
    depends_on: str | None = None,
    leaves_at: datetime | None = None,
    key: str = "",
) -> tuple[Message, Effect]:
    """Adds them in the caller's transaction. ``day`` is the civil day at the client's place.

    It is due at ``leaves_at``, by default now; until then it waits for somebody who wants to stop it.
    ``key``: the effect's dedupe key, where more than the members' key is to keep it from being made twice.
    The unique key of a member stops a second mail about the same step to the same recipient, whoever races here (I1).
    """
    row_id = new_id()
    message = Message(
        id=row_id,
        kind=kind.value,
        client_id=client.id,
        currency=currency,
        day=day,
        recipient=recipient,
        message_id=message_ids(row_id),
        tone=tone,
        language=client.language,
        template=template,
        created_at=now,
    )
    session.add(message)
    session.flush()
    session.add_all(_member_row(message, member) for member in members)
    session.flush()
    effect = add_effect(
        session,
        kind="mail",
        key=key or f"mail:{row_id}",
        subject_id=row_id,
        now=now,
        next_at=leaves_at,
        depends_on=depends_on,
    )
    if leaves_at is not None and leaves_at > now:
        effect.reason = WAITS_FOR_UNDO
        session.flush()
    return message, effect


def _member_row(message: Message, member: NewMember) -> MessageMember:
    return MessageMember(
        id=new_id(),
        message_row_id=message.id,
        invoice_id=member.invoice_id,
        step_key=member.step_key,
        occurrence=member.occurrence,
        recipient=message.recipient,
        amount_minor=member.amount_minor,
        words_id=member.words_id,
    )
