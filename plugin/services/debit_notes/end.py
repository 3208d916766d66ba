"""What becomes of a debit note: paid and so booked, not paid after all, or cancelled; its number and document stay."""

from datetime import date, datetime

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.services.debit_notes.rows import amount_of, note_to_change
from plugin.services.history.record import record_event
from plugin.services.late_payment.noted import CANCELLED, ISSUED, PAID, notes_of
from plugin.services.settings.checks import clean_block
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote

ENDED = "Somebody settled this debit note meanwhile; look at it as it stands now."


def pay_note(
    session: TenantSession, note_id: str, *, paid_on: date, today: date, now: datetime, actor: str
) -> DebitNote:
    """The client paid all of it on ``paid_on``: only now it is booked, and never on the invoice (L14).

    Raises Conflict where it is not open, InvalidInput for a day that is to come or lies before its issue.
    """
    invoice, note = note_to_change(session, note_id)
    if note.state != ISSUED:
        raise Conflict(ENDED)
    if not note.issued_on <= paid_on <= today:
        raise InvalidInput(f"Enter a day from {note.issued_on} to today.", field="paid_on")
    note.state, note.paid_on = PAID, paid_on
    told = f"Debit note {note.number} paid on {day_in_words(paid_on)}"
    return _settle(session, invoice, note, action="paid", text=told, reason="", now=now, actor=actor)


def take_note_back(session: TenantSession, note_id: str, *, reason: str, now: datetime, actor: str) -> DebitNote:
    """It was not paid after all: entered by mistake, or charged back; it is open again."""
    invoice, note = note_to_change(session, note_id)
    if note.state != PAID:
        raise Conflict(ENDED)
    why = _why(reason)
    note.state, note.paid_on = ISSUED, None
    told = f"Payment of debit note {note.number} taken back"
    return _settle(session, invoice, note, action="taken_back", text=told, reason=why, now=now, actor=actor)


def cancel_note(session: TenantSession, note_id: str, *, reason: str, now: datetime, actor: str) -> DebitNote:
    """Ends a note that is not paid; it keeps its number and its document (L23), and its mail does not leave any more.

    A later note of the invoice builds on it, so the newest that stands goes first; its days may be claimed anew then.
    Raises Conflict where it is paid or ended, or a later one stands.
    """
    invoice, note = note_to_change(session, note_id)
    if note.state != ISSUED:
        raise Conflict(ENDED if note.state == CANCELLED else "This debit note is paid; take the payment back first.")
    later = [one.number for one in notes_of(session, invoice.id) if one.place > note.place and one.state != CANCELLED]
    if later:
        raise Conflict(f"Debit note {later[-1]} goes on from this one; cancel that one first.")
    why = _why(reason)
    note.state = CANCELLED
    told = f"Debit note {note.number} cancelled"
    return _settle(session, invoice, note, action="cancelled", text=told, reason=why, now=now, actor=actor)


def _why(reason: str) -> str:
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why; the history keeps it.", field="reason")
    return why


def _settle(
    session: TenantSession,
    invoice: Invoice,
    note: DebitNote,
    *,
    action: str,
    text: str,
    reason: str,
    now: datetime,
    actor: str,
) -> DebitNote:
    note.ended_by, note.ended_at, note.reason = (actor, now, reason) if note.state != ISSUED else ("", None, reason)
    note.row_version += 1
    # The gate waits for whoever changes the invoice row, so what is committed here is seen there (I3).
    invoice.row_version += 1
    session.flush()
    record_event(
        session,
        invoice,
        kind="debit_note",
        text=text,
        internal_note="\n".join(filter(None, [amount_in_words(amount_of(note)), reason])),
        key=f"debit-note:{note.id}:{note.row_version}",
        now=now,
        actor=actor,
    )
    after = {"number": note.number, "paid_on": str(note.paid_on) if note.paid_on else None, "reason": reason}
    record_audit(session, actor=actor, action=f"debit_note.{action}", subject=note.id, now=now, after=after)
    return note
