"""Mails whose body may be on its way while a payment is recorded: past the gate, without an answer yet."""

from datetime import datetime

from sqlalchemy import func, select

from plugin.services.follow_ups.messages import ASKS_FOR_MONEY
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.outbox import Effect


def mails_leaving(session: TenantSession, invoice_id: str) -> list[Message]:
    """Reminders about an invoice that have passed the gate and are not settled."""
    query = (
        select(Message)
        .join(
            MessageMember,
            (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
        )
        .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
        .where(
            MessageMember.invoice_id == invoice_id,
            Message.kind.in_(ASKS_FOR_MONEY),
            Effect.kind == "mail",
            Effect.state.in_(["sending", "unknown"]),
        )
    )
    return list(session.scalars(query).unique())


def last_gate(session: TenantSession, invoice_id: str, *, default: datetime) -> datetime:
    """The instant of the last gate that a reminder about the invoice passed, if it is later than ``default``.

    Call it with the invoice locked: a payment that waited for that gate comes after it, whatever its clock says (I3).
    """
    query = (
        select(func.max(Effect.sending_at))
        .join(
            MessageMember,
            (MessageMember.tenant_id == Effect.tenant_id) & (MessageMember.message_row_id == Effect.subject_id),
        )
        .where(MessageMember.invoice_id == invoice_id, Effect.kind == "mail")
    )
    passed = session.scalars(query).one()
    return default if passed is None else max(default, passed)
