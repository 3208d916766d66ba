"""While the server's clock cannot be trusted nothing is sent, whoever wakes it; afterwards everything goes on."""

from datetime import date, timedelta

from sqlalchemy import select, update

from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.recheck import recheck
from plugin.store.tables.audit import Alert
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.ui.banners import banners_of
from tests.support.stage import NewStory, Story
from worker.clock import Tick
from worker.jumps import JumpWatch

FRIENDLY = date(2026, 9, 18)
A_DAY = timedelta(days=1)


class Watch(JumpWatch):
    """Finds what the test says."""

    off: timedelta | None = None

    def jump(self, *, database_now: object) -> timedelta | None:
        return self.off


def jumped(story: Story, invoice: Invoice) -> tuple[Tick, Watch]:
    """The clock jumps from the day before a reminder to the reminder's day, and the tick finds it out."""
    story.at(FRIENDLY - A_DAY)
    watch = Watch(story.clock)
    tick = Tick(story.container, watch=watch)
    story.clock.advance(A_DAY)
    watch.off = A_DAY
    assert tick.run_once().halted
    assert story.step(invoice, "friendly").state == "planned"
    return tick, watch


def everybody_wakes_it(story: Story, invoice: Invoice) -> None:
    """What a form and a job do after their commit: wake the step and each effect."""
    story.container.run_due_steps(story.tenant, [row.id for row in story.step_rows(invoice)])
    with story.reading() as session:
        waiting = session.scalars(select(Effect.id).where(Effect.state.in_(("planned", "deferred")))).all()
    assert waiting
    for effect_id in waiting:
        run_effect(story.container, story.tenant, effect_id, time_left=lambda: 900.0)


def a_minute_later(story: Story) -> None:
    """The tick has pushed on what it rang for."""
    story.clock.advance(timedelta(minutes=2))
    story.drain()


def test_fault_F49_a_form_sends_nothing_while_the_clock_is_wrong(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    tick, watch = jumped(story, invoice)
    comments = len(story.jira.requests("updateComment"))
    story.pay(invoice, "100.00")
    everybody_wakes_it(story, invoice)
    assert story.sent() == [("issue", "2026-09-01")]
    assert len(story.jira.requests("updateComment")) == comments
    assert story.step(invoice, "friendly").state == "planned"
    with story.reading() as session:
        assert "The server's clock is wrong" in [banner.title for banner in banners_of(session)]
    story.clock.advance(-A_DAY)
    watch.off = None
    assert not tick.run_once().halted
    a_minute_later(story)
    assert story.sent()[1:] == [("receipt", "2026-09-17")]
    with story.reading() as session:
        assert "The server's clock is wrong" not in [banner.title for banner in banners_of(session)]
        open_alerts = select(Alert.kind).where(Alert.kind == "clock_jumped", Alert.settled_at.is_(None))
        assert session.scalars(open_alerts).all() == []
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_fault_F49_the_gate_holds_a_mail_that_was_claimed_before_the_clock_jumped(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.clock.advance(FRIENDLY - story.now.date())
    story.clock.advance(timedelta(hours=2))
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    watch = Watch(story.clock)
    tick = Tick(story.container, watch=watch)
    watch.off = A_DAY
    assert tick.run_once().halted
    with story.writing() as session:
        message = session.scalars(select(Message).where(Message.kind == "follow_up")).one()
        answer = recheck(session, message, now=story.now)
    assert not answer.go
    assert answer.hold_until is not None
    assert answer.hold_reason.startswith("The server's clock is wrong")
    watch.off = None
    tick.run_once()
    a_minute_later(story)
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_fault_F49_what_was_written_under_a_clock_years_ahead_does_not_wait_for_years(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    tick, watch = jumped(story, invoice)
    story.clock.advance(timedelta(days=3650))
    story.pay(invoice, "100.00", received_on=date(2026, 9, 17))
    with story.writing() as session:
        session.execute(
            update(Effect).where(Effect.kind == "mail", Effect.state == "planned").values(next_at=story.now)
        )
    story.clock.advance(-timedelta(days=3651))
    watch.off = None
    tick.run_once()
    a_minute_later(story)
    assert story.sent()[1:] == [("receipt", "2026-09-17")]
    assert set(story.effects("jira_comment")) <= {"sent", "skipped"}
    assert story.today == date(2026, 9, 17)
