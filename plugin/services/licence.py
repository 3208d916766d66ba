"""What a host says of a tenant's licence, kept: a lapsed one holds what would be sent and lets nothing be changed."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import NotAllowed
from plugin.domain.reminders.facts import TenantStatus
from plugin.services.follow_ups.gather_site import tenant_status
from plugin.services.follow_ups.wake import wake_site
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Installation

LAPSED = (
    "The licence of Dunlin on this site has lapsed. Everything can still be read and downloaded, nothing can be "
    "changed, and nothing is sent; what waits goes on once a Jira administrator has renewed it."
)


def note_licence(session: TenantSession, installation_id: str, *, licensed: bool, now: datetime) -> None:
    """Stores what the host says now; a renewal lets what was held go on, of each invoice the strongest due step."""
    row = session.scalars(select(Installation).where(Installation.id == installation_id).with_for_update()).one()
    if row.licensed is licensed:
        return
    row.licensed = licensed
    record_audit(
        session,
        actor="jira",
        action="installation.licence",
        subject=row.id,
        now=now,
        before={"licensed": not licensed},
        after={"licensed": licensed},
    )
    wake_site(session, now=now)


def require_licence(session: TenantSession) -> None:
    """Raises NotAllowed where no installation of the tenant has a valid licence."""
    if tenant_status(session) is TenantStatus.UNLICENSED:
        raise NotAllowed(LAPSED)
