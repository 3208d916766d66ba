"""The receipt: thanks for a payment, and what is still open."""

from datetime import datetime

from sqlalchemy import func, select

from plugin.services.follow_ups.add_mail import NewMember, add_mail
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.messages import RECEIPT_STEP, MessageIds, MessageKind
from plugin.services.follow_ups.send_invoice import billing_addresses
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment


def add_receipt_mail(
    session: TenantSession, invoice: Invoice, *, payment: Payment, message_ids: MessageIds, now: datetime
) -> None:
    """One mail to each billing address; the occurrence counts the invoice's payments, so each gets its own receipt."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    count = session.scalars(
        select(func.count()).select_from(Payment).where(Payment.invoice_id == invoice.id, Payment.kind == "payment")
    ).one()
    for recipient in billing_addresses(session, client.id):
        add_mail(
            session,
            kind=MessageKind.RECEIPT,
            client=client,
            currency=invoice.currency,
            day=client_today(client, now),
            recipient=recipient.address,
            template="receipt",
            members=[
                NewMember(
                    invoice_id=invoice.id,
                    step_key=RECEIPT_STEP,
                    occurrence=count,
                    amount_minor=payment.amount_minor,
                )
            ],
            message_ids=message_ids,
            now=now,
        )
