"""Many people issue at once: every number is given once, none is left out, and no second is billed twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from plugin.domain.errors import Conflict, DunlinError
from tests.support.books import Books, open_books
from tests.support.databases import SESSIONS_THAT_WAIT, Urls
from tests.support.postgres import plain_url

THREADS = 8


class ThrownAwayError(Exception):
    """A transaction that fails after its number was taken."""


def all_at_once(work: Callable[[int], object], count: int) -> list[object]:
    """Runs ``work`` for 0..count-1 on several threads; errors of ours come back as values."""

    def one(number: int) -> object:
        try:
            return work(number)
        except (DunlinError, ThrownAwayError) as problem:
            return problem

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.timeout(240)
def test_complaint_C49_a_hundred_issues_at_once_with_forced_rollbacks_leave_no_gap(books: Books) -> None:
    books.log(100)
    drafts = [books.draft(number) for number in range(1, 101)]
    failed_once: set[int] = set()

    def issue(place: int) -> str:
        with books.writing() as session:
            number = books.issue_in(session, drafts[place])
            if place % 5 == 0 and place not in failed_once:
                failed_once.add(place)
                raise ThrownAwayError
            return number

    first = all_at_once(issue, 100)
    thrown = [place for place, result in enumerate(first) if isinstance(result, ThrownAwayError)]
    assert len(thrown) == 20
    second = all_at_once(lambda place: issue(thrown[place]), len(thrown))
    assert all(isinstance(result, str) for result in second)
    assert books.numbers() == [f"INV-2026-{number:04d}" for number in range(1, 101)]
    assert books.findings() == []


def test_attack_A44_fifty_issues_of_one_draft_use_one_number(books: Books) -> None:
    books.log(1)
    draft = books.draft(1)
    results = all_at_once(lambda _place: books.issue(draft), 50)
    assert [result for result in results if isinstance(result, str)] == ["INV-2026-0001"]
    assert sum(isinstance(result, Conflict) for result in results) == 49
    assert books.numbers() == ["INV-2026-0001"]
    assert books.findings() == []


def test_attack_A45_of_drafts_that_bill_the_same_worklog_one_wins(books: Books) -> None:
    (worklog,) = books.log(1)
    assert worklog
    results = all_at_once(lambda _place: books.draft(1), 6)
    won = [result for result in results if isinstance(result, str)]
    assert len(won) == 1
    # Who looked before the winner was done is told so; who looked later finds nothing to bill.
    assert all(isinstance(result, DunlinError) for result in results if not isinstance(result, str))
    assert books.findings() == []


def test_attack_A45_the_second_of_two_drafts_that_saw_the_same_open_time_is_a_conflict(postgres_urls: Urls) -> None:
    # SQLite has one writer at a time: there the second draft sees the first.
    with open_books(postgres_urls) as books, ThreadPoolExecutor(1) as pool:
        books.log(1)
        with books.writing() as first:
            books.draft_in(first, 1)
            second = pool.submit(books.draft, 1)
            _wait_until_somebody_is_blocked(postgres_urls.owner)
        with pytest.raises(Conflict, match="another draft"):
            second.result(timeout=30)
        assert books.findings() == []


def _wait_until_somebody_is_blocked(url: str) -> None:
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        for _ in range(1000):
            row = connection.execute(SESSIONS_THAT_WAIT).fetchone()
            if row is not None and row[0]:
                return
            connection.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("the second draft did not wait for the first")
