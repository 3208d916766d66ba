"""The tick on both databases: what is due is rung once, pushed on, and found again when the bell was lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from plugin.clock import FrozenClock, machine_now
from plugin.services.wakeups import WakeupKind
from plugin.store import effects as moves
from plugin.store.database import across_tenants, database_now
from plugin.store.heartbeats import take_turn
from plugin.store.queries.due import outlook
from plugin.store.queries.readiness import last_tick
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Cursor, Effect
from plugin.store.tables.policies import PolicyVersion
from tests.support.delivery import NOW, DeliveryWorld
from worker.clock import EACH, Tick
from worker.jumps import JumpWatch

OTHER = "b" * 32


def rung(world: DeliveryWorld, kind: WakeupKind) -> list[tuple[str, tuple[str, ...]]]:
    return [(wakeup.tenant_id, wakeup.ids) for wakeup in world.wakeups.taken if wakeup.kind is kind]


def add_step(world: DeliveryWorld) -> str:
    with world.writing(world.tenant_id) as session:
        step = PlannedStep(
            id="step",
            invoice_id="invoice-one",
            policy_version_id=session.scalars(select(PolicyVersion.id)).one(),
            step_key="friendly",
            channel="email",
            tone="friendly",
            planned_on=NOW.date(),
            next_at=NOW,
        )
        session.add(step)
    return "step"


def test_a_tick_rings_for_everything_due_and_pushes_it_a_minute_on(world: DeliveryWorld) -> None:
    effect, step = world.add_mail(), add_step(world)
    Tick(world).run_once()
    assert rung(world, WakeupKind.EFFECTS) == [(world.tenant_id, (effect,))]
    assert rung(world, WakeupKind.STEPS) == [(world.tenant_id, (step,))]
    ((_, cursors),) = rung(world, WakeupKind.SYNC)
    assert set(cursors) >= {"inbox", "issues", "worklogs_updated", "worklogs_deleted"}
    with world.reading(world.tenant_id) as session:
        minute_on = {NOW + timedelta(minutes=1)}
        assert set(session.scalars(select(Effect.next_at))) == minute_on
        assert set(session.scalars(select(PlannedStep.next_at))) == minute_on
        assert set(session.scalars(select(Cursor.next_at))) == minute_on
    assert world.effect(effect).state == "planned"


def test_fault_F14_a_lost_wakeup_costs_a_minute_and_a_tick(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    tick = Tick(world)
    for _ in range(3):
        tick.run_once()
    assert len(rung(world, WakeupKind.EFFECTS)) == 1
    world.clock.advance(timedelta(minutes=1))
    tick.run_once()
    assert rung(world, WakeupKind.EFFECTS) == [(world.tenant_id, (effect,))] * 2


def test_a_row_of_the_future_waits(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).values(next_at=NOW + timedelta(seconds=1)))
    tick = Tick(world)
    tick.run_once()
    assert rung(world, WakeupKind.EFFECTS) == []
    world.clock.advance(timedelta(seconds=1))
    tick.run_once()
    assert rung(world, WakeupKind.EFFECTS) == [(world.tenant_id, (effect,))]


def test_fault_F64_a_noisy_tenant_does_not_starve_a_quiet_one(world: DeliveryWorld) -> None:
    world.add_tenant(OTHER)
    for number in range(EACH + 30):
        world.add_mail(str(number), invoices=())
    with world.writing(OTHER) as session:
        quiet = Effect(kind="mail", dedupe_key="q", subject_id="q", created_at=NOW, next_at=NOW)
        session.add(quiet)
        session.flush()
        quiet_id = quiet.id
    Tick(world).run_once()
    wakeups = rung(world, WakeupKind.EFFECTS)
    assert (OTHER, (quiet_id,)) in wakeups
    noisy = [ids for tenant, ids in wakeups if tenant == world.tenant_id]
    assert [len(ids) for ids in noisy] == [50, 50]


def test_the_reconciler_frees_parks_and_doubts(world: DeliveryWorld) -> None:
    names = ("claimed", "poison", "sending", "posting", "alive")
    effects = {name: world.add_mail(name, invoices=()) for name in names}
    with world.writing(world.tenant_id) as session:
        over = NOW - timedelta(days=3650)
        for name, state, stalls in (
            ("claimed", "claimed", 0),
            ("poison", "claimed", 2),
            ("sending", "sending", 0),
            ("posting", "posting", 0),
        ):
            session.execute(
                update(Effect)
                .where(Effect.id == effects[name])
                .values(state=state, stalls=stalls, lease_until=over, fence=1)
            )
        held = moves.claim(session, effects["alive"], now=NOW, lease=timedelta(minutes=1))
    assert held is not None
    ticked = Tick(world).run_once()
    assert ticked.settled == {moves.Stalled.FREED: 1, moves.Stalled.PARKED: 1, moves.Stalled.IN_DOUBT: 2}
    found = {name: world.effect(effect) for name, effect in effects.items()}
    assert {name: row.state for name, row in found.items()} == {
        "claimed": "planned",
        "poison": "parked",
        "sending": "unknown",
        "posting": "unknown",
        "alive": "claimed",
    }
    assert world.alerts() == ["effect_parked"]
    assert set(rung(world, WakeupKind.EFFECTS)[0][1]) == {effects["claimed"], effects["sending"], effects["posting"]}


def test_what_the_worker_frees_is_rung_in_the_same_tick_and_claimed_at_once(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).values(state="claimed", lease_until=NOW - timedelta(days=3650)))
    Tick(world).run_once()
    with world.writing(world.tenant_id) as session:
        assert moves.claim(session, effect, now=NOW, lease=timedelta(minutes=1)) is not None


def test_one_clock_is_elected_and_another_takes_over_when_it_stops(world: DeliveryWorld) -> None:
    engine, lease = world.engine, timedelta(seconds=15)
    assert take_turn(engine, "clock", holder="one", lease=lease, business_now=NOW)
    assert take_turn(engine, "clock", holder="one", lease=lease, business_now=NOW)
    assert not take_turn(engine, "clock", holder="two", lease=lease, business_now=NOW)
    assert not Tick(world).run_once().elected
    with across_tenants(engine) as connection:
        ticked, now = last_tick(connection), database_now(connection)
    assert ticked is not None
    assert timedelta(0) <= now - ticked < timedelta(minutes=1)
    assert take_turn(engine, "clock", holder="one", lease=timedelta(0), business_now=NOW)
    assert take_turn(engine, "clock", holder="two", lease=lease, business_now=NOW)


def test_the_outlook_counts_what_waits_and_looks_ahead(world: DeliveryWorld) -> None:
    tomorrow = NOW + timedelta(days=1)
    first, later = world.add_mail("one"), world.add_mail("two", invoices=())
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.id == later).values(next_at=tomorrow))
    with across_tenants(world.planner_engine) as connection:
        seen = outlook(connection, now=NOW)
    assert (seen.backlog, seen.oldest_due_at, seen.next_due_at) == (1, NOW, tomorrow)
    with world.writing(world.tenant_id) as session:
        moves.claim(session, first, now=NOW, lease=timedelta(minutes=1))
    with across_tenants(world.planner_engine) as connection:
        assert outlook(connection, now=NOW).backlog == 1


@pytest.mark.parametrize("jump", [timedelta(days=1), -timedelta(days=1), timedelta(days=3650), timedelta(minutes=6)])
def test_fault_F49_a_clock_that_jumped_sends_nothing_and_tells(world: DeliveryWorld, jump: timedelta) -> None:
    effect = world.add_mail()
    add_step(world)
    world.clock.instant = machine_now()
    ran = 0.0
    tick = Tick(world, watch=JumpWatch(world.clock, elapsed=lambda: ran))
    world.clock.advance(jump)
    for _ in range(2):
        assert tick.run_once().halted
    assert (rung(world, WakeupKind.EFFECTS), rung(world, WakeupKind.STEPS)) == ([], [])
    assert world.alerts() == ["clock_jumped"]
    assert world.effect(effect).state == "planned"


def test_fault_F49_time_that_passes_is_no_jump(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    world.clock.instant = machine_now()
    watch = JumpWatch(world.clock, elapsed=lambda: 0.0)
    world.clock.advance(timedelta(minutes=4))
    assert not Tick(world, watch=watch).run_once().halted
    assert rung(world, WakeupKind.EFFECTS) == [(world.tenant_id, (effect,))]
    assert world.alerts() == []


def test_fault_F49_a_clock_that_differs_from_the_databases_is_noticed_at_the_start() -> None:
    ahead = FrozenClock(NOW + timedelta(hours=1))
    assert JumpWatch(ahead, elapsed=lambda: 0.0).jump(database_now=NOW) == timedelta(hours=1)
