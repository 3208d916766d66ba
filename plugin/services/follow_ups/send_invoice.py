"""The mail that brings a new invoice, with its PDF, to the client's billing contacts."""

from datetime import datetime

from plugin.domain.reminders.facts import Recipient
from plugin.domain.reminders.policy import Role
from plugin.services.follow_ups.add_mail import NewMember, add_mail
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.gather_clients import recipients_of
from plugin.services.follow_ups.messages import INVOICE_STEP, MessageIds, MessageKind
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect


def add_invoice_mail(
    session: TenantSession, invoice: Invoice, *, document_effect: Effect, message_ids: MessageIds, now: datetime
) -> list[Effect]:
    """One mail to each working billing address; it waits for the document. Without an address an alert says so."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    recipients = billing_addresses(session, client.id)
    if not recipients:
        alert_no_address(session, invoice, now=now)
    return [
        add_mail(
            session,
            kind=MessageKind.INVOICE,
            client=client,
            currency=invoice.currency,
            day=client_today(client, now),
            recipient=recipient.address,
            template="invoice",
            members=[
                NewMember(invoice_id=invoice.id, step_key=INVOICE_STEP, occurrence=1, amount_minor=invoice.gross_minor)
            ],
            message_ids=message_ids,
            now=now,
            depends_on=document_effect.id,
        )[1]
        for recipient in recipients
    ]


def alert_no_address(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Tells people that an invoice has nobody to go to."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    raise_alert(
        session,
        kind="no_address",
        sentence=f"Invoice {invoice.number} was issued, but {client.name} has no working billing address. "
        "Add one in the project's settings and send the PDF by hand.",
        subject=invoice.id,
        key=f"no_address:{invoice.id}",
        now=now,
    )


def billing_addresses(session: TenantSession, client_id: str) -> list[Recipient]:
    """The client's billing contacts whose address works, each address once."""
    found: dict[str, Recipient] = {}
    for recipient in recipients_of(session, client_id):
        if recipient.role is Role.BILLING and not recipient.failed_reason:
            found.setdefault(recipient.address.lower(), recipient)
    return list(found.values())
