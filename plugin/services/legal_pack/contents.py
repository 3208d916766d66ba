"""The files of a legal pack: the statement of account, the documents, the mails as they left, history, interest."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from plugin.domain.late_payment.claim import Claim, formula
from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.services.currencies import currency_of
from plugin.services.debit_notes.rows import amount_of, pdf_of_note
from plugin.services.late_payment.claim import claim_of
from plugin.services.late_payment.noted import notes_of
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Document, Invoice, InvoiceEvent
from plugin.store.tables.law import DebitNote
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the start of a cell."""


def statement(session: TenantSession, invoice: Invoice) -> bytes:
    """The account of the invoice as CSV: day, what, amount, balance after it; amounts in major units."""
    currency = currency_of(invoice.currency)
    rows = session.scalars(
        select(Payment).where(Payment.invoice_id == invoice.id).order_by(Payment.recorded_at, Payment.id)
    )
    balance = Money(invoice.gross_minor, currency)
    lines = [(str(invoice.issued_on), f"Invoice {invoice.number}", balance, balance, "")]
    for row in rows:
        amount = Money(row.amount_minor, currency)
        change = amount if row.kind == EntryKind.REVERSAL else -amount
        balance += change
        lines.append((str(row.received_on), row.kind, change, balance, row.reference or row.note))
    return _csv(
        ["day", "what", f"amount_{currency.code}", "balance", "reference"],
        (
            [day, what, f"{amount.to_decimal():f}", f"{after.to_decimal():f}", note]
            for day, what, amount, after, note in lines
        ),
    )


def documents(session: TenantSession, invoice_id: str) -> dict[str, bytes]:
    """The stored documents under their own names, debit notes among them."""
    rows = session.scalars(select(Document).where(Document.invoice_id == invoice_id).order_by(Document.kind))
    notes = (pdf_of_note(session, note.id) for note in notes_of(session, invoice_id))
    found = [*rows, *(note for note in notes if note is not None)]
    return {f"documents/{_safe(row.file_name)}": row.body for row in found}


def mails(session: TenantSession, invoice_id: str) -> dict[str, bytes]:
    """Every mail about the invoice that a server accepted, byte for byte, by the day on which it left."""
    query = (
        select(Message, Effect.done_at)
        .join(
            MessageMember,
            (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
        )
        .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
        .where(
            MessageMember.invoice_id == invoice_id,
            Effect.kind == "mail",
            Effect.state == "sent",
            Message.mime.is_not(None),
        )
        .order_by(Effect.done_at, Message.id)
        .distinct()
    )
    found: dict[str, bytes] = {}
    for number, (message, left_at) in enumerate(session.execute(query), 1):
        day = left_at or message.created_at
        found[f"mails/{number:03d}-{day:%Y-%m-%d}-{_safe(message.template)}.eml"] = message.mime or b""
    return found


def history(session: TenantSession, invoice_id: str) -> bytes:
    """What happened, oldest first, with the notes of conversations; people by the ids of their accounts."""
    rows = session.scalars(
        select(InvoiceEvent)
        .where(InvoiceEvent.invoice_id == invoice_id)
        .order_by(InvoiceEvent.at, InvoiceEvent.dedupe_key)
    )
    return _csv(
        ["at_utc", "kind", "what", "note", "by"],
        ([f"{row.at:%Y-%m-%d %H:%M:%S}", row.kind, row.text, row.internal_note, row.actor] for row in rows),
    )


def interest(session: TenantSession, invoice: Invoice, *, day: date) -> bytes:
    """The claim for late payment up to a day with its sum, or the reason why there is none."""
    claim = claim_of(session, invoice, day=day)
    if not isinstance(claim, Claim):
        return f"No claim for late payment: {claim.sentence}\n".encode()
    shown = formula(claim, amount=lambda amount: f"{amount.to_decimal():,f}", percent=lambda rate: f"{rate:f} %")
    lines = [
        f"Claim for late payment up to {day_in_words(claim.until)}, by {claim.profile}",
        shown,
        f"Interest: {amount_in_words(claim.interest)}",
        f"Fixed sum: {amount_in_words(claim.fixed_sum)}"
        + ("" if claim.fixed_sum == claim.offered else f" ({amount_in_words(claim.offered)} is not claimed)"),
        f"Together: {amount_in_words(claim.total)}",
        *(_note_line(note) for note in notes_of(session, invoice.id)),
    ]
    return ("\n".join(lines) + "\n").encode()


def _note_line(note: DebitNote) -> str:
    issued, amount = day_in_words(note.issued_on), amount_in_words(amount_of(note))
    return f"Debit note {note.number}, {issued}: {amount}, {note.state}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows and never computes; amounts below zero are numbers and stay."""
    is_number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(FORMULAS) and not is_number else text


def _safe(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in name)[:120] or "file"
