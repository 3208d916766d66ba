"""The undo window: how long a reminder waits in the outbox, so that somebody may stop it before it leaves."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from plugin.services.follow_ups.calendar import client_calendar, client_today, client_window
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import PlannedStep


def leaves_at(session: TenantSession, client: Client, steps: Iterable[PlannedStep], *, now: datetime) -> datetime:
    """When a mail of these steps is to leave: after the wait, and inside the client's hours on a business day.

    What a person asked for at once does not wait: that person has seen it already. The gate decides in any case.
    """
    if all(step.requested for step in steps):
        return now
    return after_wait(session, client, now=now)


def after_wait(session: TenantSession, client: Client, *, now: datetime) -> datetime:
    """After the site's wait, and inside the client's hours on a business day; ``now`` where the site has no wait."""
    mail = session.get_one(MailSettings, session.tenant_id)
    if mail.undo_minutes == 0:
        return now
    calendar = client_calendar(client, client_today(client, now))
    return client_window(client, mail).next_instant(now + timedelta(minutes=mail.undo_minutes), calendar)
