"""Notes that a person wrote to, called or met a client; and takes such a note back, which leaves it on record."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.history.record import record_event
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import ContactNote
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice

LONGEST_BACK = timedelta(days=366)
MOST_SHOWN = 20


class Way(StrEnum):
    """How a person was in touch."""

    MAIL = "mail"
    CALL = "call"
    MEETING = "meeting"
    OTHER = "other"


WAYS = {Way.MAIL: "Mail", Way.CALL: "Phone call", Way.MEETING: "Meeting", Way.OTHER: "Other contact"}


def note_contact(
    session: TenantSession,
    client_id: str,
    *,
    way: str,
    made_on: date,
    spoke_with: str,
    note: str,
    now: datetime,
    actor: str,
    invoice_id: str | None = None,
) -> ContactNote:
    """Counts from now on as a contact with the client, and as one by a person: reminders of all its invoices wait.

    ``made_on`` is the client's civil day, today or within the last year. Raises InvalidInput naming the field.
    """
    if way not in list(Way):
        raise InvalidInput("Choose how you were in touch.", field="way")
    client = _locked(session, client_id)
    today = client_today(client, now)
    if not today - LONGEST_BACK <= made_on <= today:
        raise InvalidInput(f"Enter a day from {today - LONGEST_BACK} to {today}.", field="made_on")
    row = ContactNote(
        id=new_id(),
        client_id=client.id,
        invoice_id=invoice_id,
        way=way,
        made_on=made_on,
        spoke_with=clean_line(spoke_with, field="spoke_with"),
        note=clean_block(note, field="note"),
        noted_by=actor,
        noted_at=now,
    )
    session.add(row)
    session.flush()
    said = ": ".join(part for part in (row.spoke_with, row.note) if part)
    _tell(session, row, "noted", f"{WAYS[Way(way)]} on {day_in_words(made_on)} noted", said, now=now, actor=actor)
    return row


def take_back_note(
    session: TenantSession, client_id: str, note_id: str, *, reason: str, now: datetime, actor: str
) -> ContactNote:
    """It counts no longer and stays on record. Conflict where somebody took it back already."""
    client = _locked(session, client_id)
    query = select(ContactNote).where(ContactNote.id == note_id, ContactNote.client_id == client.id)
    row = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("There is no such contact of this client; reload the page.")
    if row.voided_at is not None:
        raise Conflict("Somebody took this back already; reload the page.")
    why = clean_line(reason, field="reason")
    if not why:
        raise InvalidInput("Say why it is taken back; the history shows it.", field="reason")
    row.voided_by, row.voided_at, row.void_reason = actor, now, why
    session.flush()
    what = f"{WAYS[Way(row.way)]} on {day_in_words(row.made_on)} taken back"
    _tell(session, row, "voided", what, why, now=now, actor=actor)
    return row


def notes_of(session: TenantSession, client_id: str) -> Sequence[ContactNote]:
    """The newest notes of a client, those that were taken back among them."""
    query = select(ContactNote).where(ContactNote.client_id == client_id)
    newest = query.order_by(ContactNote.made_on.desc(), ContactNote.noted_at.desc(), ContactNote.id)
    return session.scalars(newest.limit(MOST_SHOWN)).all()


def _locked(session: TenantSession, client_id: str) -> Client:
    """The gate of a mail to this client holds the same row, so one of the two is first and the other sees it (I3)."""
    query = select(Client).where(Client.id == client_id).with_for_update(key_share=True)
    client = session.scalars(query).one_or_none()
    if client is None:
        raise NotFound("There is no such client here; reload the page.")
    return client


def _tell(
    session: TenantSession, row: ContactNote, what: str, text: str, said: str, *, now: datetime, actor: str
) -> None:
    """A line in the history of the invoice it is about, else of all that are open; what was said stays in the house."""
    for invoice_id in _about(session, row):
        invoice = invoice_of(session, invoice_id, lock=True)
        record_event(
            session,
            invoice,
            kind="note",
            text=text,
            internal_note=said,
            key=f"contact:{row.id}:{what}:{invoice.id}",
            now=now,
            actor=actor,
        )
        if row.invoice_id is not None:
            replan(session, invoice, now=now)
    wake_follow_ups(session, Invoice.client_id == row.client_id, now=now)
    record_audit(
        session,
        actor=actor,
        action=f"contact.{what}",
        subject=row.client_id,
        now=now,
        after={"contact": row.id, "invoice": row.invoice_id, "way": row.way, "made_on": row.made_on.isoformat()},
    )


def _about(session: TenantSession, row: ContactNote) -> Sequence[str]:
    if row.invoice_id is not None:
        return [row.invoice_id]
    still_open = Invoice.state.in_([state.value for state in OPEN])
    query = select(Invoice.id).where(Invoice.client_id == row.client_id, still_open, Invoice.issued_on.is_not(None))
    return session.scalars(query.order_by(Invoice.id)).all()
