"""Nobody is reminded of an invoice that has not reached them."""

from datetime import date

from sqlalchemy import select

from plugin.services.follow_ups.switches import kill_switch
from plugin.store.tables.audit import Alert
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.story.review.test_recipients import OLD, SECOND, contacts, got, greylisted
from tests.support.stage import NewStory, Story


def test_a_reminder_never_leaves_before_the_invoice_itself(story: Story) -> None:
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.bill()
    story.at(date(2026, 10, 20))
    assert story.mails() == []
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    for day in range(21, 31):
        story.at(date(2026, 10, day))
    assert [mail.step for mail in story.mails()] == ["issue"]


def wait_and_leave(story: Story, leaves: date) -> Invoice:
    """An invoice of 1 September, due on the 15th, that the kill switch keeps back until ``leaves``."""
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    invoice = story.bill()
    story.walk(leaves)
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    story.drain()
    assert [mail.step for mail in story.mails()] == ["issue"]
    return invoice


def test_an_invoice_that_left_after_its_due_date_has_its_whole_ladder_before_it(new_story_on_both: NewStory) -> None:
    """The client sees it for the first time on 20 October and has its 14 days: it counts as due on 3 November."""
    story = new_story_on_both()
    invoice = wait_and_leave(story, date(2026, 10, 20))
    assert "invoice_left_late" in story.alerts()
    friendly = story.step(invoice, "friendly")
    assert (friendly.state, friendly.reason_code) == ("planned", "left_late")
    assert friendly.reason == (
        "The invoice left only on 20 October 2026, after its due date, 15 September 2026; "
        "counted from then, it is 6 November 2026."
    )
    story.walk(date(2026, 12, 9))
    assert story.reminders() == [
        ("notice", "2026-11-02"),
        ("friendly", "2026-11-06"),
        ("second", "2026-11-17"),
        ("final", "2026-12-08"),
    ]


def test_the_person_who_is_told_that_an_invoice_left_late_reads_both_days(story: Story) -> None:
    invoice = wait_and_leave(story, date(2026, 10, 20))
    with story.reading() as session:
        sentence = session.scalars(select(Alert.sentence).where(Alert.kind == "invoice_left_late")).one()
    assert str(story.invoice(invoice).number) in sentence
    for day in ("20 October 2026", "15 September 2026", "3 November 2026"):
        assert day in sentence


def test_an_invoice_that_left_in_time_is_followed_up_from_its_due_date(story: Story) -> None:
    wait_and_leave(story, date(2026, 9, 15))
    story.walk(date(2026, 9, 18))
    assert "invoice_left_late" not in story.alerts()
    # A notice on the day it came would be too much, and afterwards too late.
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_a_second_contact_who_gets_the_invoice_late_moves_nothing(story: Story) -> None:
    """The first contact had it in time."""
    contacts(story, OLD, SECOND)
    with greylisted(story, SECOND):
        invoice = story.bill()
        story.drain()
        story.at(date(2026, 9, 4))
    story.at(date(2026, 9, 5))
    story.at(date(2026, 9, 18))
    assert story.step(invoice, "friendly").reason_code == "sent"
    assert sorted(got(story, "friendly")) == [OLD, SECOND]
