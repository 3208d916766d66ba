"""What is due, over all tenants: ids and tenants only, for the tick. The cost is that of the due rows, not of all rows.

The conditions stand in the statements exactly as in the partial indexes; with bound states no database would use those.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, FromClause, Select, TextClause, func, literal, select, union_all

from plugin.store.tables.follow_ups import DUE as STEP_DUE
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import DUE, IN_DOUBT, LEASED, Cursor, Effect

STEPS = PlannedStep.__table__
EFFECTS = Effect.__table__
CURSORS = Cursor.__table__


@dataclass(frozen=True, kw_only=True, slots=True)
class DueRow:
    """A row that something must be done about, by its tenant and its id (a cursor by its name)."""

    tenant_id: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """How much is due or in flight now, and when the next row will be due; for readiness and the time machine."""

    backlog: int
    oldest_due_at: datetime | None
    next_due_at: datetime | None


def due_steps(connection: Connection, *, now: datetime, each: int) -> list[DueRow]:
    """Planned steps whose time has come, at most ``each`` of a tenant, so that one tenant cannot starve another."""
    return _rows(connection, fair(STEPS, STEP_DUE, now=now, each=each))


def due_effects(connection: Connection, *, now: datetime, each: int) -> list[DueRow]:
    """Effects to carry out, at most ``each`` of a tenant."""
    return _rows(connection, fair(EFFECTS, DUE, now=now, each=each))


def doubtful_effects(connection: Connection, *, now: datetime, each: int) -> list[DueRow]:
    """Effects in doubt whose evidence is to be looked up."""
    return _rows(connection, fair(EFFECTS, IN_DOUBT, now=now, each=each))


def due_cursors(connection: Connection, *, now: datetime) -> list[DueRow]:
    """Recurring reads that are due again; the id is the cursor's name."""
    query = select(CURSORS.c.tenant_id, CURSORS.c.name.label("id")).where(CURSORS.c.next_at <= now)
    return _rows(connection, query.order_by(CURSORS.c.next_at))


def overdue_leases(connection: Connection, *, database_now: datetime, limit: int) -> list[DueRow]:
    """Effects whose worker has not come back in time."""
    query = select(EFFECTS.c.tenant_id, EFFECTS.c.id).where(LEASED, EFFECTS.c.lease_until <= database_now)
    return _rows(connection, query.order_by(EFFECTS.c.lease_until).limit(limit))


def outlook(connection: Connection, *, now: datetime) -> Outlook:
    """Counts what waits for the worker at ``now`` and looks ahead to the next planned row."""
    due = union_all(
        select(EFFECTS.c.next_at.label("at")).where(DUE, EFFECTS.c.next_at <= now),
        select(EFFECTS.c.next_at).where(IN_DOUBT, EFFECTS.c.next_at <= now),
        select(STEPS.c.next_at).where(STEP_DUE, STEPS.c.next_at <= now),
    ).subquery()
    in_flight = select(func.count()).select_from(EFFECTS).where(LEASED).scalar_subquery()
    backlog, oldest, flying = connection.execute(select(func.count(), func.min(due.c.at), in_flight)).one()
    coming = union_all(
        select(func.min(EFFECTS.c.next_at).label("at")).where(DUE, EFFECTS.c.next_at > now),
        # A held step is only looked at again; nothing is expected of that.
        select(func.min(STEPS.c.next_at)).where(STEP_DUE, STEPS.c.next_at > now, STEPS.c.state != "held"),
    ).subquery()
    next_at = connection.execute(select(func.min(coming.c.at))).scalar_one()
    return Outlook(backlog=backlog + flying, oldest_due_at=oldest, next_due_at=next_at)


def fair(table: FromClause, condition: TextClause, *, now: datetime, each: int) -> Select[str, str]:
    """The first ``each`` due rows of every tenant, the oldest first within a tenant, tenants by turns."""
    place = func.row_number().over(partition_by=table.c.tenant_id, order_by=(table.c.next_at, table.c.id))
    due = (
        select(table.c.tenant_id, table.c.id, place.label("place"))
        .where(condition, table.c.next_at <= literal(now, table.c.next_at.type))
        .subquery()
    )
    return select(due.c.tenant_id, due.c.id).where(due.c.place <= each).order_by(due.c.place, due.c.tenant_id)


def _rows(connection: Connection, query: Select[str, str]) -> list[DueRow]:
    found = connection.execute(query).all()
    return [DueRow(tenant_id=tenant_id, id=row_id) for tenant_id, row_id in found]
