"""News that never arrived: Jira lists what it gave up delivering, and nothing of it is lost or taken twice."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from plugin.bootstrap import check_start
from plugin.services.tenant_defaults import CURSORS
from plugin.store.tables.jira_facts import Worklog as Stored
from plugin.store.tables.outbox import Cursor, Inbox
from sandbox import Delivery
from tests.story.test_installations import seconds_later
from tests.support.stage import NewStory, Story


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


def cursors(story: Story) -> dict[str, datetime | None]:
    with story.reading() as session:
        return {row.name: row.next_at for row in session.scalars(select(Cursor))}


def made_before_the_list_was_read(story: Story) -> Story:
    """A tenant as an earlier version made it."""
    with story.writing() as session:
        session.execute(delete(Cursor).where(Cursor.name.in_(["failed_webhooks", "buckets"])))
    return story


def test_a_tenant_of_an_earlier_version_gets_what_it_lacks_when_a_process_starts(new_story_on_both: NewStory) -> None:
    story = made_before_the_list_was_read(new_story_on_both())
    before = cursors(story)
    story.clock.advance(timedelta(minutes=3))
    check_start(story.container)
    assert set(cursors(story)) == set(CURSORS)
    assert cursors(story) == {**before, "failed_webhooks": story.now, "buckets": story.now}
    story.clock.advance(timedelta(minutes=3))
    before = cursors(story)
    check_start(story.container)
    assert cursors(story) == before
    story.drain(sync=True)
    assert story.jira.requests("getFailedWebhooks")


def test_a_tenant_of_an_earlier_version_that_is_switched_off_is_not_read_until_it_is_on_again(story: Story) -> None:
    made_before_the_list_was_read(story)
    story.jira.disable()
    check_start(story.container)
    assert cursors(story) == dict.fromkeys(CURSORS)
    made_before_the_list_was_read(story)
    seconds_later(story, 2)
    story.jira.enable()
    assert cursors(story) == dict.fromkeys(CURSORS, story.now)
