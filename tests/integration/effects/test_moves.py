"""Every move of an effect is one conditional UPDATE: exactly one wins, and a late one changes nothing."""

from datetime import timedelta

from sqlalchemy import select, update

from plugin.store import effects as moves
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Effect
from tests.support.delivery import NOW, DeliveryWorld

MINUTE = timedelta(minutes=1)


def claim(world: DeliveryWorld, effect_id: str, *, lease: timedelta = MINUTE) -> moves.Claim | None:
    with world.writing(world.tenant_id) as session:
        return moves.claim(session, effect_id, now=world.clock.now(), lease=lease)


def test_a_due_effect_is_claimed_once(world: DeliveryWorld) -> None:
    effect = world.add_mail(kind="follow_up")
    first, second = claim(world, effect), claim(world, effect)
    assert first is not None
    assert (first.fence, first.attempts, first.kind) == (1, 1, "mail")
    assert second is None
    assert world.steps() == {"invoice-one": "claimed"}


def test_a_deferred_effect_is_not_claimed_before_its_time(world: DeliveryWorld) -> None:
    """A stray wake-up of long ago must not shorten the ladder; the tick's own push must not keep the worker out."""
    effect = world.add_mail()
    held = claim(world, effect)
    assert held is not None
    with world.writing(world.tenant_id) as session:
        assert moves.defer(session, held, next_at=NOW + timedelta(minutes=5), reason="greylisted")
    assert claim(world, effect) is None
    world.clock.advance(timedelta(minutes=5))
    with world.writing(world.tenant_id) as session:
        pushed = moves.push_next(session, [effect], now=world.clock.now(), to=world.clock.now() + MINUTE)
    assert pushed == [(effect, 1)]
    assert claim(world, effect) is not None


def test_req_F09_the_gate_needs_an_own_and_living_claim(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    dead = claim(world, effect, lease=timedelta(0))
    assert dead is not None
    with world.writing(world.tenant_id) as session:
        assert not moves.pass_gate(session, dead, state="sending", now=NOW, lease=MINUTE)
        assert not moves.renew(session, dead, lease=MINUTE)
        assert moves.settle_stalled(session, effect, now=NOW, grace=MINUTE) is moves.Stalled.FREED
    alive = claim(world, effect)
    assert alive is not None
    with world.writing(world.tenant_id) as session:
        assert not moves.pass_gate(session, dead, state="sending", now=NOW, lease=MINUTE)
        assert moves.renew(session, alive, lease=MINUTE)
        assert moves.pass_gate(session, alive, state="sending", now=NOW, lease=MINUTE)
        assert not moves.pass_gate(session, alive, state="sending", now=NOW, lease=MINUTE)
        assert not moves.renew(session, alive, lease=MINUTE)


def test_a_claim_that_is_over_is_freed_twice_and_parked_the_third_time(world: DeliveryWorld) -> None:
    effect = world.add_mail(kind="follow_up")
    seen = []
    for _ in range(3):
        assert claim(world, effect, lease=timedelta(0)) is not None
        with world.writing(world.tenant_id) as session:
            seen.append(moves.settle_stalled(session, effect, now=NOW, grace=MINUTE))
    assert seen == [moves.Stalled.FREED, moves.Stalled.FREED, moves.Stalled.PARKED]
    assert claim(world, effect) is None
    assert world.steps() == {"invoice-one": "parked"}


def test_fault_F08_a_parked_row_and_its_step_say_the_true_reason(world: DeliveryWorld) -> None:
    effect = world.add_mail(kind="follow_up")
    with world.writing(world.tenant_id) as session:
        session.execute(update(PlannedStep).values(reason_code="on_its_day", reason="On its day, 4 November 2026."))
    for _ in range(3):
        assert claim(world, effect, lease=timedelta(0)) is not None
        with world.writing(world.tenant_id) as session:
            moves.settle_stalled(session, effect, now=NOW, grace=MINUTE)
    with world.reading(world.tenant_id) as session:
        (step,) = session.execute(select(PlannedStep.reason_code, PlannedStep.reason)).all()
    assert step.reason_code == "stalled"
    assert step.reason == world.effect(effect).reason
    assert "stopped" in step.reason
    assert "3 times" in step.reason
    with world.writing(world.tenant_id) as session:
        assert moves.settle_parked(session, effect, to="planned", now=NOW, evidence={"kind": "person"})
    with world.reading(world.tenant_id) as session:
        assert session.execute(select(PlannedStep.state, PlannedStep.reason)).all() == [("planned", "")]


def test_a_living_lease_is_left_alone(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    assert claim(world, effect) is not None
    with world.writing(world.tenant_id) as session:
        assert moves.settle_stalled(session, effect, now=NOW, grace=MINUTE) is moves.Stalled.ALIVE


def test_sending_never_goes_back_by_the_passage_of_time(world: DeliveryWorld) -> None:
    effect = world.add_mail(kind="follow_up")
    held = claim(world, effect)
    assert held is not None
    with world.writing(world.tenant_id) as session:
        assert moves.pass_gate(session, held, state="sending", now=NOW, lease=timedelta(0))
        assert moves.settle_stalled(session, effect, now=NOW, grace=MINUTE) is moves.Stalled.IN_DOUBT
    row = world.effect(effect)
    assert (row.state, row.fence) == ("unknown", held.fence + 1)
    assert world.steps() == {"invoice-one": "unknown"}
    world.clock.advance(timedelta(days=30))
    assert claim(world, effect) is None


def test_a_late_finisher_changes_no_state(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    held = claim(world, effect)
    assert held is not None
    with world.writing(world.tenant_id) as session:
        moves.pass_gate(session, held, state="sending", now=NOW, lease=timedelta(0))
        moves.settle_stalled(session, effect, now=NOW, grace=MINUTE)
    with world.writing(world.tenant_id) as session:
        assert not moves.finish(session, held, to="sent", now=NOW)
        assert not moves.defer(session, held, next_at=NOW, reason="late")
        assert not moves.to_unknown(session, held, now=NOW, grace=MINUTE, reason="late")
        moves.add_evidence(session, effect, {"kind": "reply", "code": 250})
    row = world.effect(effect)
    assert row.state == "unknown"
    assert row.evidence[-1] == {"kind": "reply", "code": 250}


def test_only_evidence_leaves_doubt_and_only_once(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).values(state="unknown", fence=4))
    with world.writing(world.tenant_id) as session:
        assert not moves.resolve(session, effect, 3, to="sent", now=NOW)
        assert moves.resolve(session, effect, 4, to="sent", now=NOW, evidence={"kind": "verdict"})
        assert not moves.resolve(session, effect, 4, to="planned", now=NOW)
    assert world.effect(effect).state == "sent"


def test_put_back_does_not_count_as_an_attempt(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    held = claim(world, effect)
    assert held is not None
    with world.writing(world.tenant_id) as session:
        assert moves.put_back(session, held, next_at=NOW, reason="paused")
    again = claim(world, effect)
    assert again is not None
    assert (again.attempts, again.fence) == (1, 2)
