"""Only ids are taken from a webhook, and only where they are Jira's numbers."""

import pytest

from plugin.services.sync.hints import hint_of


def test_a_worklog_names_itself_and_its_issue() -> None:
    hint = hint_of("worklog_updated", {"worklog": {"id": 7, "issueId": "12"}}, identifier="one", raw=b"{}")
    assert (hint.identifier, hint.kind, hint.worklog_id, hint.issue_id) == ("one", "worklog_updated", "7", "12")


def test_an_issue_names_itself() -> None:
    hint = hint_of("issue_deleted", {"issue": {"id": "12"}}, identifier="one", raw=b"{}")
    assert (hint.worklog_id, hint.issue_id) == (None, "12")


@pytest.mark.parametrize("odd", [None, True, -1, 1.5, "", "x", "1; DROP", "٣", "1" * 21, {}, []])
def test_what_is_no_number_of_jira_is_no_id(odd: object) -> None:
    hint = hint_of("worklog_updated", {"worklog": {"id": odd, "issueId": odd}}, identifier="one", raw=b"{}")
    assert (hint.worklog_id, hint.issue_id) == (None, None)


@pytest.mark.parametrize("odd", [None, 3, "text", ["id"]])
def test_a_member_that_is_no_object_names_nothing(odd: object) -> None:
    hint = hint_of("issue_updated", {"issue": odd, "worklog": odd}, identifier="one", raw=b"{}")
    assert (hint.worklog_id, hint.issue_id) == (None, None)


@pytest.mark.parametrize("given", ["", "x" * 129, "a\x00b"])
def test_without_a_usable_identifier_event_and_body_are_one(given: str) -> None:
    def identifier(event: str, raw: bytes) -> str:
        return hint_of(event, {}, identifier=given, raw=raw).identifier

    same = identifier("issue_updated", b"{}")
    assert same == identifier("issue_updated", b"{}")
    assert len({same, identifier("issue_deleted", b"{}"), identifier("issue_updated", b'{"a":1}')}) == 3
