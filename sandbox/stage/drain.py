"""Does in one process what tick and worker do in theirs: all that is due, until nothing is."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select, union_all

from plugin.bootstrap import Container
from plugin.services.effects.run import run_effect
from plugin.services.effects.timing import Timing
from plugin.store.database import across_tenants
from plugin.store.queries.due import EFFECTS, STEPS, DueRow, doubtful_effects, due_cursors, due_effects, due_steps
from plugin.store.schedule import push_steps
from plugin.store.tables.follow_ups import DUE as STEP_DUE
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import DUE as EFFECT_DUE
from sandbox.stage.laps import Laps

MOST_ROUNDS = 200
EACH = 500
JOB_SECONDS = 900.0


def drain(
    container: Container, *, with_sync: bool = True, reads: Collection[str] | None = None, laps: Laps | None = None
) -> int:
    """Gives how many rows were worked on; ``laps`` learns how long each kind took.

    ``reads`` names the recurring reads that take place, None all of them: a Jira in which nothing changes any more
    need not be asked every ten minutes for ten years.
    RuntimeError where some row stays due for ever.
    """
    done, laps = 0, laps or Laps()
    for _ in range(MOST_ROUNDS):
        worked = _round(container, with_sync=with_sync, reads=reads, laps=laps)
        done += worked
        if not worked:
            return done
    raise RuntimeError("the outbox does not come to rest: some row stays due")


def next_due(container: Container) -> datetime | None:
    """When the next step or effect is looked at, a held one as well; reads of Jira do not count."""
    now = container.clock.now()
    coming = union_all(
        select(func.min(EFFECTS.c.next_at).label("at")).where(EFFECT_DUE, EFFECTS.c.next_at > now),
        select(func.min(STEPS.c.next_at)).where(STEP_DUE, STEPS.c.next_at > now),
    ).subquery()
    with across_tenants(container.planner_engine) as connection:
        found: datetime | None = connection.execute(select(func.min(coming.c.at))).scalar_one()
    return found


def _round(container: Container, *, with_sync: bool, reads: Collection[str] | None, laps: Laps) -> int:
    now = container.clock.now()
    with across_tenants(container.planner_engine) as connection:
        cursors = due_cursors(connection, now=now) if with_sync else []
        cursors = [row for row in cursors if reads is None or row.id in reads]
        steps = due_steps(connection, now=now, each=EACH)
        effects = [*due_effects(connection, now=now, each=EACH), *doubtful_effects(connection, now=now, each=EACH)]
        kinds = _kinds(connection, effects)
    for row in cursors:
        with laps.of(f"read {row.id}"):
            container.run_sync(row.tenant_id, [row.id])
    for tenant_id in sorted({row.tenant_id for row in steps}):
        with laps.of("plan"):
            _plan(container, tenant_id, [row.id for row in steps if row.tenant_id == tenant_id])
    for row in effects:
        with laps.of(kinds[row.id]):
            run_effect(container, row.tenant_id, row.id, time_left=lambda: JOB_SECONDS)
    return len(cursors) + len(steps) + len(effects)


def _plan(container: Container, tenant_id: str, step_ids: list[str]) -> None:
    """As tick and worker do it: what is due is pushed on before anybody looks, so it must not be found by its instant.

    RuntimeError where a step was looked at and nothing was written: it would ring again every minute for ever.
    """
    now = container.clock.now()
    pushed_to = now + Timing.of(container.settings).push
    with container.writing(tenant_id) as session:
        push_steps(session, step_ids, now=now, to=pushed_to)
    container.run_due_steps(tenant_id, step_ids)
    with container.reading(tenant_id) as session:
        stuck = session.scalars(
            select(PlannedStep.step_key).where(PlannedStep.id.in_(step_ids), PlannedStep.next_at == pushed_to)
        ).all()
    if stuck:
        raise RuntimeError(f"planned in vain, so due again every minute: {', '.join(sorted(stuck))}")


def _kinds(connection: Connection, rows: list[DueRow]) -> dict[str, str]:
    tenants = sorted({row.tenant_id for row in rows})
    query = select(EFFECTS.c.id, EFFECTS.c.kind).where(
        EFFECTS.c.tenant_id.in_(tenants), EFFECTS.c.id.in_([row.id for row in rows])
    )
    return dict(connection.execute(query).all())
