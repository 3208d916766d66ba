"""The tick with nothing due among 100,000 planned steps: what every five seconds cost."""

from collections.abc import Iterator

from sqlalchemy import func, select

from bench.measure import Figure, in_turns
from bench.world import INVOICES, World, add_invoices
from plugin.domain.reminders.policy_default import default_ladder
from plugin.store.database import across_tenants
from plugin.store.queries.due import STEPS
from plugin.store.tables.follow_ups import DUE
from worker.clock import Tick

PLANNED = 100_000


def tick_figures(world: World) -> Iterator[Figure]:
    """A whole tick: its turn, stalled leases, due steps, effects and reads of Jira. All reads were done just before."""
    steps = len(default_ladder())
    add_invoices(world, -(-PLANNED // steps) - INVOICES, first=INVOICES)
    world.stage.drain()
    container = world.stage.container
    with across_tenants(container.planner_engine) as connection:
        planned = connection.execute(select(func.count()).select_from(STEPS)).scalar_one()
    if planned < PLANNED:
        raise RuntimeError(f"only {planned} steps are planned")
    tick = Tick(container)

    def ours() -> None:
        if any(tick.run_once().woken.values()):
            raise RuntimeError("something was due")

    def bare() -> None:
        query = select(STEPS.c.id).where(DUE, STEPS.c.next_at <= container.clock.now()).limit(100)
        with across_tenants(container.planner_engine) as connection:
            connection.execute(query).all()

    mine, other = in_turns(ours, bare, name="one select of due steps", rounds=60)
    yield Figure(
        name="tick with nothing due among 100,000 planned steps",
        unit="ms",
        ours=mine,
        other=other,
        most=10,
    )
