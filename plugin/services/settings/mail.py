"""Who the mail is from, in which hours it leaves, and how often one client may be contacted."""

from dataclasses import dataclass
from datetime import datetime, time

from plugin.services.addresses import check_address
from plugin.services.billing.lookup import check_version
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class MailForm:
    """Hours are those of the client's zone."""

    from_name: str
    from_address: str
    reply_to: str
    window_start: time
    window_end: time
    contact_interval_days: int
    row_version: int


def save_mail(session: TenantSession, form: MailForm, *, now: datetime, actor: str) -> MailSettings:
    """Checks and stores them; a pause after a refused login ends, since somebody has looked at it."""
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    check_version(settings, form.row_version)
    before = {"from": settings.from_address, "interval": settings.contact_interval_days}
    settings.from_name = checks.clean_line(form.from_name, field="from_name")
    settings.from_address = check_address(form.from_address)
    settings.reply_to = check_address(form.reply_to) if form.reply_to.strip() else ""
    settings.window_start, settings.window_end = checks.check_window(form.window_start, form.window_end)
    settings.contact_interval_days = checks.check_range(
        form.contact_interval_days, field="contact_interval_days", low=0, high=60
    )
    settings.paused_reason = ""
    settings.row_version += 1
    record_audit(
        session,
        actor=actor,
        action="mail.saved",
        subject="mail",
        now=now,
        before=before,
        after={"from": settings.from_address, "interval": settings.contact_interval_days},
    )
    return settings
