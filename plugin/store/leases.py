"""The database's clock as a value in statements: leases compare it, whatever happens to the business clock."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, literal

from plugin.clock import machine_now
from plugin.store.base import Instant
from plugin.store.session import TenantSession


def lease_now(session: TenantSession) -> ColumnElement[datetime]:
    """The present instant, read when the row is locked: ``now()`` would be the start of the transaction (I3)."""
    if session.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp(type_=Instant())
    return literal(machine_now(), Instant())


def lease_end(session: TenantSession, lease: timedelta) -> ColumnElement[datetime]:
    """The instant at which a lease that begins now is over."""
    if session.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp(type_=Instant()) + literal(lease, Interval())
    return literal(machine_now() + lease, Instant())
