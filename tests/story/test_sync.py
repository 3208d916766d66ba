"""Jira's time as Dunlin knows it: pages, late and lost news, hidden and deleted, moved and re-authored."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from plugin.services.jira_errors import JiraLimited
from plugin.store.leases import lease_end
from plugin.store.tables.jira_facts import JiraIssue
from plugin.store.tables.jira_facts import Worklog as Stored
from plugin.store.tables.outbox import Cursor, Inbox
from sandbox import Delivery, Fault
from sandbox.jira.model import Event, Worklog
from tests.support.stage import Story

CURSORS = ["worklogs_updated", "worklogs_deleted", "issues", "projects", "inbox", "sweep"]
Row = tuple[str, int, str | None]


def stored(story: Story) -> dict[str, Row]:
    """What Dunlin would bill from: (issue, seconds, author) by worklog id."""
    with story.reading() as session:
        rows = session.scalars(select(Stored).where(Stored.gone_at.is_(None), Stored.missing_since.is_(None)))
        return {row.id: (row.issue_id, row.seconds, row.author_id) for row in rows}


def true(story: Story) -> dict[str, Row]:
    """The same, as it stands in the pretend Jira."""
    world = story.jira.world
    return {
        str(log.id): (str(log.issue_id), log.seconds, log.author)
        for log in world.worklogs.values()
        if log.visibility is None and log.issue_id in world.issues
    }


def cursor(story: Story, name: str) -> Cursor:
    with story.reading() as session:
        return session.get_one(Cursor, (session.tenant_id, name))


def every_fifth() -> Callable[[Event], bool]:
    """Loses one event of five."""
    numbers = count()
    return lambda _event: next(numbers) % 5 == 0


def later(story: Story, **step: float) -> None:
    story.clock.advance(timedelta(**step))


def log_many(story: Story, wanted: int) -> list[Worklog]:
    with story.jira.bulk():
        return [
            story.jira.add_worklog(
                story.issue,
                started=story.now - timedelta(days=1),
                seconds=900 + number,
                author=story.bob,
                updated=story.now + timedelta(milliseconds=number),
            )
            for number in range(wanted)
        ]


@pytest.mark.parametrize("wanted", [999, 1000, 1001])
def test_fault_F32_a_page_of_exactly_1000_is_read_once_and_whole(story: Story, wanted: int) -> None:
    log_many(story, wanted)
    later(story, hours=1)
    story.read_jira("worklogs_updated")
    assert stored(story) == true(story)
    assert len(stored(story)) == wanted


def test_the_last_minute_that_jira_leaves_out_is_read_the_next_time(story: Story) -> None:
    story.jira.add_worklog(story.issue, started=story.now, seconds=60, author=story.bob)
    later(story, seconds=30)
    story.read_jira("worklogs_updated")
    assert stored(story) == {}
    later(story, minutes=10)
    story.read_jira("worklogs_updated")
    assert stored(story) == true(story)
    assert int(cursor(story, "worklogs_updated").value) <= (story.now - timedelta(minutes=1)).timestamp() * 1000


def test_reading_twice_changes_nothing(story: Story) -> None:
    log_many(story, 5)
    later(story, hours=1)
    for _ in range(3):
        story.read_jira(*CURSORS)
    assert stored(story) == true(story)


def test_complaint_C47_seconds_equal_jiras_for_every_issue(story: Story) -> None:
    for number in range(4):
        issue = story.jira.add_issue(story.project, f"Issue {number}")
        for seconds in (61, 3599, 7200):
            story.jira.add_worklog(
                issue, started=story.now, seconds=seconds, author=story.bob, updated=story.now - timedelta(minutes=3)
            )
    story.read_jira("worklogs_updated")
    assert stored(story) == true(story)


def test_a_late_hint_never_undoes_what_is_newer(story: Story) -> None:
    log = story.log(1)
    story.jira.webhooks.policy = Delivery(delay=timedelta(minutes=25))
    story.jira.edit_worklog(log, seconds=1800)
    story.jira.webhooks.policy = Delivery()
    later(story, minutes=10)
    story.jira.edit_worklog(log, seconds=5400)
    later(story, minutes=5)
    story.read_jira("worklogs_updated")
    assert stored(story)[str(log.id)][1] == 5400
    later(story, minutes=25)
    assert story.jira.deliver_webhooks()
    story.read_jira("inbox")
    assert stored(story) == true(story)
    assert stored(story)[str(log.id)][1] == 5400


def test_complaint_C46_hidden_is_not_deleted_and_comes_back(story: Story) -> None:
    log = story.log(1)
    story.read_jira()
    story.jira.restrict(log, group="secret")
    later(story, days=1)
    story.read_jira("sweep")
    assert stored(story) == {}
    with story.reading() as session:
        row = session.get_one(Stored, (session.tenant_id, str(log.id)))
        assert (row.gone_at, row.missing_since is not None) == (None, True)
    story.jira.restrict(log)
    later(story, minutes=10)
    story.read_jira("worklogs_updated")
    assert stored(story) == true(story)


def test_complaint_C46_a_failed_read_deletes_nothing_and_keeps_its_cursor(story: Story) -> None:
    log_many(story, 3)
    later(story, hours=1)
    story.read_jira()
    before = stored(story)
    value = cursor(story, "worklogs_updated").value
    later(story, minutes=10)
    story.jira.faults.add("getIdsOfWorklogsModifiedSince", Fault.truncated(), times=1)
    with pytest.raises(Exception, match=r"(?s)."):
        story.read_jira("worklogs_updated")
    assert stored(story) == before
    row = cursor(story, "worklogs_updated")
    assert (row.value, row.failures) == (value, 1)
    assert row.last_error
    assert row.lease_until is None
    story.read_jira("worklogs_updated")
    assert (cursor(story, "worklogs_updated").failures, cursor(story, "worklogs_updated").last_error) == (0, "")


def test_fault_F26_after_a_429_the_next_read_waits_as_long_as_jira_says(story: Story) -> None:
    story.jira.faults.add("getIdsOfWorklogsModifiedSince", Fault.status(429, headers={"Retry-After": "137"}), times=1)
    with pytest.raises(JiraLimited):
        story.read_jira("worklogs_updated")
    assert cursor(story, "worklogs_updated").next_at == story.now + timedelta(seconds=137)


def test_a_deleted_worklog_is_gone_once_jira_lists_it(story: Story) -> None:
    log = story.log(1)
    story.read_jira()
    story.jira.delete_worklog(log)
    later(story, minutes=10)
    story.read_jira("worklogs_deleted")
    assert stored(story) == {}
    with story.reading() as session:
        assert session.get_one(Stored, (session.tenant_id, str(log.id))).gone_at is not None


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_a_deleted_issue_takes_its_open_time_along_whether_a_webhook_told_it_or_not(
    story: Story, *, told: bool
) -> None:
    issue = story.jira.add_issue(story.project, "Will be deleted")
    story.log(1, issue=issue)
    kept = story.log(2)
    story.read_jira()
    story.jira.deliver_webhooks()
    story.read_jira("inbox")
    story.jira.webhooks.policy = Delivery(drop=0.0 if told else 1.0)
    story.jira.delete_issue(issue)
    later(story, minutes=5)
    story.jira.deliver_webhooks()
    story.read_jira("inbox")
    if not told:
        assert len(stored(story)) == 2
        later(story, days=1)
        story.read_jira("sweep")
    assert list(stored(story)) == [str(kept.id)]
    preview = story.office.look(story.billed, since=None, until=story.today)
    assert preview.seconds_billed == 7200


def test_a_moved_issue_is_billed_to_its_new_project(story: Story) -> None:
    other, _ = story.second_project()
    story.log(1)
    story.read_jira()
    later(story, minutes=5)
    story.jira.edit_issue(story.issue, project=other)
    later(story, minutes=31)
    story.read_jira("issues")
    assert story.office.look(story.billed, since=None, until=story.today).lines == ()
    moved = story.office.look(str(other.id), since=None, until=story.today)
    assert moved.seconds_billed == 3600
    with story.reading() as session:
        assert session.get_one(JiraIssue, (session.tenant_id, str(story.issue.id))).key.startswith("NXT-")


def test_a_re_authored_worklog_takes_the_rate_of_its_new_author(story: Story) -> None:
    log = story.log(1)
    story.read_jira()
    story.jira.edit_worklog(log, author=story.alice)
    later(story, minutes=10)
    story.read_jira("worklogs_updated")
    assert stored(story) == true(story)
    preview = story.office.look(story.billed, since=None, until=story.today)
    assert [entry.reason.value for entry in preview.listed] == ["no_rate"]


@pytest.mark.parametrize(
    "policy",
    [
        Delivery(copies=5),
        Delivery(copies=2, reverse=True, delay=timedelta(minutes=20)),
        Delivery(drop=every_fifth()),
        Delivery(drop=1.0),
    ],
    ids=["five-copies", "reversed-and-late", "a-fifth-lost", "all-lost"],
)
def test_fault_F60_whatever_becomes_of_webhooks_the_rows_are_jiras_after_the_sweep(
    story: Story, policy: Delivery
) -> None:
    story.jira.webhooks.policy = policy
    doomed = story.jira.add_issue(story.project, "Doomed")
    logs = [story.log(hours) for hours in (1, 2, 3, 4)] + [story.log(1, issue=doomed)]
    later(story, minutes=10)
    story.read_jira("worklogs_updated")
    story.jira.edit_worklog(logs[0], seconds=60)
    story.jira.delete_worklog(logs[1])
    story.jira.edit_worklog(logs[2], author=story.alice)
    story.jira.restrict(logs[3], group="secret")
    story.jira.delete_issue(doomed)
    story.log(9)
    story.jira.deliver_webhooks()
    story.read_jira("inbox")
    story.at(date(2026, 9, 2))
    story.jira.deliver_webhooks()
    story.read_jira(*CURSORS)
    assert stored(story) == true(story)
    with story.reading() as session:
        assert set(session.scalars(select(Inbox.state))) <= {"done"}


def test_a_webhook_told_five_times_is_one_hint(story: Story) -> None:
    story.jira.webhooks.policy = Delivery(copies=5)
    story.log(1)
    assert len(story.jira.deliver_webhooks()) >= 5
    with story.reading() as session:
        identifiers = list(session.scalars(select(Inbox.event_id)))
    assert len(identifiers) == len(set(identifiers))


def test_more_hints_than_a_batch_are_all_worked_off_in_one_round(story: Story) -> None:
    with story.writing() as session:
        for number in range(1203):
            session.add(
                Inbox(
                    source="webhook",
                    event_id=f"event-{number}",
                    kind="worklog_updated",
                    worklog_id=str(900_000 + number % 7),
                    issue_id=None,
                    received_at=story.now,
                )
            )
    story.read_jira("inbox")
    with story.reading() as session:
        assert set(session.scalars(select(Inbox.state))) == {"done"}


def test_two_workers_never_read_the_same_cursor_at_once(story: Story) -> None:
    story.log(1)
    with story.writing() as session:
        held = lease_end(session, timedelta(minutes=1))
        session.execute(update(Cursor).where(Cursor.name == "worklogs_updated").values(lease_until=held))
    story.read_jira("worklogs_updated")
    assert stored(story) == {}
    with story.writing() as session:
        over = lease_end(session, timedelta(minutes=-1))
        session.execute(update(Cursor).where(Cursor.name == "worklogs_updated").values(lease_until=over))
    story.read_jira("worklogs_updated")
    assert len(stored(story)) == 1


def test_a_worklog_in_the_future_is_listed_and_not_billed_yet(story: Story) -> None:
    story.jira.add_worklog(
        story.issue, started=datetime(2026, 9, 3, 8, tzinfo=UTC), seconds=3600, author=story.bob, updated=story.now
    )
    later(story, minutes=5)
    story.read_jira()
    preview = story.office.look(story.billed, since=None, until=date(2026, 9, 30))
    assert [entry.reason.value for entry in preview.listed] == ["future"]
    assert preview.lines == ()
