"""How old the payment data are: who entered them up to when, and one notice when they are too old (U10)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.settle_alert import settle_alert
from plugin.store.audit import raise_alert, record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.company import MailSettings

KIND = "stale_payments"


def enter_payments_up_to(session: TenantSession, as_of: datetime, *, now: datetime, actor: str) -> MailSettings:
    """Says that every payment up to an instant is entered; what was held for that goes on.

    Raises InvalidInput for an instant that is still to come, or before the one known already.
    """
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    if as_of > now:
        raise InvalidInput("Payments cannot be entered up to a moment that is still to come.", field="as_of")
    before = settings.payments_as_of
    if before is not None and as_of < before:
        raise InvalidInput("Payments are entered up to a later moment already.", field="as_of")
    settings.payments_as_of = as_of
    settings.row_version += 1
    session.flush()
    notice = select(Alert).where(Alert.kind == KIND, Alert.settled_at.is_(None))
    for alert in session.scalars(notice).all():
        settle_alert(session, alert.id, now=now, actor=actor)
    wake_follow_ups(session, now=now)
    record_audit(
        session,
        actor=actor,
        action="payments.as_of",
        subject="payments",
        now=now,
        before={"as_of": before.isoformat() if before else None},
        after={"as_of": as_of.isoformat()},
    )
    return settings


def notice_stale_payments(session: TenantSession, *, now: datetime) -> bool:
    """Tells the administrators, once, that follow-ups are held because payments were not entered for too long."""
    settings = session.get_one(MailSettings, session.tenant_id)
    limit = settings.payments_limit_hours
    if limit is None or (
        settings.payments_as_of is not None and now - settings.payments_as_of <= timedelta(hours=limit)
    ):
        return False
    entered = f"{settings.payments_as_of:%Y-%m-%d %H:%M} UTC" if settings.payments_as_of else ""
    key = f"{KIND}:{entered}"
    if session.scalars(select(Alert.id).where(Alert.dedupe_key == key)).first() is not None:
        return False
    since = f"since {entered}" if entered else "so far"
    raise_alert(
        session,
        kind=KIND,
        sentence=f"No payments were entered {since}, and {limit} hours are the limit, so reminders are held. "
        "Enter what came in, then say up to when in the administration under Control.",
        subject="payments",
        key=key,
        now=now,
    )
    return True
