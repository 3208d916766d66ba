"""Jira refuses our signature: three answers within a second prove nothing, and what stopped goes on by itself."""

from datetime import date, timedelta

from sqlalchemy import select

from plugin.services.follow_ups.gather_site import tenant_status
from plugin.store.tables.audit import Alert
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Installation
from plugin.ui.banners import banners_of
from sandbox import Fault
from tests.support.stage import NewStory, Story

REFUSED = "Jira refuses Dunlin's signature, so nothing is sent; a Jira administrator has to install Dunlin again."


def state(story: Story) -> str:
    with story.reading() as session:
        return session.scalars(select(Installation.state)).one()


def refuse(story: Story, *, times: int | None) -> None:
    for operation in ("addComment", "updateComment", "setIssueProperty"):
        story.jira.faults.add(operation, Fault.status(401), times=times)


def refused_for_good(story: Story) -> Invoice:
    """An invoice with a reminder due, on a site whose Jira has refused every signature for some minutes."""
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 17))
    refuse(story, times=None)
    story.pay(invoice, "10.00", receipt=False)
    for _ in range(4):
        story.clock.advance(timedelta(minutes=2))
        story.drain()
    return invoice


def test_fault_F29_three_refusals_within_a_second_leave_the_sites_mail_alone(story: Story) -> None:
    for _ in range(3):
        story.bill(hours=1)
    refuse(story, times=3)
    story.drain()
    assert len([call for call in story.jira.requests() if call.status == 401]) >= 3
    assert state(story) == "enabled"
    assert [step for step, _ in story.sent()] == ["issue"] * 3


def test_fault_F29_a_site_that_jira_refuses_says_so_and_goes_on_by_itself(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = refused_for_good(story)
    assert state(story) == "broken"
    with story.reading() as session:
        assert tenant_status(session).value == "broken"
        assert "Jira refuses Dunlin's signature" in [banner.title for banner in banners_of(session)]
    story.at(date(2026, 9, 18))
    assert story.reminders() == []
    assert story.step(invoice, "friendly").reason == REFUSED
    story.jira.faults.clear()
    story.clock.advance(timedelta(minutes=2))
    story.drain()
    assert state(story) == "enabled"
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.reading() as session:
        told = session.scalars(select(Alert).where(Alert.kind == "needs_reinstall")).one()
        assert told.settled_at == story.now
