"""Which process of a kind does the next round, noted with the time of its last one. Belongs to no tenant."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from plugin.store.database import database_now
from plugin.store.tables.runtime import Heartbeat


def take_turn(engine: Engine, name: str, *, holder: str, lease: timedelta, business_now: datetime) -> bool:
    """Elects ``holder`` for a lease of database time, or keeps it elected; notes that it is alive."""
    try:
        with engine.begin() as connection:
            return _won(connection, name, holder=holder, lease=lease, business_now=business_now)
    except IntegrityError:
        # Another process inserted the row first: its turn.
        return False


def _won(connection: Connection, name: str, *, holder: str, lease: timedelta, business_now: datetime) -> bool:
    now = database_now(connection)
    values = {"holder": holder, "lease_until": now + lease, "at": now, "business_at": business_now}
    free = or_(Heartbeat.holder == holder, Heartbeat.lease_until.is_(None), Heartbeat.lease_until <= now)
    changed = connection.execute(update(Heartbeat).where(Heartbeat.name == name, free).values(**values))
    if changed.rowcount:
        return True
    known = connection.execute(select(Heartbeat.name).where(Heartbeat.name == name)).first()
    if known is not None:
        return False
    connection.execute(insert(Heartbeat).values(name=name, **values))
    return True
