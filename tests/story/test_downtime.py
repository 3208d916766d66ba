"""After downtime what is due goes once, in order; of one invoice only the strongest step, the rest is superseded."""

from datetime import date

from tests.support.stage import Story


def test_req_F09_after_26_hours_what_is_due_goes_once_and_in_one_mail_a_client(story: Story) -> None:
    first = story.bill()
    second = story.bill(5)
    story.drain()
    story.at(date(2026, 9, 17), hour=9)
    sent = len(story.box.mails)
    story.at(date(2026, 9, 18), hour=11)
    story.at(date(2026, 9, 18), hour=11, minute=1)
    (mail,) = story.mails()[sent:]
    assert mail.step == "friendly"
    assert set(mail.numbers) == {story.invoice(first).number, story.invoice(second).number}


def test_complaint_C10_and_C11_a_step_due_yesterday_goes_today(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 14))
    story.at(date(2026, 9, 21))
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-21")]
    assert story.step(invoice, "friendly").done_on == date(2026, 9, 21)


def test_fault_F52_after_three_weeks_only_the_strongest_step_goes(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 14))
    # Nothing runs from 15 September to 6 October: friendly, call and second fall into it.
    story.at(date(2026, 10, 6))
    story.at(date(2026, 10, 6), hour=11)
    assert story.reminders() == [("notice", "2026-09-14"), ("second", "2026-10-06")]
    assert story.office.tasks() == []
    states = story.steps(invoice)
    assert (states["friendly"], states["call"], states["second"]) == ("superseded", "superseded", "sent")
    assert "Second reminder" in story.step(invoice, "friendly").reason


def test_complaint_C54_two_days_of_downtime_are_caught_up(story: Story) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 15))
    story.at(date(2026, 9, 22))
    story.walk(date(2026, 9, 30))
    assert story.reminders() == [("notice", "2026-09-15"), ("friendly", "2026-09-22"), ("second", "2026-09-29")]


def test_fault_F49_a_clock_that_goes_back_a_day_sends_nothing_twice(story: Story) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 18))
    story.at(date(2026, 9, 17))
    story.at(date(2026, 9, 18))
    story.at(date(2026, 9, 19))
    assert story.reminders() == [("friendly", "2026-09-18")]
