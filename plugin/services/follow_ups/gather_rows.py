"""The invoices to plan, as the few columns the planner needs: ten thousand of them are read at once."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, select

from plugin.domain.billing.states import OPEN
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice

BATCH = 500
"""Ids named in one query; both databases take many more, but a longer statement is no faster."""

_Row = TypeVar("_Row")


class InvoiceRow(NamedTuple):
    """An issued invoice as it is stored."""

    id: str
    number: str | None
    state: str
    currency: str
    gross_minor: int
    balance_minor: int
    issued_on: date | None
    due_on: date | None
    client_id: str
    project_id: str
    policy_version_id: str | None
    reminders_on: bool
    opt_out_reason: str
    opt_out_by: str
    opt_out_since: date | None
    opt_out_until: date | None
    viewed_at: datetime | None


_COLUMNS = tuple(getattr(Invoice, name) for name in InvoiceRow._fields)
IS_OPEN = (
    Invoice.state.in_([state.value for state in OPEN]),
    Invoice.kind == "invoice",
    Invoice.issued_on.is_not(None),
    Invoice.policy_version_id.is_not(None),
)
"""Conditions on an invoice whose ladder runs."""


def row_of(invoice: Invoice) -> InvoiceRow:
    """The same of an invoice that is loaded already, with changes that are not written yet."""
    return InvoiceRow._make(getattr(invoice, name) for name in InvoiceRow._fields)


def open_rows(session: TenantSession, *which: ColumnElement[bool]) -> list[InvoiceRow]:
    """All open invoices, the oldest due date first; ``which`` are further conditions on ``Invoice``."""
    query = select(*_COLUMNS).where(*IS_OPEN, *which).order_by(Invoice.due_on, Invoice.id)
    return [InvoiceRow._make(row) for row in session.execute(query)]


def in_batches(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Slices of at most ``BATCH``."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
