"""The functions behind the wake-ups: each id alone, nothing begun too late, poison parked."""

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from plugin.domain.errors import Transient
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox
from tests.integration.worker.test_clock import add_step
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world
from worker import jobs


@pytest.fixture
def working(urls: Urls) -> Iterator[tuple[DeliveryWorld, Mailbox]]:
    """A world whose jobs run in this process."""
    with Mailbox() as box, delivery_world(urls, SMTP_URL=box.smtp_url) as world:
        world.add_invoice()
        jobs.use(world)
        yield world, box
        jobs.begin_again()


def test_an_error_on_one_effect_stops_no_other(working: tuple[DeliveryWorld, Mailbox]) -> None:
    world, box = working
    effects = [world.add_mail(name, invoices=()) for name in ("one", "two", "three")]
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.id == effects[1]).values(subject_id="no such message"))
    jobs.run_effects(world.tenant_id, [effects[0], "no such effect", *effects[1:]])
    assert [world.effect(effect).state for effect in effects] == ["sent", "planned", "sent"]
    assert len(box.mails) == 2


def test_no_id_is_begun_with_too_little_time_left(urls: Urls) -> None:
    with Mailbox() as box, delivery_world(urls, SMTP_URL=box.smtp_url, JOB_SECONDS="660.001") as world:
        world.add_invoice()
        jobs.use(world)
        effects = [world.add_mail(name, invoices=()) for name in ("one", "two")]
        jobs.run_effects(world.tenant_id, effects)
        assert box.mails == []
        assert {world.effect(effect).attempts for effect in effects} == {0}


def test_after_a_sigterm_no_other_id_is_begun(working: tuple[DeliveryWorld, Mailbox]) -> None:
    world, box = working
    effects = [world.add_mail(name, invoices=()) for name in ("one", "two")]
    world.follow_ups.at_gate = lambda _session: jobs.stop_after_this_id(signal.SIGTERM, None)
    jobs.run_effects(world.tenant_id, effects)
    assert [world.effect(effect).state for effect in effects] == ["sent", "planned"]
    assert len(box.mails) == 1


def test_fault_F70_wakeups_for_rows_that_are_done_do_nothing(working: tuple[DeliveryWorld, Mailbox]) -> None:
    world, box = working
    effect = world.add_mail()
    for _ in range(20):
        jobs.run_effects(world.tenant_id, [effect] * 50)
    assert (len(box.mails), world.effect(effect).attempts) == (1, 1)


def test_steps_run_together_and_alone_when_together_fails(working: tuple[DeliveryWorld, Mailbox]) -> None:
    world, _box = working
    seen: list[list[str]] = []

    def poisoned(_tenant: str, ids: list[str]) -> None:
        seen.append(ids)
        if "bad" in ids:
            raise ZeroDivisionError

    world.run_due_steps = poisoned  # type: ignore[method-assign,assignment]
    jobs.run_steps(world.tenant_id, ["a", "b"])
    jobs.run_steps(world.tenant_id, ["a", "bad", "b"])
    assert seen == [["a", "b"], ["a", "bad", "b"], ["a"], ["bad"], ["b"]]


def test_fault_F63_a_step_that_we_stumble_over_is_parked_the_third_time(
    working: tuple[DeliveryWorld, Mailbox],
) -> None:
    world, _box = working
    step = add_step(world)
    problem: Exception = Transient("Jira is away.")

    def poisoned(_tenant: str, _ids: list[str]) -> None:
        raise problem

    world.run_due_steps = poisoned  # type: ignore[method-assign,assignment]
    for _ in range(5):
        jobs.run_steps(world.tenant_id, [step])
    assert state_of(world, step) == ("planned", "")
    problem = ZeroDivisionError()
    for tries in (1, 2, 3, 3):
        jobs.run_steps(world.tenant_id, [step])
        assert state_of(world, step) == ("parked" if tries == 3 else "planned", f"stumbled{tries}")
    assert world.alerts() == ["step_parked"]


def test_a_sync_that_fails_is_swallowed(working: tuple[DeliveryWorld, Mailbox]) -> None:
    world, _box = working

    def fail(_tenant: str, _names: list[str]) -> None:
        raise Transient("Jira is away.")

    world.run_sync = fail  # type: ignore[method-assign,assignment]
    jobs.run_sync(world.tenant_id, ["inbox"])


def state_of(world: DeliveryWorld, step: str) -> tuple[str, str]:
    with world.reading(world.tenant_id) as session:
        row = session.get_one(PlannedStep, (world.tenant_id, step))
        return row.state, row.reason_code
