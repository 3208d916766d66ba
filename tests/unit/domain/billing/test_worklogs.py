"""Which worklogs are billed, and the reason and sentence of each that is not."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.worklogs import NotBilled, WorklogFact, billing_day, content_hash, screen
from tests.unit.domain.billing.samples import TODAY, fact

REFUSED = [
    (fact(seconds=0), NotBilled.NO_TIME, "0 s"),
    (fact(seconds=-60), NotBilled.NO_TIME, "-60 s"),
    (fact(author=None), NotBilled.NO_AUTHOR, "no author"),
    (fact(author=""), NotBilled.NO_AUTHOR, "no author"),
    (fact(day=None), NotBilled.NO_START, "no start"),
    (fact(seconds=30 * 3600), NotBilled.TOO_LONG, "30.00 h"),
    (fact(seconds=24 * 3600 + 1), NotBilled.TOO_LONG, "confirm"),
    (fact(day=TODAY + timedelta(days=1)), NotBilled.FUTURE, "2026-12-01"),
    (fact(billable=False), NotBilled.NOT_BILLABLE, "not billable"),
]


@pytest.mark.parametrize(("odd", "reason", "words"), REFUSED)
def test_odd_worklogs_are_listed_with_a_sentence(odd: WorklogFact, reason: NotBilled, words: str) -> None:
    listed = screen(odd, today=TODAY, claimed={})
    assert listed is not None
    assert listed.reason is reason
    assert words in listed.sentence
    assert listed.sentence.startswith(f"Worklog {odd.worklog_id} on {odd.issue_key} ")
    assert listed.sentence.endswith(".")


@pytest.mark.parametrize(
    "good",
    [
        fact(),
        fact(seconds=1),
        fact(seconds=24 * 3600),
        fact(seconds=30 * 3600, confirmed=True),
        fact(day=TODAY),
    ],
)
def test_good_worklogs_pass(good: WorklogFact) -> None:
    assert screen(good, today=TODAY, claimed={"other": "INV-1"}) is None


def test_a_claimed_worklog_names_its_invoice() -> None:
    listed = screen(fact("7"), today=TODAY, claimed={"7": "INV-2026-0042"})
    assert listed is not None
    assert (listed.reason, "INV-2026-0042" in listed.sentence) == (NotBilled.CLAIMED, True)


def test_a_worklog_belongs_to_the_day_on_the_seller_s_wall() -> None:
    started = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert billing_day(started, "Europe/Berlin") == date(2026, 11, 1)
    assert billing_day(started, "America/New_York") == date(2026, 10, 31)
    assert billing_day(None, "Europe/Berlin") is None


STARTED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
texts = st.text(max_size=20)


def hash_of(
    *,
    issue_id: str = "1",
    author: str | None = "a",
    started: datetime | None = STARTED,
    seconds: int = 60,
    comment: str = "",
) -> str:
    return content_hash(issue_id=issue_id, author=author, started=started, seconds=seconds, comment=comment)


def test_the_hash_changes_with_everything_that_was_billed() -> None:
    hashes = {
        hash_of(),
        hash_of(issue_id="2"),
        hash_of(author="b"),
        hash_of(author=None),
        hash_of(started=None),
        hash_of(started=STARTED + timedelta(seconds=1)),
        hash_of(seconds=61),
        hash_of(comment="done"),
    }
    assert len(hashes) == 8
    assert all(len(value) == 64 for value in hashes)


def test_equal_instants_hash_alike_in_any_zone() -> None:
    elsewhere = STARTED.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert hash_of(started=elsewhere) == hash_of()


@given(st.tuples(texts, texts, texts), st.tuples(texts, texts, texts))
def test_no_two_contents_share_a_hash(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    def of(parts: tuple[str, str, str]) -> str:
        return hash_of(issue_id=parts[0], author=parts[1], comment=parts[2])

    assert (of(one) == of(two)) == (one == two)


def test_lone_surrogates_do_not_break_the_hash() -> None:
    assert hash_of(comment="\ud800", author="\udfff") != hash_of()
