"""What holds for the whole site: whether it may send, its switches and its settings of mail."""

from dataclasses import dataclass

from sqlalchemy import select

from plugin.domain.reminders.facts import Mode, TenantStatus
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.tenants import Installation, Tenant

_INSTALLED = select(Installation.state, Installation.licensed)


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFacts:
    """The site as the planner knows it."""

    status: TenantStatus
    kill_switch: bool
    mode: Mode
    reminders_on: bool
    mail: MailSettings


def site_facts(session: TenantSession) -> SiteFacts:
    """Read once for however many invoices."""
    tenant = session.get_one(Tenant, session.tenant_id)
    return SiteFacts(
        status=tenant_status(session),
        kill_switch=tenant.kill_switch,
        mode=Mode(tenant.mode),
        reminders_on=tenant.reminders_on,
        mail=session.get_one(MailSettings, session.tenant_id),
    )


def tenant_status(session: TenantSession) -> TenantStatus:
    """Whether any installation of the tenant lets it send."""
    states = session.execute(_INSTALLED).all()
    if any(state in ("installed", "enabled") for state, _ in states):
        licensed = any(licensed for state, licensed in states if state in ("installed", "enabled"))
        return TenantStatus.ACTIVE if licensed else TenantStatus.UNLICENSED
    found = {state for state, _ in states}
    if "broken" in found:
        return TenantStatus.BROKEN
    return TenantStatus.DISABLED if "disabled" in found else TenantStatus.UNINSTALLED
