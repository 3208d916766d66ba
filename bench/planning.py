"""How many ladders the planner lays out in a second, and what 10,000 invoices take: outlook, and a move of policy."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import select

from bench.measure import Figure, Spread, alone, milliseconds
from bench.world import INVOICES, World
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.gather import gather, gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.outlook import outlook
from plugin.services.follow_ups.plan_invoice import replan_many, timeline_for
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyRow, PolicyVersion

BATCH = 500
ROUNDS = 7


class _Undo(Exception):
    """Leaves the world as it was."""


def planner_figures(world: World) -> Iterator[Figure]:
    """The rules alone, with the facts gathered from the database, and over all invoices of a site."""
    now = world.stage.clock.now()
    with world.stage.container.reading(world.tenant) as session:
        asked = gather(session, session.get_one(Invoice, (world.tenant, "invoice-1")), now=now)

    def rules() -> None:
        for _ in range(BATCH):
            plan(asked.facts, asked.policy, asked.calendar, asked.today)

    def with_facts() -> None:
        with world.stage.container.reading(world.tenant) as session:
            rows = open_rows(session, Invoice.id.in_([f"invoice-{number}" for number in range(BATCH)]))
            for found in gather_rows(session, rows, now=now):
                timeline_for(found)

    for name, work, least in (
        ("planner, rules alone", rules, 5_000.0),
        ("planner, with facts from the database", with_facts, None),
    ):
        took = [milliseconds(work) for _ in range(ROUNDS + 1)][1:]
        spread = Spread.of([BATCH * 1000 / each for each in took])
        yield Figure(name=name, unit="timelines/s", ours=spread, least=least)
    yield _outlook(world)
    yield _move(world)


def _outlook(world: World) -> Figure:
    now = world.stage.clock.now()

    def look() -> None:
        with world.stage.container.reading(world.tenant) as session:
            rows = outlook(session, now=now)
        if len({row.ref.invoice_id for row in rows}) != INVOICES:
            raise RuntimeError("some invoices have nothing to come")

    name = f"the next 90 days of {INVOICES:,} invoices"
    return Figure(name=name, unit="ms", ours=alone(look, rounds=5, warm=1), most=3_000)


def _move(world: World) -> Figure:
    """Every invoice follows another policy and is planned anew; undone each time."""
    now = world.stage.clock.now()

    def move() -> None:
        with suppress(_Undo), world.stage.container.writing(world.tenant) as session:
            version = _strict(session, world)
            invoices = session.scalars(select(Invoice).where(Invoice.issued_on.is_not(None))).all()
            for invoice in invoices:
                invoice.policy_version_id = version
            took.append(milliseconds(lambda: replan_many(session, invoices, now=now)))
            raise _Undo

    took: list[float] = []
    for _ in range(4):
        move()
    name = f"{INVOICES:,} invoices planned anew after a change of policy"
    return Figure(name=name, unit="ms", ours=Spread.of(took[1:]), most=10_000)


def _strict(session: TenantSession, world: World) -> str:
    row = PolicyRow(id=new_id(), name="Strict")
    session.add(row)
    session.flush()
    version = PolicyVersion(
        id=new_id(),
        policy_id=row.id,
        version=1,
        body=to_dict(presets()["strict"]),
        published_at=world.stage.clock.now(),
    )
    session.add(version)
    session.flush()
    return version.id
