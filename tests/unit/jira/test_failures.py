"""Each way in which Jira fails has its kind; nothing sleeps, repeats or follows."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from plugin.domain.errors import DunlinError, Kind
from plugin.jira.session import ANSWER_BYTES
from plugin.services.jira_errors import (
    JiraForbidden,
    JiraGone,
    JiraLimited,
    JiraRefused,
    JiraRejectedToken,
    JiraUnavailable,
    LimitScope,
)
from plugin.services.jira_facts import HistoryComment
from tests.unit.jira.wire import Answer, Wire, site_on

COMMENT = HistoryComment(lead=("x",), columns=(), rows=())


def read(wire: Wire) -> None:
    site_on(wire).myself()


def write(wire: Wire) -> None:
    site_on(wire).add_comment("ABC-1", COMMENT, marker="m", visibility=None)


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("jira-quota-global-based", LimitScope.APP),
        ("jira-quota-tenant-based", LimitScope.TENANT),
        ("jira-burst-based", LimitScope.OPERATION),
        ("jira-per-issue-on-write", LimitScope.ISSUE),
        ("", LimitScope.TENANT),
        ("news-to-us", LimitScope.TENANT),
    ],
)
def test_fault_F26_a_429_says_what_has_to_wait_and_nothing_sleeps(reason: str, scope: LimitScope) -> None:
    headers = {"RateLimit-Reason": reason, "Retry-After": "30", "X-RateLimit-Reset": "2026-01-31T13:00Z"}
    wire = Wire(Answer({}, status=429, headers=headers))
    with pytest.raises(JiraLimited) as caught:
        write(wire)
    assert (caught.value.scope, caught.value.retry_after, caught.value.operation) == (scope, 30.0, "addComment")
    is_quota = reason.startswith("jira-quota")
    assert caught.value.reset_at == (datetime(2026, 1, 31, 13, tzinfo=UTC) if is_quota else None)
    assert len(wire.sent) == 1  # never repeated inside the call


@pytest.mark.parametrize(
    ("retry_after", "reset_in", "minutes"),
    [(600.0, 30, 10), (600.0, None, 10), (None, 30, 30), (None, -5, 0), (None, None, 1)],
)
def test_fault_F26_the_next_try_is_when_jira_says_or_when_the_quota_is_full_again(
    retry_after: float | None, reset_in: int | None, minutes: int
) -> None:
    now = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
    reset_at = None if reset_in is None else now + timedelta(minutes=reset_in)
    limited = JiraLimited("429", scope=LimitScope.TENANT, operation="x", retry_after=retry_after, reset_at=reset_at)
    assert limited.again_at(now, otherwise=timedelta(minutes=1)) == now + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("header", "seconds"), [(None, None), ("soon", None), ("-5", None), ("nan", None), ("1e9", 3600.0), ("inf", 3600.0)]
)
def test_fault_F26_an_odd_or_missing_retry_after_is_no_number(header: str | None, seconds: float | None) -> None:
    headers = {"Retry-After": header, "X-RateLimit-Reset": "tomorrow"} if header else {}
    with pytest.raises(JiraLimited) as caught:
        read(Wire(Answer({}, status=429, headers=headers)))
    assert (caught.value.retry_after, caught.value.reset_at) == (seconds, None)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425])
def test_fault_F27_a_failing_jira_is_transient_and_only_a_comment_is_in_doubt(status: int) -> None:
    with pytest.raises(JiraUnavailable) as read_error:
        read(Wire(Answer({}, status=status, headers={"Retry-After": "7"})))
    assert (read_error.value.ambiguous, read_error.value.retry_after) == (False, 7.0)
    with pytest.raises(JiraUnavailable) as write_error:
        write(Wire(Answer({}, status=status)))
    assert write_error.value.ambiguous


@pytest.mark.parametrize(
    ("status", "expected", "kind"),
    [
        (401, JiraRejectedToken, Kind.TRANSIENT),
        (403, JiraForbidden, Kind.PERMANENT),
        (404, JiraGone, Kind.PERMANENT),
        (410, JiraGone, Kind.PERMANENT),
        (400, JiraRefused, Kind.PERMANENT),
        (413, JiraRefused, Kind.PERMANENT),
    ],
)
def test_fault_F29_F30_each_refusal_has_its_kind_and_names_the_thing(
    status: int, expected: type[DunlinError], kind: Kind
) -> None:
    with pytest.raises(expected) as caught:
        write(Wire(Answer({"errorMessages": ["secret detail"]}, status=status)))
    assert caught.value.kind is kind
    assert "ABC-1" in caught.value.sentence
    assert "secret detail" not in caught.value.sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"<html>Log in</html>",
        b"null",
        b"[]",
        b"{}",
        b'{"accountId": 5}',
        b'{"accountId": "\xff"}',
        b"[" * 5000,
    ],
)
def test_fault_F31_a_success_with_rubbish_is_a_failure(content: bytes) -> None:
    with pytest.raises(JiraUnavailable) as caught:
        read(Wire(Answer(content=content, headers={"Content-Type": "text/html"})))
    assert not caught.value.ambiguous
    with pytest.raises(JiraUnavailable) as caught:
        write(Wire(Answer(status=201, content=content)))
    assert caught.value.ambiguous  # the comment stands, we only do not know its id


def test_fault_F31_ten_megabytes_are_not_read() -> None:
    padding = b" " * (ANSWER_BYTES - 20)
    read(Wire(Answer(content=b'{"accountId":"a"}' + padding)))
    with pytest.raises(JiraUnavailable):
        read(Wire(Answer(content=b'{"accountId":"a"}' + padding + b" " * 20)))


POOL = HTTPSConnectionPool("acme.atlassian.net")
REFUSED = requests.ConnectionError(
    MaxRetryError(POOL, "/", NewConnectionError(HTTPSConnection("acme.atlassian.net"), "refused"))
)


@pytest.mark.parametrize(
    ("failure", "in_doubt"),
    [
        (requests.ReadTimeout("slow"), True),
        (requests.ConnectionError(ProtocolError("reset")), True),
        (requests.exceptions.ChunkedEncodingError("cut"), True),
        (requests.ConnectTimeout("no answer"), False),
        (REFUSED, False),
    ],
)
def test_fault_F28_without_an_answer_a_comment_is_in_doubt_only_if_it_may_have_left(
    failure: requests.RequestException, in_doubt: bool
) -> None:
    with pytest.raises(JiraUnavailable) as caught:
        write(Wire(Answer(failure=failure)))
    assert caught.value.ambiguous is in_doubt
    with pytest.raises(JiraUnavailable) as caught:
        read(Wire(Answer(failure=failure)))
    assert not caught.value.ambiguous


def test_attack_A31_a_redirect_is_not_followed_and_the_token_stays_here() -> None:
    wire = Wire(Answer({}, status=302, headers={"Location": "http://127.0.0.1:6379/"}))
    with pytest.raises(JiraUnavailable, match="302"):
        read(wire)
    assert [one.path for one in wire.sent] == ["/rest/api/3/myself"]


def test_each_attempt_is_signed_anew_waits_ten_seconds_and_sends_no_body_with_get() -> None:
    wire = Wire(Answer({"accountId": "app"}, headers={"Set-Cookie": "session=1; Path=/"}))
    site = site_on(wire)
    site.myself()
    site.myself()
    assert [one.headers["Authorization"] for one in wire.sent] == ["JWT 1", "JWT 2"]
    assert [one.raw_body for one in wire.sent] == [None, None]
    assert wire.timeouts == [10, 10]
    assert "Cookie" not in wire.sent[1].headers


def test_attack_A79_answers_are_not_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read(Wire(Answer({"accountId": "app", "displayName": "Ann Secret"})))
    assert "Ann Secret" not in caplog.text
    assert "JWT" not in caplog.text
