"""The default ladder from issue to legal decision: mails and tasks on their days, each once."""

from datetime import date

from plugin.services.follow_ups.close_task import Outcome
from sandbox.stage.witness import seen_rows
from tests.support.stage import NewStory, Story

OUTCOMES = {
    "call": Outcome(outcome="answered", spoke_with="Ines Brandt", notes="Will look into it."),
    "plan_offer": Outcome(outcome="declined"),
    "legal_decision": Outcome(outcome="no_action", notes="A good client; we talk in person."),
}


def test_req_F01_the_default_ladder_goes_whole(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    tasks: list[tuple[str, str]] = []

    def answer(day: date) -> None:
        for task in story.office.tasks():
            tasks.append((task.kind, day.isoformat()))
            story.office.close(task.id, OUTCOMES[task.kind])

    story.walk(date(2026, 11, 6), answer)
    # By hand: due on 15 September; 12 September is a Saturday, so the notice moves to the Monday before the due date.
    assert story.sent() == [
        ("issue", "2026-09-01"),
        ("notice", "2026-09-14"),
        ("friendly", "2026-09-18"),
        ("second", "2026-09-29"),
        ("final", "2026-10-20"),
    ]
    assert tasks == [("call", "2026-09-25"), ("plan_offer", "2026-10-09"), ("legal_decision", "2026-10-30")]
    assert set(story.steps(invoice).values()) == {"sent"}
    assert [row.step for row in seen_rows(story.jira.comments()) if row.text.endswith("due") or "sent" in row.text]
    assert len(story.jira.comments()) == 1


def test_req_F43_the_second_reminder_names_a_deadline_and_the_next_step_waits_for_it(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 29))
    second = story.mails()[-1]
    # Seven business days after Tuesday, 29 September.
    assert second.step == "second"
    assert "8 October 2026" in second.text
    assert story.step(invoice, "second").deadline_on == date(2026, 10, 8)
    assert story.step(invoice, "plan_offer").planned_on == date(2026, 10, 9)
    story.at(date(2026, 10, 8))
    assert [task.kind for task in story.office.tasks()] == []
    story.at(date(2026, 10, 9))
    assert [task.kind for task in story.office.tasks()] == ["plan_offer"]


def test_complaint_C18_a_weekend_burns_no_step(story: Story) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 12))
    story.at(date(2026, 9, 13))
    assert story.reminders() == []
    story.at(date(2026, 9, 14))
    assert story.reminders() == [("notice", "2026-09-14")]


def test_complaint_C17_a_public_holiday_moves_the_step_to_the_next_business_day(new_story: NewStory) -> None:
    # 3 October 2026, German Unity Day, is a Saturday; 26 December too. Christmas 2026: Friday 25 and the weekend after.
    story = new_story()
    story.at(date(2026, 12, 8), hour=9)
    story.bill()
    story.drain()
    # Due on 22 December: the friendly reminder's day is the 25th, Friday, and Christmas.
    story.walk(date(2026, 12, 29))
    assert story.reminders() == [("notice", "2026-12-21"), ("friendly", "2026-12-28")]


def test_complaint_C01_a_day_of_ticks_every_quarter_of_an_hour_sends_one_copy(story: Story) -> None:
    story.bill()
    story.drain()
    day = date(2026, 9, 18)
    for hour in range(24):
        for minute in (0, 15, 30, 45):
            story.at(day, hour, minute)
    assert story.reminders() == [("friendly", "2026-09-18")]
