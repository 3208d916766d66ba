"""Stored entries of an invoice as the domain's ledger."""

from sqlalchemy import select

from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, Ledger, LedgerEntry, replay
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment


def ledger_of(session: TenantSession, invoice: Invoice) -> Ledger:
    """The invoice's ledger, replayed from its rows in the order in which they were recorded."""
    rows = session.scalars(
        select(Payment).where(Payment.invoice_id == invoice.id).order_by(Payment.recorded_at, Payment.id)
    ).all()
    gross = Money(invoice.gross_minor, currency_of(invoice.currency))
    return replay(gross, [entry_of(row) for row in sorted(rows, key=_reversals_last)])


def entry_of(row: Payment) -> LedgerEntry:
    """One stored row as a ledger entry."""
    return LedgerEntry(
        row.id,
        EntryKind(row.kind),
        Money(row.amount_minor, currency_of(row.currency)),
        row.received_on,
        reverses=row.reverses_id,
        note=row.note,
    )


def _reversals_last(row: Payment) -> bool:
    """A reversal names an entry, which must be in the ledger first even if both were recorded at one instant."""
    return row.kind == EntryKind.REVERSAL
