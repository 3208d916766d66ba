"""Whether somebody has seen to a failed mail already: two people who look at one row do not send it twice (I1)."""

from sqlalchemy import or_, select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.outbox import Effect

ON_ITS_WAY = ("planned", "claimed", "sending", "deferred", "unknown", "verify", "parked")


def has_successor(session: TenantSession, effect: Effect) -> bool:
    """Whether another occurrence of what this mail is about is on its way there, or was sent after this one failed.

    A contact whose address was corrected counts as the same one: whoever got no mail with the old occurrence.
    """
    own = session.scalars(select(MessageMember).where(MessageMember.message_row_id == effect.subject_id)).all()
    return any(_has_successor(session, effect, member) for member in own)


def _has_successor(session: TenantSession, effect: Effect, member: MessageMember) -> bool:
    same = (MessageMember.invoice_id == member.invoice_id, MessageMember.step_key == member.step_key)
    beside = select(MessageMember.recipient).where(
        *same, MessageMember.occurrence == member.occurrence, MessageMember.recipient != member.recipient
    )
    sent = Effect.state == "sent"
    if effect.done_at is not None:
        sent = sent & (Effect.done_at >= effect.done_at)
    query = (
        select(Effect.id)
        .join(
            MessageMember,
            (MessageMember.tenant_id == Effect.tenant_id) & (MessageMember.message_row_id == Effect.subject_id),
        )
        .where(
            *same,
            MessageMember.occurrence != member.occurrence,
            MessageMember.recipient.not_in(session.scalars(beside).all()),
            Effect.kind == "mail",
            Effect.id != effect.id,
            or_(Effect.state.in_(ON_ITS_WAY), sent),
        )
    )
    return session.scalars(query.limit(1)).first() is not None
