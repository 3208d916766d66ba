"""What Jira shows follows calendar, new time and drafts within the hour; an hour without a change writes nothing."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from plugin.services.billing.delete_draft import delete_draft
from plugin.services.follow_ups.switches import switch_site
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story


def an_hour_on(story: Story) -> None:
    """The hourly reader runs, and what it queued is written."""
    story.clock.advance(timedelta(hours=1))
    story.read_jira("worklogs_updated", "buckets")
    story.drain()


def shown(story: Story) -> tuple[str, float]:
    """State of the first invoice, and the unbilled hours, as JQL finds them."""
    value = story.jira.property(story.issue, "dunlin")
    assert isinstance(value, dict)
    invoices, hours = value["invoices"], value["unbilledHours"]
    assert isinstance(invoices, list)
    assert isinstance(hours, float)
    (one,) = invoices
    assert isinstance(one, dict)
    return str(one["state"]), hours


def lozenges(story: Story) -> list[str]:
    """The status words of all comments."""
    found = []
    for comment in story.jira.comments():
        lead = json.loads(json.dumps(comment.body))["content"][0]["content"]
        found += [node["attrs"]["text"] for node in lead if node["type"] == "status"]
    return found


def writes(story: Story) -> int:
    return sum(len(story.jira.requests(name)) for name in ("setIssueProperty", "addComment", "updateComment"))


def test_idea_U01_overdue_is_shown_when_the_clients_day_has_ended(new_story: NewStory) -> None:
    """Due on 15 September. In Auckland that day ends at noon UTC, long before the seller's."""
    story = new_story(client=replace(ENGLISH, zone="Pacific/Auckland"))
    story.bill()
    story.drain()
    story.clock.instant = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
    an_hour_on(story)
    assert shown(story)[0] == "issued"
    story.clock.instant = datetime(2026, 9, 15, 12, 30, tzinfo=UTC)
    an_hour_on(story)
    assert shown(story)[0] == "overdue"


def test_idea_U01_time_and_drafts_after_the_payment_show_in_the_unbilled_hours(story: Story) -> None:
    invoice = story.bill()
    story.pay(invoice, "1190.00")
    story.drain()
    assert shown(story) == ("paid", 0.0)
    story.clock.advance(timedelta(days=1))
    story.log(3)
    an_hour_on(story)
    assert shown(story) == ("paid", 3.0)
    draft = story.office.draft(story.billed, since=None, until=story.today)
    an_hour_on(story)
    assert shown(story) == ("paid", 0.0)
    with story.writing() as session:
        delete_draft(session, draft.id, now=story.now, actor=ACTOR)
    an_hour_on(story)
    assert shown(story) == ("paid", 3.0)


def test_req_F50_the_comment_says_overdue_though_nothing_is_sent(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    story.bill()
    story.drain()
    with story.writing() as session:
        switch_site(session, on=False, now=story.now, actor=ACTOR)
    assert lozenges(story) == ["Open"]
    story.at(date(2026, 9, 15))
    an_hour_on(story)
    assert lozenges(story) == ["Open"]
    story.at(date(2026, 9, 16))
    an_hour_on(story)
    assert lozenges(story) == ["Overdue"]
    written = writes(story)
    for _ in range(26):
        an_hour_on(story)
    assert writes(story) == written


def test_idea_U01_an_issue_that_cannot_be_written_is_asked_once_a_day(story: Story) -> None:
    story.bill()
    story.drain()
    story.jira.delete_issue(story.issue)
    story.at(date(2026, 9, 16))
    for _ in range(30):
        an_hour_on(story)
    assert len(story.jira.requests("setIssueProperty")) <= 1 + 2
