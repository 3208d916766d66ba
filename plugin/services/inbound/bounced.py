"""A mail of ours came back: the address is marked, its reminders wait, and the owner of the project is told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from plugin.domain.calendar import civil_day
from plugin.services.answers.tasks import add_person_task
from plugin.services.follow_ups.task_words import FIX
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.history.record import record_event
from plugin.services.inbound.incoming import DeliveryReport
from plugin.services.inbound.replied import lead_of
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Invoice


def mail_came_back(
    session: TenantSession,
    mail: InboundMail,
    report: DeliveryReport,
    message: Message,
    invoices: Sequence[Invoice],
    *,
    now: datetime,
) -> None:
    """For a server that gave up (5.x.x, or 4.x.x after days of trying). Only the former says that the address is wrong.

    Believed because it names our Message-ID, which nobody but the way to that address has seen.
    """
    reason = f"Mail came back: {' '.join(part for part in (report.status, report.diagnostic) if part) or 'no reason'}"
    if report.is_permanent:
        _mark(session, message, reason[:255], now=now)
    _record(session, mail, message, reason, invoices, now=now)
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    lead = lead_of(invoices)
    if lead is not None:
        add_person_task(
            session,
            lead,
            kind=FIX,
            source=f"mail:{mail.id}",
            detail={"what": f"A mail to {message.recipient} came back. Correct the address, then send it again."},
            today=civil_day(now, client.zone),
            now=now,
        )
    raise_alert(
        session,
        kind="bounced",
        sentence=f"A mail to {client.name} came back from {message.recipient} ({report.status or 'no status'}). "
        "Correct the address in the client's settings, then send the mail again.",
        subject=lead.id if lead else client.id,
        key=f"bounced:{mail.id}",
        now=now,
    )
    wake_follow_ups(session, Invoice.client_id == client.id, now=now)


def _record(
    session: TenantSession,
    mail: InboundMail,
    message: Message,
    reason: str,
    invoices: Sequence[Invoice],
    *,
    now: datetime,
) -> None:
    for invoice in invoices:
        record_event(
            session,
            invoice,
            kind="bounced",
            text="Could not be delivered",
            internal_note=f"{message.recipient}: {reason}",
            key=f"bounced:{mail.id}:{invoice.id}",
            now=now,
            channel="email",
        )


def _mark(session: TenantSession, message: Message, reason: str, *, now: datetime) -> None:
    is_theirs = func.lower(Contact.email) == message.recipient.lower()
    people = select(Contact).where(Contact.client_id == message.client_id, is_theirs)
    for contact in session.scalars(people):
        contact.failed_reason, contact.failed_at = reason, now
    session.flush()
