"""How many ladders the planner lays out in a second: each screen, each mail and each backtest asks it."""

from collections.abc import Iterator

from bench.measure import Figure, Spread, milliseconds
from bench.world import World
from plugin.domain.reminders.plan import plan
from plugin.services.follow_ups.gather import gather
from plugin.store.tables.invoices import Invoice

BATCH = 500
ROUNDS = 7


def planner_figures(world: World) -> Iterator[Figure]:
    """The rules alone, and with the facts gathered from the database."""
    now = world.stage.clock.now()
    with world.stage.container.reading(world.tenant) as session:
        asked = gather(session, session.get_one(Invoice, (world.tenant, "invoice-1")), now=now)

    def rules() -> None:
        for _ in range(BATCH):
            plan(asked.facts, asked.policy, asked.calendar, asked.today)

    def with_facts() -> None:
        with world.stage.container.reading(world.tenant) as session:
            for number in range(BATCH):
                found = gather(session, session.get_one(Invoice, (world.tenant, f"invoice-{number}")), now=now)
                plan(found.facts, found.policy, found.calendar, found.today)

    for name, work in (("planner, rules alone", rules), ("planner, with facts from the database", with_facts)):
        took = [milliseconds(work) for _ in range(ROUNDS + 1)][1:]
        yield Figure(name=name, unit="timelines/s", ours=Spread.of([BATCH * 1000 / each for each in took]))
