"""The outlook from the rows: whom it covers, what goes together, and that looking stores nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import func, select

from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.gather import gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.outlook import outlook
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from tests.support.books import NOW, Books
from tests.support.databases import Urls
from tests.support.ledger import Ledger, scatter

TODAY = NOW.date()


@pytest.fixture
def books(sqlite_urls: Urls) -> Iterator[Books]:
    found = Books(sqlite_urls)
    found.open()
    yield found
    found.engine.dispose()


def test_req_F14_the_rows_of_a_client_with_what_goes_in_one_mail(books: Books) -> None:
    with books.writing() as session:
        ledger = Ledger(session, TODAY)
        version = ledger.version("default")
        client, other = ledger.client(), ledger.client()
        invoices = {ledger.invoice(client, version, due=4): 100_000, ledger.invoice(client, version, due=4): 100_000}
        ledger.invoice(other, version, due=4)
        alone = ledger.invoice(client, version, due=4, currency="USD")
        ledger.hold(alone, "paused")
        rows = outlook(session, Invoice.client_id == client, now=NOW)
        first = [row for row in rows if row.ref.key == "notice" and row.goes]
        assert {row.ref.invoice_id: row.amount.minor for row in first if row.amount} == invoices
        assert {(row.day, row.together) for row in first} == {(TODAY + timedelta(days=1), 2)}
        assert {row.recipients for row in first} == {(f"{client}@client.example",)}
        waiting = [row for row in rows if row.ref.invoice_id == alone]
        assert {(row.day, row.goes, row.verdict) for row in waiting} == {(TODAY, False, Verdict.HELD)}
        assert waiting[0].why == "Paused: They asked."
        assert session.execute(select(func.count()).select_from(PlannedStep)).scalar_one() == 0


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_complaint_C06_no_client_is_reached_twice_within_the_days_between_two_contacts(books: Books, seed: int) -> None:
    with books.writing() as session:
        scatter(Ledger(session, TODAY), Random(seed), invoices=30)
    with books.reading() as session:
        rows = outlook(session, now=NOW)
        least = max({asked.facts.contact_interval_days for asked in gather_rows(session, open_rows(session), now=NOW)})
    days: dict[str, set[date]] = {}
    for row in rows:
        if row.goes and row.channel.reaches_client:
            days.setdefault(row.client_id, set()).add(row.day)
    assert days
    for reached in days.values():
        gaps = [later - earlier for earlier, later in pairwise(sorted(reached))]
        assert all(gap >= timedelta(days=max(least, 1)) for gap in gaps)
    assert all(row.why.endswith((".", ".)")) for row in rows)
    assert {row.day for row in rows} <= {TODAY + timedelta(days=number) for number in range(-1, 92)}
