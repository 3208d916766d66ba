"""The server's clock has jumped, or is right again: what one site is told, and what goes on afterwards (F49)."""

from datetime import datetime

from sqlalchemy import update

from plugin.services.follow_ups.wake import wake_site
from plugin.store.audit import raise_alert
from plugin.store.effects import wake_from_the_future
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert

KIND = "clock_jumped"


def tell_of_jump(session: TenantSession, *, minutes: int, now: datetime) -> None:
    """Tells the site's people that nothing is sent, once a day."""
    raise_alert(
        session,
        kind=KIND,
        sentence=f"Nothing is sent: the server's clock is off by {minutes} minutes. "
        "Set it right, then restart Dunlin's clock process.",
        subject="clock",
        key=f"{KIND}:{now:%Y-%m-%d}",
        now=now,
    )


def go_on_after_jump(session: TenantSession, *, now: datetime) -> None:
    """The clock is right again: the alerts are settled, and what waits is asked again by the right time."""
    session.execute(
        update(Alert)
        .where(Alert.tenant_id == session.tenant_id, Alert.kind == KIND, Alert.settled_at.is_(None))
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )
    wake_from_the_future(session, now=now)
    wake_site(session, now=now)
