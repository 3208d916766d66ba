"""Many planned steps or cursors moved in one statement; the moves of effects stand in a room of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, update

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Cursor

STEP = "_id"
"""Under this name a row for ``rewrite_steps`` says whose values it holds."""


def rewrite_steps(session: TenantSession, rows: Sequence[dict[str, object]], *, columns: Sequence[str]) -> None:
    """Writes the columns of many steps of the session's tenant; objects that the session holds do not learn of it."""
    if not rows:
        return
    table = cast(Table, PlannedStep.__table__)
    statement = (
        update(table)
        .where(table.c.tenant_id == session.tenant_id, table.c.id == bindparam(STEP))
        .values({name: bindparam(name) for name in columns})
    )
    session.connection().execute(statement, rows)


def push_steps(session: TenantSession, ids: list[str], *, now: datetime, to: datetime) -> list[tuple[str, int]]:
    """Gives due steps a later ``next_at``; those still due come back as (id, 0), since steps have no fence."""
    rows = session.execute(
        update(PlannedStep)
        .where(
            PlannedStep.tenant_id == session.tenant_id,
            PlannedStep.id.in_(ids),
            PlannedStep.state.in_(("planned", "deferred", "held")),
            PlannedStep.next_at <= now,
        )
        .values(next_at=to)
        .returning(PlannedStep.id)
        .execution_options(synchronize_session=False)
    )
    return [(step_id, 0) for step_id in rows.scalars()]


def push_cursors(session: TenantSession, names: list[str], *, now: datetime, to: datetime) -> list[tuple[str, int]]:
    """The same for recurring reads, by their names."""
    rows = session.execute(
        update(Cursor)
        .where(Cursor.tenant_id == session.tenant_id, Cursor.name.in_(names), Cursor.next_at <= now)
        .values(next_at=to)
        .returning(Cursor.name)
        .execution_options(synchronize_session=False)
    )
    return [(name, 0) for name in rows.scalars()]
