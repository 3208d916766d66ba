"""What stops the whole site, whatever a mail is about: a wrong clock, the app is away, kill switch, sandbox mode."""

from plugin.domain.reminders.facts import Mode, TenantStatus
from plugin.domain.reminders.reasons import ReasonCode
from plugin.services.follow_ups.gather_site import tenant_status
from plugin.store.deployment import is_clock_off
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Tenant

_STATUS = {
    TenantStatus.UNINSTALLED: ReasonCode.TENANT_UNINSTALLED,
    TenantStatus.DISABLED: ReasonCode.TENANT_DISABLED,
    TenantStatus.BROKEN: ReasonCode.TENANT_BROKEN,
    TenantStatus.UNLICENSED: ReasonCode.TENANT_UNLICENSED,
}


def site_stops(session: TenantSession) -> ReasonCode | None:
    """Why nothing leaves this site at the moment; None where mail may leave."""
    if is_clock_off(session):
        return ReasonCode.CLOCK_OFF
    status = tenant_status(session)
    if status is not TenantStatus.ACTIVE:
        return _STATUS[status]
    tenant = session.get_one(Tenant, session.tenant_id)
    if tenant.kill_switch:
        return ReasonCode.KILL_SWITCH
    return ReasonCode.SANDBOX if tenant.mode != Mode.LIVE else None
