"""Whether Jira takes our signature: refusals apart in time stop a site, and the first success lets it go on (F29)."""

from datetime import datetime, timedelta

from sqlalchemy import update

from plugin.services.follow_ups.wake import wake_site
from plugin.store.audit import raise_alert, record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.tenants import Installation

REJECTIONS_UNTIL_BROKEN = 3
KIND = "needs_reinstall"
TAKES_WRITES = ("installed", "enabled")


def count_rejection(
    session: TenantSession, installation: Installation, *, cause: str, apart: timedelta, now: datetime
) -> None:
    """The third rejection in a row needs a reinstall. Effects of one job fail together, so what is not ``apart`` counts
    once: a secret that was just renewed is known to the next try.
    """
    session.refresh(installation, with_for_update=True)
    if installation.rejected_at is not None and abs(now - installation.rejected_at) < apart:
        return
    installation.rejected_at = now
    installation.rejections += 1
    if installation.rejections < REJECTIONS_UNTIL_BROKEN or installation.state not in TAKES_WRITES:
        return
    _move(session, installation, to="broken", now=now)
    raise_alert(
        session,
        kind=KIND,
        sentence=f"Jira rejects Dunlin's token; a Jira administrator has to install Dunlin again. {cause}",
        subject=installation.id,
        key=f"{KIND}:{installation.id}:{installation.installed_at.isoformat()}",
        now=now,
    )


def forget_rejections(session: TenantSession, installation: Installation, *, now: datetime) -> None:
    """A call went through: earlier rejections do not count any more, and a site that they stopped goes on."""
    if not installation.rejections:
        return
    session.refresh(installation, with_for_update=True)
    installation.rejections, installation.rejected_at = 0, None
    if installation.state != "broken":
        return
    _move(session, installation, to="enabled", now=now)
    session.execute(
        update(Alert)
        .where(
            Alert.tenant_id == session.tenant_id,
            Alert.kind == KIND,
            Alert.subject == installation.id,
            Alert.settled_at.is_(None),
        )
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )
    wake_site(session, now=now)


def _move(session: TenantSession, installation: Installation, *, to: str, now: datetime) -> None:
    before, installation.state = installation.state, to
    session.flush()
    record_audit(
        session,
        actor="jira",
        action=f"installation.{to}",
        subject=installation.id,
        now=now,
        before={"state": before},
        after={"state": to},
    )
