"""A person has seen to an alert."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotFound
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert


def settle_alert(session: TenantSession, alert_id: str, *, now: datetime, actor: str) -> Alert:
    """Marks an alert as settled. Conflict where somebody else has done it."""
    alert = session.scalars(select(Alert).where(Alert.id == alert_id).with_for_update()).one_or_none()
    if alert is None:
        raise NotFound("There is no such alert here; reload the page.")
    if alert.settled_at is not None:
        raise Conflict("Somebody has seen to this already.")
    alert.settled_at, alert.settled_by = now, actor
    session.flush()
    record_audit(session, actor=actor, action="alert.settled", subject=alert.id, now=now, after={"kind": alert.kind})
    return alert
