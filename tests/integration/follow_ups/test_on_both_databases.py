"""What the planner reads and writes is the same on SQLite and on PostgreSQL, read one by one or in bulk."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import event, select

from plugin.services.follow_ups.gather import PlanInput, gather, gather_many, gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.plan_invoice import replan, replan_many, timelines_of
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from tests.support.books import NOW, Books, open_books
from tests.support.databases import Urls
from tests.support.ledger import Ledger, scatter

TODAY = NOW.date()
SEEDS = range(4)
MANY = 20
Rows = list[tuple[object, ...]]


@pytest.fixture
def books(urls: Urls) -> Iterator[Books]:
    """Books once on each database."""
    with open_books(urls) as opened:
        yield opened


@pytest.fixture
def pair(sqlite_urls: Urls, postgres_urls: Urls) -> Iterator[tuple[Books, Books]]:
    """The same books on both."""
    with open_books(sqlite_urls) as light, open_books(postgres_urls) as heavy:
        yield light, heavy


def scattered(books: Books, seed: int) -> list[str]:
    with books.writing() as session:
        return scatter(Ledger(session, TODAY), Random(seed), invoices=MANY)


def invoices_of(session: TenantSession, ids: list[str]) -> list[Invoice]:
    return [session.get_one(Invoice, (session.tenant_id, invoice_id)) for invoice_id in ids]


def read(books: Books, ids: list[str]) -> dict[str, PlanInput]:
    with books.reading() as session:
        return {asked.facts.invoice_id: asked for asked in gather_many(session, invoices_of(session, ids), now=NOW)}


def stored(session: TenantSession) -> Rows:
    columns = [column for column in PlannedStep.__table__.columns if column.name not in ("id", "tenant_id")]
    found = session.execute(select(*columns))
    return sorted((tuple(row) for row in found), key=lambda row: [str(value) for value in row])


def written(books: Books, ids: list[str]) -> Rows:
    with books.writing() as session:
        replan_many(session, invoices_of(session, ids), now=NOW)
        return stored(session)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_databases_give_the_same_facts_and_the_same_plans(pair: tuple[Books, Books], seed: int) -> None:
    light, heavy = pair
    ids = scattered(light, seed)
    assert scattered(heavy, seed) == ids
    assert read(light, ids) == read(heavy, ids)
    on_light, on_heavy = written(light, ids), written(heavy, ids)
    assert on_light == on_heavy
    assert len(on_light) > MANY


@pytest.mark.parametrize("seed", SEEDS)
def test_many_are_read_and_written_as_one_is(books: Books, seed: int) -> None:
    ids = scattered(books, seed)
    with books.writing() as session:
        invoices = invoices_of(session, ids)
        one_by_one = [gather(session, invoice, now=NOW) for invoice in invoices]
        assert gather_many(session, invoices, now=NOW) == one_by_one
        rows = gather_rows(session, open_rows(session), now=NOW)
        assert {asked.facts.invoice_id: asked for asked in rows} == {
            asked.facts.invoice_id: asked for asked in one_by_one
        }
        with session.begin_nested() as once:
            for invoice in invoices:
                replan(session, invoice, now=NOW)
            alone = stored(session)
            once.rollback()
        session.expire_all()
        replan_many(session, invoices_of(session, ids), now=NOW)
        assert stored(session) == alone


def test_what_stands_is_not_written_again_and_the_plan_read_back_is_the_plan_written(books: Books) -> None:
    ids = scattered(books, 2)
    before = written(books, ids)
    with books.writing() as session:
        invoices = invoices_of(session, ids)
        timelines = timelines_of(session, invoices, now=NOW)
        sent: list[str] = []
        event.listen(books.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        replan_many(session, invoices, now=NOW)
        assert [statement for statement in sent if statement.startswith(("UPDATE", "INSERT"))] == []
        assert stored(session) == before
        days = {
            (entry.invoice_id, entry.key, entry.occurrence): entry.day
            for _, line in timelines
            for entry in line.entries
        }
        kept = session.execute(
            select(PlannedStep.invoice_id, PlannedStep.step_key, PlannedStep.occurrence, PlannedStep.planned_on).where(
                PlannedStep.state == "planned", PlannedStep.message_row_id.is_(None)
            )
        ).all()
    assert kept
    assert all(days[invoice, key, occurrence] == day for invoice, key, occurrence, day in kept)


def plan_and_fail(books: Books, ids: list[str], *, before: Rows) -> None:
    with books.writing() as session:
        replan_many(session, invoices_of(session, ids), now=NOW + timedelta(days=3))
        assert stored(session) != before
        raise ZeroDivisionError


def test_a_plan_that_is_rolled_back_leaves_nothing(books: Books) -> None:
    ids = scattered(books, 1)
    with books.reading() as session:
        before = stored(session)
    with pytest.raises(ZeroDivisionError):
        plan_and_fail(books, ids, before=before)
    with books.reading() as session:
        assert stored(session) == before
