"""Stored entries of an invoice as the domain's ledger."""

from sqlalchemy import select

from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, Ledger, LedgerEntry
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment


def ledger_of(session: TenantSession, invoice: Invoice) -> Ledger:
    """The invoice's ledger from its rows. Each was checked when it was added, and the sums ask for no order."""
    rows = session.scalars(
        select(Payment).where(Payment.invoice_id == invoice.id).order_by(Payment.recorded_at, Payment.id)
    )
    gross = Money(invoice.gross_minor, currency_of(invoice.currency))
    return Ledger(gross, tuple(entry_of(row) for row in rows))


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
