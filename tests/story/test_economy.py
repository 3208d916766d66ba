"""What a busy day costs: nothing is read again or written again that stands already."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import event

from plugin.services.history.refresh import refresh_jira
from sandbox.jira.model import Issue
from tests.support.stage import Story


def read_again(story: Story) -> int:
    return len(story.jira.requests("getWorklogsForIds"))


def state_of(story: Story, issue: Issue) -> object:
    value = story.jira.property(issue, "dunlin")
    assert isinstance(value, dict)
    return value["invoices"][0]["state"]


def test_an_import_is_read_once_and_not_again_with_each_poll(story: Story) -> None:
    with story.jira.bulk():
        for _ in range(20):
            story.log(1)
    story.clock.advance(timedelta(hours=2))
    story.read_jira()
    asked = read_again(story)
    for _ in range(3):
        story.clock.advance(timedelta(minutes=10))
        story.read_jira()
    assert read_again(story) == asked
    story.log(1)
    story.clock.advance(timedelta(minutes=10))
    story.read_jira()
    assert read_again(story) == asked + 1


def test_a_change_that_jira_dates_half_an_hour_back_is_still_read(story: Story) -> None:
    """Clocks differ, and Jira's delta lags: an hour behind the present is read again each time."""
    story.clock.advance(timedelta(hours=2))
    story.read_jira()
    late = story.log(1)
    story.jira.edit_worklog(late, seconds=7200, updated=story.now - timedelta(minutes=30))
    story.clock.advance(timedelta(minutes=10))
    story.read_jira()
    draft = story.office.look(story.billed, since=None, until=story.today)
    assert draft.seconds_logged == 7200


def test_events_that_change_no_state_write_no_property(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    written = len(story.effects("jira_property"))
    story.at(date(2026, 9, 14))
    assert "notice" in [step for step, _ in story.reminders()]
    assert len(story.effects("jira_property")) == written
    story.pay(invoice, "100.00")
    assert len(story.effects("jira_property")) == written + 1
    story.drain()
    assert state_of(story, story.issue) == "part_paid"


def test_a_day_on_which_many_issues_turn_overdue_asks_the_database_a_few_times(story: Story) -> None:
    issues = [story.jira.add_issue(story.project, f"Task {number}") for number in range(40)]
    for issue in issues:
        story.log(1, issue=issue)
    story.bill()
    story.drain()
    story.at(date(2026, 9, 16))
    asked: list[str] = []
    event.listen(story.container.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert refresh_jira(story.writing, now=story.now) == 41 + 1, "and the comment"
    assert sum(statement.startswith("SELECT") for statement in asked) <= 41 + 16
    story.drain()
    states = {state_of(story, issue) for issue in (story.issue, *issues)}
    assert states == {"overdue"}


def test_a_property_that_waits_to_be_written_is_not_queued_again(story: Story) -> None:
    story.bill()
    waiting = len(story.effects("jira_property"))
    assert waiting >= 1
    assert refresh_jira(story.writing, now=story.now) == 0
    assert len(story.effects("jira_property")) == waiting


def test_the_sweep_leaves_time_that_is_still_to_come(story: Story) -> None:
    story.log(1, day=date(2027, 3, 1))
    story.clock.advance(timedelta(minutes=10))
    story.read_jira()
    asked = read_again(story)
    story.clock.advance(timedelta(days=40))
    story.read_jira("sweep")
    assert read_again(story) == asked
    story.clock.instant = datetime(2027, 3, 2, 9, tzinfo=UTC)
    story.read_jira("sweep")
    assert read_again(story) == asked + 1
