"""When a client got its last statement of account."""

from datetime import datetime

from sqlalchemy import func, select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.outbox import Effect


def last_statement(session: TenantSession, client_id: str) -> datetime | None:
    """The instant at which a mail server took it, in any currency; None before the first."""
    query = (
        select(func.max(Effect.done_at))
        .join(Message, (Message.tenant_id == Effect.tenant_id) & (Message.id == Effect.subject_id))
        .where(
            Message.client_id == client_id,
            Message.kind == "statement",
            Effect.kind == "mail",
            Effect.state == "sent",
        )
    )
    return session.scalars(query).one()
