"""Mails that came in are kept for as long as the site says; what somebody still has to deal with stays."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.company import MailSettings

MOST_MAILS = 500
NOBODYS = ("auto_reply", "unknown")
"""Kinds that wait for nobody; replies and bounces go once they are dealt with."""


def purge_mails(session: TenantSession, *, now: datetime, most: int = MOST_MAILS) -> int:
    """Deletes mails past the site's days, the oldest first, at most ``most``; gives how many.

    The mailbox keeps its copy, and the invoice's history what became of it; one audit row says how many went.
    """
    settings = session.get(MailSettings, session.tenant_id)
    if settings is None:
        return 0
    limit = now - timedelta(days=settings.inbound_kept_days)
    old = (
        select(InboundMail.id)
        .where(InboundMail.received_at < limit)
        .where(or_(InboundMail.handled_at.is_not(None), InboundMail.kind.in_(NOBODYS)))
        .order_by(InboundMail.received_at, InboundMail.id)
        .limit(most)
    )
    ids = session.scalars(old).all()
    if not ids:
        return 0
    session.execute(
        delete(InboundMail)
        .where(InboundMail.tenant_id == session.tenant_id, InboundMail.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    after = {"mails": len(ids), "before": limit.date().isoformat()}
    record_audit(session, actor="dunlin", action="inbound.purged", subject="mail", now=now, after=after)
    return len(ids)
