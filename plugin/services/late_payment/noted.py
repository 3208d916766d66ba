"""What debit notes claim of an invoice already, and what is left to claim."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select

from plugin.domain.late_payment.claim import Claim, NoClaim, Noted, beyond
from plugin.domain.money import Money, total
from plugin.services.currencies import currency_of
from plugin.services.late_payment.claim import claim_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote

ISSUED, PAID, CANCELLED = "issued", "paid", "cancelled"
_NOTES = select(DebitNote).where(DebitNote.invoice_id == bindparam("invoice")).order_by(DebitNote.place)


def notes_of(session: TenantSession, invoice_id: str) -> Sequence[DebitNote]:
    """All debit notes of an invoice, the oldest first."""
    return session.scalars(_NOTES, {"invoice": invoice_id}).all()


def noted_of(notes: Sequence[DebitNote], currency_code: str) -> Noted | None:
    """What those that stand claim together; None without any."""
    standing = [note for note in notes if note.state != CANCELLED]
    if not standing:
        return None
    currency = currency_of(currency_code)
    fixed = total((Money(note.fixed_sum_minor, currency) for note in standing), currency)
    return Noted(max(note.until for note in standing), fixed)


def open_claim(session: TenantSession, invoice: Invoice, *, day: date) -> Claim | NoClaim:
    """What of the claim up to ``day`` stands on no debit note: what a text may state, and the next note may claim."""
    claim = claim_of(session, invoice, day=day)
    if not isinstance(claim, Claim):
        return claim
    noted = noted_of(notes_of(session, invoice.id), invoice.currency)
    return claim if noted is None else beyond(claim, noted)
