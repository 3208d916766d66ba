"""The tick's pushes of planned steps and cursors; those of effects stand with their other moves."""

from datetime import datetime

from sqlalchemy import update

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Cursor


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
