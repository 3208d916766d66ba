"""What must be known before anything else: that nothing leaves in sandbox mode, or that somebody stopped it all."""

from typing import NamedTuple

from plugin.domain.reminders.facts import TenantStatus
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.services.follow_ups.gather_site import tenant_status
from plugin.services.licence import LAPSED
from plugin.store.deployment import is_clock_off
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.tenants import Tenant

REFUSED = sentence(Reason(ReasonCode.TENANT_BROKEN))


class Banner(NamedTuple):
    """A message above the page."""

    title: str
    sentence: str
    tone: str


def banners_of(session: TenantSession) -> list[Banner]:
    """The reasons for which no mail leaves the whole site, worst first."""
    tenant = session.get_one(Tenant, session.tenant_id)
    mail = session.get_one(MailSettings, session.tenant_id)
    found = []
    if is_clock_off(session):
        found.append(Banner("The server's clock is wrong", "Nothing is sent until it is right again.", "danger"))
    status = tenant_status(session)
    if status is TenantStatus.UNLICENSED:
        found.append(Banner("The licence has lapsed", LAPSED, "danger"))
    if status is TenantStatus.BROKEN:
        found.append(Banner("Jira refuses Dunlin's signature", REFUSED, "danger"))
    if tenant.kill_switch:
        found.append(Banner("All sending is stopped", "An administrator pulled the kill switch.", "danger"))
    if mail.paused_reason:
        found.append(Banner("Mail is paused", mail.paused_reason, "danger"))
    if tenant.mode != "live":
        found.append(Banner("Sandbox mode", "No mail leaves until an administrator goes live.", "info"))
    if not tenant.reminders_on:
        found.append(Banner("Reminders are off", "They are turned off for the whole site.", "warning"))
    return found
