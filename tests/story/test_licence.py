"""A lapsed licence holds what would be sent; a renewed one sends of each invoice the strongest step that is due."""

from datetime import date

from sqlalchemy import select

from plugin.services.licence import note_licence
from plugin.store.tables.outbox import Effect
from plugin.store.tables.tenants import Installation
from tests.support.stage import NewStory, Story


def say(story: Story, *, licensed: bool) -> None:
    """What the host says with a page load."""
    with story.writing() as session:
        installation = session.scalars(select(Installation.id)).one()
        note_licence(session, installation, licensed=licensed, now=story.now)


def test_while_the_licence_has_lapsed_nothing_is_sent_and_then_the_strongest(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    say(story, licensed=False)
    story.walk(date(2026, 9, 22))
    assert story.step(invoice, "friendly").state == "held"
    assert "licence has lapsed" in (story.step(invoice, "friendly").reason or "")
    story.walk(date(2026, 9, 30))
    assert story.reminders() == []
    say(story, licensed=True)
    story.drain()
    assert story.reminders() == [("second", "2026-09-30")]


def test_a_mail_that_is_already_queued_waits_as_well_and_so_do_invoice_and_receipt(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    later = story.bill(2)
    story.pay(later, "10.00")
    say(story, licensed=False)
    story.drain()
    assert [step for step, _ in story.sent()] == ["issue"]
    with story.reading() as session:
        waiting = session.scalars(select(Effect.reason).where(Effect.kind == "mail", Effect.state == "planned")).all()
    assert set(waiting) == {"The licence has lapsed, so nothing is sent; renew it to go on."}
    say(story, licensed=True)
    story.drain()
    assert sorted(step for step, _ in story.sent()) == ["friendly", "issue", "issue", "receipt"]
