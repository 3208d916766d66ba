"""A step with several recipients is several mails; what becomes of one of them may concern the others."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from plugin.services.follow_ups.members import Member
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

CARRYING = ("planned", "claimed", "sending", "deferred", "unknown", "verify", "parked", "sent")
UNOFFERED = ("planned", "deferred", "claimed")


def hand_to_other_mail(session: TenantSession, member: Member) -> bool:
    """Lets another recipient's mail about the same step speak for the step; False where there is none.

    The step stands for the first that was accepted, and until then for any that is on its way.
    """
    other = session.execute(
        select(MessageMember.message_row_id, Effect.state)
        .join(
            Effect, (Effect.tenant_id == MessageMember.tenant_id) & (Effect.subject_id == MessageMember.message_row_id)
        )
        .where(*_same_step(member.row), Effect.kind == "mail", Effect.state.in_(CARRYING))
        .order_by(MessageMember.recipient)
    ).first()
    if other is None or member.step is None:
        return False
    member.step.message_row_id, member.step.state, member.step.next_at = other[0], other[1], None
    return True


def call_off_other_mails(session: TenantSession, member: Member, *, now: datetime, reason: str) -> set[str]:
    """Takes the step out of the other mails about it of which nothing was offered; gives the ids of their messages.

    The planner turned the step away, so it is put together anew for all its recipients: if one mail waited on, it
    would settle the step, and whoever lost theirs would never get it. A mail that is claimed finds at its gate that
    nothing is left; the lock on the invoice keeps that gate and this apart.
    """
    row = member.row
    session.execute(select(Invoice.id).where(Invoice.id == row.invoice_id).with_for_update(key_share=True))
    waiting = (
        select(MessageMember)
        .join(
            Effect, (Effect.tenant_id == MessageMember.tenant_id) & (Effect.subject_id == MessageMember.message_row_id)
        )
        .where(*_same_step(row), Effect.kind == "mail", Effect.state.in_(UNOFFERED))
        .order_by(MessageMember.message_row_id)
    )
    others = session.scalars(waiting).all()
    for other in others:
        session.delete(other)
    session.flush()
    messages = {other.message_row_id for other in others}
    for message_row_id in sorted(messages):
        left = select(MessageMember.id).where(MessageMember.message_row_id == message_row_id)
        if session.scalars(left.limit(1)).first() is None:
            moves.call_off_mail(session, message_row_id, now=now, reason=reason)
    return messages


def _same_step(row: MessageMember) -> tuple[ColumnElement[bool], ...]:
    """The members about the same step in other messages, as conditions."""
    return (
        MessageMember.invoice_id == row.invoice_id,
        MessageMember.step_key == row.step_key,
        MessageMember.occurrence == row.occurrence,
        MessageMember.message_row_id != row.message_row_id,
    )
