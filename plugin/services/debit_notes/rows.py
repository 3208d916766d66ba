"""The stored debit notes: one by its id with its invoice locked, or by the mail that brings it."""

from sqlalchemy import select

from plugin.domain.errors import NotFound
from plugin.domain.money import Money
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.messages import DEBIT_NOTE_STEP
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote, DebitNoteDocument


def note_in(session: TenantSession, note_id: str, invoice_id: str) -> DebitNote:
    """A note of this invoice. NotFound for another's: a nested id opens nothing else (A39)."""
    note = session.get(DebitNote, (session.tenant_id, note_id))
    if note is None or note.invoice_id != invoice_id:
        raise NotFound("There is no such debit note on this invoice; reload the page.")
    return note


def note_to_change(session: TenantSession, note_id: str) -> tuple[Invoice, DebitNote]:
    """The note and its invoice, locked, the invoice first as everybody does. NotFound for an unknown id."""
    invoice_id = session.scalars(select(DebitNote.invoice_id).where(DebitNote.id == note_id)).one_or_none()
    if invoice_id is None:
        raise NotFound("There is no such debit note here; reload the page.")
    invoice = invoice_of(session, invoice_id, lock=True)
    note = session.get_one(DebitNote, (session.tenant_id, note_id), with_for_update=True, populate_existing=True)
    return invoice, note


def note_of_mail(session: TenantSession, row: MessageMember) -> DebitNote:
    """The note that a mail brings; its step key names the place. It counts as it is by now, whoever read it before."""
    place = int(row.step_key.removeprefix(DEBIT_NOTE_STEP))
    query = select(DebitNote).where(DebitNote.invoice_id == row.invoice_id, DebitNote.place == place)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def pdf_of_note(session: TenantSession, note_id: str) -> DebitNoteDocument | None:
    """The stored PDF; None while it is being made."""
    return session.get(DebitNoteDocument, (session.tenant_id, note_id))


def amount_of(note: DebitNote) -> Money:
    """Interest and fixed sum together."""
    return Money(note.interest_minor + note.fixed_sum_minor, currency_of(note.currency))
