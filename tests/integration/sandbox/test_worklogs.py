"""The worklog delta, worklogs by id, and those of one issue."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import FrozenWorldClock, PretendJira
from sandbox.clock import milliseconds
from sandbox.jira.model import Issue, Person, Project
from tests.integration.sandbox.conftest import NOW, Client

EARLIER = NOW - timedelta(days=2)


def delta(client: Client, path: str = "/worklog/updated?since=0") -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def ids(told: dict[str, Any]) -> list[int]:
    return [each["worklogId"] for each in told["values"]]


def test_the_last_minute_is_missing(
    jira: PretendJira, client: Client, clock: FrozenWorldClock, issue: Issue, alice: Person
) -> None:
    log = jira.add_worklog(issue, seconds=600, author=alice)
    clock.advance(timedelta(seconds=59))
    assert delta(client)["values"] == []
    clock.advance(timedelta(seconds=1))
    told = delta(client)
    assert told["values"] == [{"worklogId": log.id, "updatedTime": milliseconds(NOW), "properties": []}]
    assert (told["since"], told["until"], told["lastPage"]) == (0, milliseconds(NOW), True)


def test_pages_of_1000_lead_to_each_other_by_absolute_addresses(
    jira: PretendJira, client: Client, issue: Issue
) -> None:
    with jira.bulk():
        made = [jira.add_worklog(issue, seconds=60).id for _ in range(2500)]
    seen: list[int] = []
    pages, path = 0, "/rest/api/3/worklog/updated?since=0"
    while path:
        told = delta(client, path)
        pages += 1
        seen += [each for each in ids(told) if each not in seen]
        assert len(told["values"]) <= 1000
        assert told["lastPage"] == ("nextPage" not in told)
        path = told.get("nextPage", "").removeprefix(jira.base_url)
    assert (seen, pages) == (made, 3)


def test_a_page_of_exactly_1000_is_the_last(jira: PretendJira, client: Client, issue: Issue) -> None:
    with jira.bulk():
        for _ in range(1000):
            jira.add_worklog(issue, seconds=60)
    told = delta(client)
    assert (len(told["values"]), told["lastPage"]) == (1000, True)


def test_more_than_a_page_of_one_instant_can_still_be_passed(jira: PretendJira, client: Client, issue: Issue) -> None:
    for _ in range(1500):
        jira.add_worklog(issue, seconds=60, updated=EARLIER)
    first = delta(client)
    assert (len(first["values"]), first["lastPage"]) == (1000, False)
    rest = delta(client, first["nextPage"].removeprefix(jira.base_url))
    assert (len(rest["values"]), rest["lastPage"]) == (1500, True)


def test_an_edit_shows_the_worklog_anew(
    jira: PretendJira, client: Client, clock: FrozenWorldClock, issue: Issue
) -> None:
    log = jira.add_worklog(issue, seconds=600, updated=EARLIER)
    since = f"/worklog/updated?since={milliseconds(EARLIER) + 1}"
    assert ids(delta(client, since)) == []
    jira.edit_worklog(log, seconds=900)
    clock.advance(timedelta(minutes=2))
    assert ids(delta(client, since)) == [log.id]


def test_deletions_are_told_apart(jira: PretendJira, client: Client, clock: FrozenWorldClock, issue: Issue) -> None:
    log = jira.add_worklog(issue, seconds=600, updated=EARLIER)
    jira.delete_worklog(log)
    assert ids(delta(client, "/worklog/deleted?since=0")) == []
    clock.advance(timedelta(minutes=1))
    assert ids(delta(client, "/worklog/deleted?since=0")) == [log.id]
    assert ids(delta(client)) == []


def test_what_the_app_may_not_see_is_missing_without_a_word(
    jira: PretendJira, client: Client, issue: Issue, alice: Person
) -> None:
    open_log = jira.add_worklog(issue, seconds=60, updated=EARLIER)
    secret = jira.add_worklog(issue, seconds=60, updated=EARLIER)
    jira.restrict(secret, group="secret")
    secret.updated = EARLIER
    jira.world.touch_worklogs()
    hidden_project = jira.add_project("HID", "Hidden", members=[alice])
    hidden = jira.add_worklog(jira.add_issue(hidden_project, "Hidden"), seconds=60, updated=EARLIER)
    jira.hide_project_from_app(hidden_project)
    assert ids(delta(client)) == [open_log.id]
    found = client.post("/worklog/list", {"ids": [open_log.id, secret.id, hidden.id, 99]}).json()
    assert [each["id"] for each in found] == [str(open_log.id)]


def test_a_worklog_has_what_was_logged(jira: PretendJira, client: Client, issue: Issue, alice: Person) -> None:
    started = datetime.fromisoformat("2026-06-09T17:30:00+02:00")
    log = jira.add_worklog(issue, seconds=5400, started=started, author=alice, comment="Login form")
    told = client.post("/worklog/list", {"ids": [log.id]}).json()[0]
    assert told["started"] == "2026-06-09T17:30:00.000+0200"
    assert (told["timeSpentSeconds"], told["timeSpent"]) == (5400, "1h 30m")
    assert (told["author"]["accountId"], told["issueId"]) == (alice.account_id, str(issue.id))
    assert told["comment"]["content"][0]["content"][0]["text"] == "Login form"
    assert told["updated"] == "2026-06-10T08:00:00.000+0000"


def test_a_worklog_without_author_or_start_lacks_them(jira: PretendJira, client: Client, issue: Issue) -> None:
    log = jira.add_worklog(issue, seconds=60)
    told = client.post("/worklog/list", {"ids": [log.id]}).json()[0]
    assert {"author", "started", "comment", "visibility"}.isdisjoint(told)


def test_a_person_who_is_gone_is_a_former_user(jira: PretendJira, client: Client, issue: Issue, alice: Person) -> None:
    log = jira.add_worklog(issue, seconds=60, author=alice)
    jira.forget(alice)
    author = client.post("/worklog/list", {"ids": [log.id]}).json()[0]["author"]
    assert (author["accountId"], author["displayName"], author["active"]) == (alice.account_id, "Former user", False)


def test_a_list_of_none_or_of_more_than_1000_is_refused(client: Client) -> None:
    statuses = [client.post("/worklog/list", {"ids": list(range(count))}).status_code for count in (0, 1000, 1001)]
    assert statuses == [400, 200, 400]
    assert client.post("/worklog/list", {"ids": ["1"]}).status_code == 400


def test_the_worklogs_of_an_issue_come_by_start_and_in_pages(
    jira: PretendJira, client: Client, issue: Issue, project: Project
) -> None:
    starts = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (3, 1, 2)]
    logs = [jira.add_worklog(issue, seconds=60, started=start) for start in starts]
    jira.add_worklog(jira.add_issue(project, "Other"), seconds=60, started=starts[0])
    whole = client.get(f"/issue/{issue.key}/worklog").json()
    assert [each["id"] for each in whole["worklogs"]] == [str(logs[n].id) for n in (1, 2, 0)]
    assert (whole["total"], whole["maxResults"]) == (3, 5000)
    page = client.get(f"/issue/{issue.key}/worklog?startAt=1&maxResults=1").json()
    assert [each["id"] for each in page["worklogs"]] == [str(logs[2].id)]
    after = client.get(f"/issue/{issue.key}/worklog?startedAfter={milliseconds(starts[2])}").json()
    assert after["total"] == 2


def test_worklogs_in_the_fields_of_an_issue_are_cut(jira: PretendJira, client: Client, issue: Issue) -> None:
    for _ in range(25):
        jira.add_worklog(issue, seconds=60)
    fields = client.get(f"/issue/{issue.key}?fields=worklog,timespent").json()["fields"]
    assert (len(fields["worklog"]["worklogs"]), fields["worklog"]["total"], fields["timespent"]) == (20, 25, 1500)


def test_12000_worklogs_are_listed_in_little_time(jira: PretendJira, client: Client, issue: Issue) -> None:
    with jira.bulk():
        made = [jira.add_worklog(issue, seconds=60).id for _ in range(12_000)]
    found = 0
    for start in range(0, len(made), 1000):
        answer = client.post("/worklog/list", {"ids": made[start : start + 1000]})
        found += len(answer.json())
        assert answer.elapsed < timedelta(seconds=2)
    assert found == 12_000
