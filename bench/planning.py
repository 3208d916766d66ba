"""How many ladders the planner lays out in a second, and what 10,000 invoices take: outlook, and a move of policy."""

from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter

from bench.measure import Figure, Spread, alone, milliseconds
from bench.world import INVOICES, World
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.gather import gather, gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.outlook import outlook
from plugin.services.follow_ups.plan_invoice import timeline_for
from plugin.services.policies.move_invoices import movable, move_invoices, preview_move, seal_of_all
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
    yield from _move(world)


def _outlook(world: World) -> Figure:
    now = world.stage.clock.now()

    def look() -> None:
        with world.stage.container.reading(world.tenant) as session:
            rows = outlook(session, now=now)
        if len({row.ref.invoice_id for row in rows}) != INVOICES:
            raise RuntimeError("some invoices have nothing to come")

    name = f"the next 90 days of {INVOICES:,} invoices"
    return Figure(name=name, unit="ms", ours=alone(look, rounds=5, warm=1), most=3_000)


def _move(world: World) -> Iterator[Figure]:
    """Every invoice follows another policy: shown first, then done as it was seen; undone each time."""
    now = world.stage.clock.now()

    def move() -> None:
        with suppress(_Undo), world.stage.container.writing(world.tenant) as session:
            target = _strict(session, world)
            invoices = movable(session, target)
            began = perf_counter()
            seen = seal_of_all(preview_move(session, invoices, target, now=now), target)
            shown.append((perf_counter() - began) * 1000)
            began = perf_counter()
            move_invoices(session, invoices, target, seen=seen, now=now, actor="bench")
            done.append((perf_counter() - began) * 1000)
            raise _Undo

    shown: list[float] = []
    done: list[float] = []
    for _ in range(4):
        move()
    words = f"{INVOICES:,} invoices moved to another policy"
    yield Figure(name=f"{words}, shown", unit="ms", ours=Spread.of(shown[1:]), most=10_000)
    yield Figure(name=f"{words}, done and planned anew", unit="ms", ours=Spread.of(done[1:]), most=10_000)


def _strict(session: TenantSession, world: World) -> PolicyVersion:
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
    return version
