"""Comments are written once, edited silently, and found again by their marker."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from plugin.services.jira_errors import JiraGone, JiraUnavailable
from plugin.services.jira_facts import (
    Audience,
    CommentVisibility,
    HistoryComment,
    Lozenge,
    LozengeColour,
)
from tests.unit.jira.wire import Answer, Sent, Wire, site_on

HISTORY = HistoryComment(
    lead=("Invoice INV-7:", Lozenge(text="Overdue", colour=LozengeColour.RED)),
    columns=("Date", "Step"),
    rows=((date(2026, 1, 31), "Friendly reminder"),),
)
STAFF = CommentVisibility(audience=Audience.GROUP, identifier="0f-staff")
WRITTEN = {"id": "77", "author": {"accountId": "app"}, "created": "2026-02-01T08:00:00.000+0000"}


def test_a_comment_carries_its_marker_and_its_restriction() -> None:
    wire = Wire(Answer(WRITTEN, status=201))
    made = site_on(wire).add_comment("ABC-1", HISTORY, marker="effect-1", visibility=STAFF)
    (sent,) = wire.sent
    assert (sent.method, sent.path) == ("POST", "/rest/api/3/issue/ABC-1/comment")
    assert sent.body["properties"] == [{"key": "com.dunlin.jira.effect", "value": {"id": "effect-1"}}]
    assert sent.body["visibility"] == {"type": "group", "identifier": "0f-staff"}
    assert sent.body["body"]["type"] == "doc"
    assert (made.id, made.author_id, made.created) == ("77", "app", datetime(2026, 2, 1, 8, tzinfo=UTC))


def test_req_F50_an_internal_comment_is_a_note_of_the_agents_and_a_group_may_be_known_by_name_alone() -> None:
    wire = Wire(Answer(WRITTEN, status=201), Answer(WRITTEN))
    group = CommentVisibility(audience=Audience.GROUP, name="billers")
    note = replace(HISTORY, internal=True)
    site = site_on(wire)
    site.add_comment("SD-1", note, marker="effect-1", visibility=group)
    site.update_comment("SD-1", "77", note, visibility=None)
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    made, edited = wire.sent
    assert made.body["visibility"] == {"type": "group", "value": "billers"}
    assert made.body["properties"] == [{"key": "com.dunlin.jira.effect", "value": {"id": "effect-1"}}, internal]
    assert edited.body["properties"] == [internal]


def test_pitfall_17_every_edit_is_silent() -> None:
    wire = Wire(Answer(WRITTEN))
    site_on(wire).update_comment("ABC-1", "77", HISTORY, visibility=None)
    (sent,) = wire.sent
    assert (sent.method, sent.path) == ("PUT", "/rest/api/3/issue/ABC-1/comment/77")
    assert sent.query == {"notifyUsers": ["false"]}
    assert set(sent.body) == {"body"}


def test_a_comment_that_a_person_deleted_is_gone_and_says_so() -> None:
    with pytest.raises(JiraGone, match="ABC-1"):
        site_on(Wire(Answer({}, status=404))).update_comment("ABC-1", "77", HISTORY, visibility=None)


class Issue:
    """An issue with comments, newest last; answers the list, the bulk read and /myself as Jira does."""

    def __init__(self, comments: list[dict[str, Any]]) -> None:
        self.comments = comments

    def __call__(self, sent: Sent) -> Answer:
        if sent.path.endswith("/myself"):
            return Answer({"accountId": "app"})
        if sent.path.endswith("/comment/list"):
            wanted = [one for one in self.comments if int(one["id"]) in sent.body["ids"]]
            return Answer({"values": wanted, "isLast": True})
        start, size = int(sent.query["startAt"][0]), int(sent.query["maxResults"][0])
        newest = [{**one, "properties": []} for one in reversed(self.comments)]
        return Answer(
            {"startAt": start, "maxResults": size, "total": len(newest), "comments": newest[start : start + size]}
        )


def comment(number: int, *, author: str = "app", marker: str | None = None) -> dict[str, Any]:
    properties = [{"key": "com.dunlin.jira.effect", "value": {"id": marker}}] if marker else []
    created = f"2026-02-01T{number // 60:02}:{number % 60:02}:00.000+0000"
    return {"id": str(number), "author": {"accountId": author}, "created": created, "properties": properties}


def test_pitfall_16_fault_F28_our_comment_is_found_by_its_marker_on_a_later_page() -> None:
    others = [comment(one, author="bob", marker="effect-1") for one in range(200, 460)]
    issue = Issue([comment(1, marker="other"), comment(2, marker="effect-1"), *others])
    wire = Wire(issue)
    found = site_on(wire).find_comment("ABC-1", marker="effect-1")
    assert found is not None
    assert found.id == "2"
    listings = [one for one in wire.sent if one.path == "/rest/api/3/issue/ABC-1/comment"]
    assert [one.query["orderBy"] for one in listings] == [["-created"]] * 3
    bulk = [one for one in wire.sent if one.path == "/rest/api/3/comment/list"]
    assert [one.body["ids"] for one in bulk] == [[2, 1]]  # a stranger's comment with our marker is never asked about
    assert bulk[0].query == {"expand": ["properties"]}


def test_a_marker_that_nobody_wrote_is_not_found_and_since_ends_the_search() -> None:
    issue = Issue([comment(one, marker=f"effect-{one}") for one in range(1, 251)])
    assert site_on(Wire(issue)).find_comment("ABC-1", marker="effect-999") is None
    wire = Wire(issue)
    site = site_on(wire)
    assert site.find_comment("ABC-1", marker="effect-3", since=datetime(2026, 2, 1, 3, 0, tzinfo=UTC)) is None
    assert sum(one.path.endswith("ABC-1/comment") for one in wire.sent) == 1
    assert site.find_comment("ABC-1", marker="effect-3") is not None
    assert sum(one.path.endswith("/myself") for one in wire.sent) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 302])
def test_fault_F28_a_comment_may_have_been_written_when_jira_fails(status: int) -> None:
    with pytest.raises(JiraUnavailable) as caught:
        site_on(Wire(Answer({}, status=status))).add_comment("ABC-1", HISTORY, marker="m", visibility=None)
    assert caught.value.ambiguous
    with pytest.raises(JiraUnavailable) as caught:
        site_on(Wire(Answer({}, status=status))).update_comment("ABC-1", "1", HISTORY, visibility=None)
    assert not caught.value.ambiguous
