"""News that never arrived: Jira lists what it gave up delivering, and nothing of it is lost or taken twice."""

from datetime import timedelta

from sqlalchemy import func, select

from plugin.store.tables.jira_facts import Worklog as Stored
from plugin.store.tables.outbox import Inbox
from sandbox import Delivery
from tests.support.stage import Story


def hints(story: Story) -> list[tuple[str, str]]:
    with story.reading() as session:
        return [(row.kind, row.state) for row in session.scalars(select(Inbox).order_by(Inbox.received_at, Inbox.id))]


def seconds(story: Story) -> int:
    with story.reading() as session:
        return session.scalars(select(func.coalesce(func.sum(Stored.seconds), 0))).one()


def test_fault_F60_a_webhook_that_jira_gave_up_is_read_from_its_list(story: Story) -> None:
    story.jira.webhooks.policy = Delivery(fail=1.0)
    story.log(2)
    assert story.jira.deliver_webhooks() == []
    story.clock.advance(timedelta(hours=1))
    story.read_jira("failed_webhooks")
    assert hints(story) == [("worklog_created", "new")]
    story.read_jira("inbox")
    assert hints(story) == [("worklog_created", "done")]
    assert seconds(story) == 7200


def test_what_was_taken_once_is_not_taken_again_and_the_next_failure_is(story: Story) -> None:
    story.jira.webhooks.policy = Delivery(fail=1.0)
    log = story.log(1)
    story.clock.advance(timedelta(hours=1))
    for _ in range(3):
        story.read_jira("failed_webhooks")
    assert len(hints(story)) == 1
    story.clock.advance(timedelta(minutes=1))
    story.jira.edit_worklog(log, seconds=60)
    story.read_jira("failed_webhooks")
    assert [kind for kind, _ in hints(story)] == ["worklog_created", "worklog_updated"]


def test_more_failures_than_a_page_are_taken_in_one_round(story: Story) -> None:
    story.jira.webhooks.policy = Delivery(fail=1.0)
    for _ in range(230):
        story.log(0.25)
        story.clock.advance(timedelta(seconds=1))
    story.read_jira("failed_webhooks")
    assert len(hints(story)) == 230
