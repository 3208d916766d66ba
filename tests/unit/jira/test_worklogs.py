"""The worklog delta and the facts by id."""

from datetime import UTC, datetime, timedelta

import pytest

from plugin.domain.errors import InvalidInput
from plugin.services.jira_errors import JiraUnavailable
from plugin.services.jira_facts import ChangedWorklog
from tests.unit.jira.wire import Answer, Wire, site_on


def delta(*ids: int, since: int = 100, until: int = 900, last: bool = True, next_page: str | None = None) -> Answer:
    values = [{"worklogId": one, "updatedTime": 500 + one, "properties": []} for one in ids]
    body = {"values": values, "since": since, "until": until, "lastPage": last}
    return Answer(body | ({"nextPage": next_page} if next_page else {}))


def worklog(id_: int, **changes: object) -> dict[str, object]:
    wire = {
        "id": str(id_),
        "issueId": "10001",
        "author": {"accountId": "ann"},
        "started": "2026-01-31T23:30:00.000+0200",
        "created": "2026-02-01T08:00:00.000+0000",
        "updated": "2026-02-01T08:00:00.000+0000",
        "timeSpent": "1d",
        "timeSpentSeconds": 5400,
        "comment": {"version": 1, "type": "doc", "content": []},
    }
    return {name: value for name, value in (wire | changes).items() if value is not None}


def test_delta_gives_changes_and_the_cursor() -> None:
    wire = Wire(delta(1, 2))
    found = site_on(wire).worklogs_updated(since_ms=100)
    assert found.changes == (
        ChangedWorklog(worklog_id="1", updated_ms=501),
        ChangedWorklog(worklog_id="2", updated_ms=502),
    )
    assert (found.since, found.until, found.next_since) == (100, 900, None)
    assert (wire.sent[0].path, wire.sent[0].query) == ("/rest/api/3/worklog/updated", {"since": ["100"]})


def test_pitfall_15_next_page_gives_its_number_only_and_our_own_base_is_asked() -> None:
    wire = Wire(
        delta(1, last=False, next_page="https://evil.test/rest/api/3/worklog/deleted?since=600&expand=x"),
        delta(2, since=600),
    )
    site = site_on(wire)
    first = site.worklogs_deleted(since_ms=100)
    assert first.next_since == 600
    site.worklogs_deleted(since_ms=first.next_since)
    assert [(one.path, one.query["since"]) for one in wire.sent] == [
        ("/rest/api/3/worklog/deleted", ["100"]),
        ("/rest/api/3/worklog/deleted", ["600"]),
    ]


@pytest.mark.parametrize(
    "link", ["https://acme.atlassian.net/x?since=100", "https://acme.atlassian.net/x", None, "?since=x"]
)
def test_fault_F32_a_delta_that_does_not_lead_on_is_a_failure_not_a_loop(link: str | None) -> None:
    with pytest.raises(JiraUnavailable):
        site_on(Wire(delta(1, last=False, next_page=link))).worklogs_updated(since_ms=100)


def test_worklogs_by_id_are_facts_in_seconds_with_their_offset_kept() -> None:
    comment = {
        "version": 1,
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Fixed "}, {"type": "text", "text": "login"}]},
            {"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "b", "text": "@Bob"}}]},
        ],
    }
    wire = Wire(Answer([worklog(7, comment=comment, visibility={"type": "group", "value": "staff"})]))
    (found,) = site_on(wire).worklogs(["7", "8"])
    assert wire.sent[0].body == {"ids": [7, 8]}
    assert (found.id, found.issue_id, found.author_id, found.seconds) == ("7", "10001", "ann", 5400)
    assert found.started == datetime(2026, 1, 31, 21, 30, tzinfo=UTC)
    assert found.started.utcoffset() == timedelta(hours=2)
    assert (found.comment, found.restricted) == ("Fixed login\n@Bob", True)


def test_a_worklog_without_author_start_or_time_is_still_read() -> None:
    bare = worklog(7, author=None, started=None, timeSpentSeconds=None, created=None, comment=None)
    (found,) = site_on(Wire(Answer([bare]))).worklogs(["7"])
    assert (found.author_id, found.started, found.seconds, found.comment) == (None, None, 0, "")


@pytest.mark.parametrize("text", ["yesterday", "2026-01-31T23:30:00", "2026-13-31T23:30:00.000+0200"])
def test_fault_F31_an_instant_that_is_none_spoils_the_whole_page(text: str) -> None:
    wire = Wire(Answer([worklog(1), worklog(2, started=text)]))
    with pytest.raises(JiraUnavailable):
        site_on(wire).worklogs(["1", "2"])


def test_no_ids_ask_nothing_and_too_many_are_refused_before_a_call() -> None:
    wire = Wire(Answer([]))
    assert site_on(wire).worklogs([]) == []
    with pytest.raises(InvalidInput, match="1001"):
        site_on(wire).worklogs([str(one) for one in range(1001)])
    with pytest.raises(InvalidInput, match="no id"):
        site_on(wire).worklogs(["1; DROP"])
    assert wire.sent == []
