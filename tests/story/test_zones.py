"""Days and hours are the client's: Auckland and Honolulu, summer time, nights; dates print the same everywhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.calendar import civil_day
from sandbox.stage.witness import seen_rows
from tests.samples.pdf import text_of
from tests.support.stage import ENGLISH, NewStory, Story

AUCKLAND = replace(ENGLISH, zone="Pacific/Auckland", country="NZ", region="", vat_id="")
HONOLULU = replace(ENGLISH, zone="Pacific/Honolulu", country="US", region="HI", vat_id="")


def test_req_F27_a_client_in_auckland_gets_the_step_on_its_own_day(new_story: NewStory) -> None:
    story = new_story(client=AUCKLAND)
    story.bill()
    story.drain()
    # Nine on Monday the 14th in Auckland is 21:00 UTC of Sunday the 13th.
    story.at(date(2026, 9, 13), hour=20)
    assert story.reminders() == []
    story.at(date(2026, 9, 13), hour=21)
    assert story.sent("Pacific/Auckland")[-1] == ("notice", "2026-09-14")
    story.at(date(2026, 9, 17), hour=21)
    assert story.sent("Pacific/Auckland")[-1] == ("friendly", "2026-09-18")


def test_req_F27_a_client_in_honolulu_is_not_written_to_at_night(new_story: NewStory) -> None:
    story = new_story(client=HONOLULU)
    story.bill()
    story.drain()
    for hour in (0, 8, 12, 18):
        story.at(date(2026, 9, 18), hour)
        assert story.reminders() == []
    story.at(date(2026, 9, 18), hour=19)
    assert story.sent("Pacific/Honolulu")[-1] == ("friendly", "2026-09-18")


def test_complaint_C15_ten_in_canberra_stays_ten_on_both_sides_of_summer_time(new_story: NewStory) -> None:
    client = replace(ENGLISH, zone="Australia/Canberra", country="AU", region="ACT", vat_id="", window_start=time(10))
    story = new_story(client=replace(client, window_end=time(16)))
    invoice = story.bill()
    # Summer time begins on 4 October 2026: ten o'clock is 00:00 UTC before and 23:00 UTC of the day before after it.
    assert story.step(invoice, "friendly").next_at == datetime(2026, 9, 18, 0, tzinfo=UTC)
    assert story.step(invoice, "final").next_at == datetime(2026, 10, 19, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["Pacific/Niue", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati"]
)
def test_complaint_C16_every_step_opens_at_nine_of_its_own_day(new_story: NewStory, zone: str) -> None:
    story = new_story(client=replace(ENGLISH, zone=zone))
    invoice = story.bill()
    for row in story.step_rows(invoice):
        assert row.next_at is not None
        local = row.next_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.hour, local.minute) == (row.planned_on, 9, 0), row.step_key


@pytest.mark.parametrize("client", [AUCKLAND, HONOLULU, ENGLISH], ids=["auckland", "honolulu", "berlin"])
def test_complaint_C14_a_due_date_of_31_march_prints_as_31_march(new_story: NewStory, client: object) -> None:
    story = new_story(client=client, start=datetime(2026, 3, 17, 8, tzinfo=UTC))  # type: ignore[arg-type]
    invoice = story.bill()
    for hour in (9, 19, 22):
        story.at(date(2026, 3, 17), hour)
    assert story.invoice(invoice).due_on == date(2026, 3, 31)
    (mail,) = story.mails()
    assert "31 March 2026" in mail.text
    (attachment,) = story.box.mails[0].attachments
    assert "31 March 2026" in text_of(attachment.content)
    (comment,) = story.jira.comments()
    assert "31 March 2026" in str(comment.body)


def test_complaint_C17_no_reminder_leaves_at_night_or_in_the_evening(story: Story) -> None:
    story.bill()
    story.drain()
    for hour in (0, 3, 6):
        story.at(date(2026, 9, 18), hour)
    assert story.reminders() == []
    story.at(date(2026, 9, 18), hour=7)
    assert story.reminders() == [("friendly", "2026-09-18")]
    for hour in (16, 20):
        story.at(date(2026, 9, 29), hour)
    assert len(story.reminders()) == 1
    story.at(date(2026, 9, 30), hour=7)
    assert story.reminders()[-1] == ("second", "2026-09-30")


def test_the_history_names_the_clients_day(new_story: NewStory) -> None:
    story = new_story(client=AUCKLAND)
    story.bill()
    story.drain()
    story.at(date(2026, 9, 13), hour=21)
    days = {row.step: row.day for row in seen_rows(story.jira.comments())}
    assert days["notice"] == date(2026, 9, 14)
    assert civil_day(story.now, "Europe/Berlin") == date(2026, 9, 13)
