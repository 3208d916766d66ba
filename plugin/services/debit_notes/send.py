"""The mail that brings a debit note, with its PDF alone, to the client's billing contacts."""

from datetime import datetime

from plugin.services.debit_notes.rows import amount_of
from plugin.services.follow_ups.add_mail import NewMember, add_mail
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.messages import DEBIT_NOTE_STEP, MessageIds, MessageKind
from plugin.services.follow_ups.send_invoice import billing_addresses
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote
from plugin.store.tables.outbox import Effect

TEMPLATE = "debit_note"


def add_note_mail(
    session: TenantSession,
    invoice: Invoice,
    note: DebitNote,
    *,
    document_effect: Effect,
    message_ids: MessageIds,
    now: datetime,
) -> None:
    """One mail to each working billing address; it waits for the document. Without an address an alert says so."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    recipients = billing_addresses(session, client.id)
    if not recipients:
        alert_note_stays(session, note, f"{client.name} has no working billing address", now=now)
    for recipient in recipients:
        member = NewMember(
            invoice_id=invoice.id,
            step_key=f"{DEBIT_NOTE_STEP}{note.place}",
            occurrence=1,
            amount_minor=amount_of(note).minor,
        )
        add_mail(
            session,
            kind=MessageKind.DEBIT_NOTE,
            client=client,
            currency=invoice.currency,
            day=client_today(client, now),
            recipient=recipient.address,
            template=TEMPLATE,
            members=[member],
            message_ids=message_ids,
            now=now,
            depends_on=document_effect.id,
        )


def alert_note_stays(session: TenantSession, note: DebitNote, why: str, *, now: datetime) -> None:
    """Tells people that a note was issued and that the client does not have it."""
    raise_alert(
        session,
        kind="debit_note_stays",
        sentence=f"Debit note {note.number} was issued and not sent: {why}. Send its PDF yourself, or cancel it.",
        subject=note.invoice_id,
        key=f"debit_note_stays:{note.id}",
        now=now,
    )
