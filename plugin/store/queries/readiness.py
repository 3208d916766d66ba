"""What ``/readyz`` tells: how much waits for the worker, when something is due again. Counts over all tenants."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from plugin.store.database import database_now
from plugin.store.queries.due import CURSORS, Outlook, outlook
from plugin.store.tables.runtime import Heartbeat


def readiness(connection: Connection, *, now: datetime) -> Outlook:
    """The outlook of steps and effects, with the recurring reads that are due or under way added to the backlog."""
    seen = outlook(connection, now=now)
    reading = (CURSORS.c.next_at <= now) | (CURSORS.c.lease_until > database_now(connection))
    cursors = connection.execute(select(func.count()).select_from(CURSORS).where(reading)).scalar_one()
    return Outlook(backlog=seen.backlog + cursors, oldest_due_at=seen.oldest_due_at, next_due_at=seen.next_due_at)


def last_tick(connection: Connection) -> datetime | None:
    """When the clock last did its round, in machine time."""
    return connection.execute(select(func.max(Heartbeat.at))).scalar_one()
