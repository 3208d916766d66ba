"""Does in one process what tick and worker do in theirs: all that is due, until nothing is."""

from plugin.bootstrap import Container
from plugin.services.effects.run import run_effect
from plugin.store.database import across_tenants
from plugin.store.queries.due import doubtful_effects, due_cursors, due_effects, due_steps

MOST_ROUNDS = 200
EACH = 500
JOB_SECONDS = 900.0


def drain(container: Container, *, with_sync: bool = True) -> int:
    """Gives how many rows were worked on. RuntimeError where some row stays due for ever."""
    done = 0
    for _ in range(MOST_ROUNDS):
        worked = _round(container, with_sync=with_sync)
        done += worked
        if not worked:
            return done
    raise RuntimeError("the outbox does not come to rest: some row stays due")


def _round(container: Container, *, with_sync: bool) -> int:
    now = container.clock.now()
    with across_tenants(container.planner_engine) as connection:
        cursors = due_cursors(connection, now=now) if with_sync else []
        steps = due_steps(connection, now=now, each=EACH)
        effects = due_effects(connection, now=now, each=EACH)
        doubts = doubtful_effects(connection, now=now, each=EACH)
    for row in cursors:
        container.run_sync(row.tenant_id, [row.id])
    for tenant_id in sorted({row.tenant_id for row in steps}):
        container.run_due_steps(tenant_id, [row.id for row in steps if row.tenant_id == tenant_id])
    for row in [*effects, *doubts]:
        run_effect(container, row.tenant_id, row.id, time_left=lambda: JOB_SECONDS)
    return len(cursors) + len(steps) + len(effects) + len(doubts)
