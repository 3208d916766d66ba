"""Many invoices are read as one is, in a number of queries that does not grow with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, event, select

from plugin.services.follow_ups.gather import FEW, PlanInput, gather, gather_many, gather_rows
from plugin.services.follow_ups.gather_rows import BATCH, open_rows
from plugin.services.follow_ups.plan_invoice import replan, replan_many, timeline_of, timelines_of
from plugin.store.session import TenantSession
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


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    yield sent
    event.remove(engine, "before_cursor_execute", keep)


def invoices_of(session: TenantSession, ids: list[str]) -> list[Invoice]:
    return [session.get_one(Invoice, (session.tenant_id, invoice_id)) for invoice_id in ids]


@pytest.mark.parametrize("seed", range(6))
def test_many_are_read_and_planned_as_one_is(books: Books, seed: int) -> None:
    with books.writing() as session:
        ids = scatter(Ledger(session, TODAY), Random(seed), invoices=25)
    with books.reading() as session:
        invoices = invoices_of(session, ids)
        one_by_one = [gather(session, invoice, now=NOW) for invoice in invoices]
        assert gather_many(session, invoices, now=NOW) == one_by_one
        assert gather_rows(session, open_rows(session), now=NOW) == sorted(one_by_one, key=by_due_date)
        assert timelines_of(session, invoices, now=NOW) == [
            timeline_of(session, invoice, now=NOW) for invoice in invoices
        ]


def by_due_date(asked: PlanInput) -> tuple[date, str]:
    return (asked.facts.due_date, asked.facts.invoice_id)


@pytest.mark.parametrize("seed", range(3))
def test_many_are_written_as_one_is(books: Books, seed: int) -> None:
    with books.writing() as session:
        ids = scatter(Ledger(session, TODAY), Random(seed), invoices=20)
        with session.begin_nested() as once:
            for invoice in invoices_of(session, ids):
                replan(session, invoice, now=NOW)
            one_by_one = stored(session)
            once.rollback()
        session.expire_all()
        replan_many(session, invoices_of(session, ids), now=NOW)
        assert stored(session) == one_by_one
        assert len(one_by_one) > len(ids)


def stored(session: TenantSession) -> list[tuple[object, ...]]:
    columns = [column for column in PlannedStep.__table__.columns if column.name not in ("id", "tenant_id")]
    found = session.execute(
        select(*columns).order_by(PlannedStep.invoice_id, PlannedStep.step_key, PlannedStep.occurrence)
    )
    return [tuple(row) for row in found]


def test_the_number_of_queries_does_not_grow_with_the_invoices(books: Books) -> None:
    counts = {}
    for many in (FEW // 2, 2 * FEW, 60):
        with books.writing() as session:
            scatter(Ledger(session, TODAY, count=many * 1000), Random(4), invoices=many)
        with books.reading() as session, counted(books.engine) as sent:
            found = gather_rows(session, open_rows(session), now=NOW)
        assert len(found) >= many
        counts[many] = len(sent)
    assert counts[60] == counts[2 * FEW] <= 30
    assert counts[FEW // 2] < counts[60]
    assert BATCH >= 300


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=1)])
def test_what_is_written_already_is_not_written_again(books: Books, later: timedelta) -> None:
    with books.writing() as session:
        ids = scatter(Ledger(session, TODAY), Random(2), invoices=40)
        replan_many(session, invoices_of(session, ids), now=NOW)
    with books.writing() as session:
        invoices = invoices_of(session, ids)
        replan_many(session, invoices, now=NOW + later)
        with counted(books.engine) as sent:
            replan_many(session, invoices, now=NOW + later)
    assert [statement for statement in sent if statement.startswith(("UPDATE", "INSERT"))] == []


def test_a_row_that_the_caller_holds_shows_what_was_written(books: Books) -> None:
    with books.writing() as session:
        ledger = Ledger(session, TODAY)
        client, version = ledger.client(), ledger.version("default")
        invoice_id = ledger.invoice(client, version, due=-4)
        (invoice,) = invoices_of(session, [invoice_id])
        replan(session, invoice, now=NOW)
        held = session.scalars(select(PlannedStep).where(PlannedStep.step_key == "friendly")).one()
        assert held.reason_code == "catch_up"
        ledger.hold(invoice_id, "paused")
        replan(session, invoice, now=NOW)
        assert (held.state, held.reason_code) == ("held", "paused")


def test_of_one_invoice_that_nothing_is_known_of_little_is_asked(books: Books) -> None:
    with books.writing() as session:
        ledger = Ledger(session, TODAY)
        ledger.invoice(ledger.client(), ledger.version("gentle"))
    with books.reading() as session:
        (invoice,) = session.scalars(select(Invoice))
        with counted(books.engine) as sent:
            gather(session, invoice, now=NOW)
    assert len(sent) <= 16
