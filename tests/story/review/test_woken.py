"""What the real tick rings for is planned: a whole ladder with tick and worker in turns, and what was woken early."""

from datetime import date, timedelta

from plugin.services.follow_ups.switches import switch_project
from plugin.services.wakeups import WakeupKind
from sandbox.stage.house import ACTOR
from tests.support.stage import Story
from tests.support.wakeups import MemoryWakeups
from worker import jobs
from worker.clock import Tick

MINUTE = timedelta(minutes=1)


def ring(story: Story) -> list[WakeupKind]:
    """One tick, then the worker's jobs that it rang for."""
    story.container.wakeups = bell = MemoryWakeups()
    Tick(story.container).run_once()
    rung = [wakeup for wakeup in bell.taken if wakeup.kind is not WakeupKind.SYNC]
    jobs.use(story.container)
    for wakeup in rung:
        work = jobs.run_steps if wakeup.kind is WakeupKind.STEPS else jobs.run_effects
        work(wakeup.tenant_id, list(wakeup.ids))
    return [wakeup.kind for wakeup in rung]


def test_an_invoice_that_was_woken_is_planned_although_the_tick_has_pushed_it_on(story: Story) -> None:
    """F10: a switch must show on the timeline, and the wake-up must not ring every minute from then on."""
    invoice = story.bill()
    story.drain()
    with story.writing() as session:
        switch_project(session, story.billed, on=False, now=story.now, actor=ACTOR)
    assert ring(story) == [WakeupKind.STEPS]
    assert {row.state for row in story.step_rows(invoice)} == {"held"}
    story.clock.instant += 2 * MINUTE
    assert ring(story) == []


def test_the_ladder_goes_by_tick_and_worker_alone(story: Story) -> None:
    """No step, mail or comment needs anything but the tick's bell."""
    story.bill()
    day = story.now
    while day.date() <= date(2026, 10, 20):
        story.clock.instant = day.replace(hour=10)
        for _ in range(12):
            if not ring(story):
                break
        day += timedelta(days=1)
    assert [step for step, _ in story.reminders()] == ["notice", "friendly", "second", "final"]
