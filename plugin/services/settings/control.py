"""How follow-ups are controlled on a site: undo window, quiet days after a person's mail, age of payments, digest."""

from dataclasses import dataclass
from datetime import datetime, time

from plugin.services.billing.lookup import check_version
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.settings.checks import check_range
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings

LONGEST_UNDO = 240
LONGEST_LIMIT = 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlForm:
    """``undo_minutes`` 0: a reminder leaves at once. ``payments_limit_hours`` None: the age of payments is not asked.

    ``digest_at`` is an hour in the seller's zone.
    """

    undo_minutes: int
    manual_quiet_days: int
    payments_limit_hours: int | None
    digest_at: time
    row_version: int


def control_of(settings: MailSettings) -> ControlForm:
    """The values as they are stored."""
    return ControlForm(
        undo_minutes=settings.undo_minutes,
        manual_quiet_days=settings.manual_quiet_days,
        payments_limit_hours=settings.payments_limit_hours,
        digest_at=settings.digest_at,
        row_version=settings.row_version,
    )


def save_control(session: TenantSession, form: ControlForm, *, now: datetime, actor: str) -> MailSettings:
    """Checks and stores them; every open invoice is planned anew, since what is held may change."""
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    check_version(settings, form.row_version)
    before = _shown(settings)
    settings.undo_minutes = check_range(form.undo_minutes, field="undo_minutes", low=0, high=LONGEST_UNDO)
    settings.manual_quiet_days = check_range(form.manual_quiet_days, field="manual_quiet_days", low=0, high=60)
    limit = form.payments_limit_hours
    settings.payments_limit_hours = (
        None if limit is None else check_range(limit, field="payments_limit_hours", low=1, high=LONGEST_LIMIT)
    )
    settings.digest_at = form.digest_at
    settings.row_version += 1
    wake_follow_ups(session, now=now)
    record_audit(
        session, actor=actor, action="control.saved", subject="mail", now=now, before=before, after=_shown(settings)
    )
    return settings


def _shown(settings: MailSettings) -> dict[str, object]:
    return {
        "undo_minutes": settings.undo_minutes,
        "manual_quiet_days": settings.manual_quiet_days,
        "payments_limit_hours": settings.payments_limit_hours,
        "digest_at": f"{settings.digest_at:%H:%M}",
    }
